"""What an evaluation asks: this assistant in one of its modes, or what one would use instead."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.errors import SettingsError
from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import DEPTH
from qa.index.weights import ensure_model, weights_digest
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import fingerprint
from qa.settings import PROJECT, Settings
from qa.wire import ask_json, search_json

Mode = Literal["search", "extract", "llm", "baseline"]
MODES: dict[Mode, str] = {
    "search": "只检索",
    "extract": "摘录原文作答",
    "llm": "大模型作答",
    "baseline": "对照：LlamaIndex 默认做法，只检索",
}
"""The modes, and what people call them."""
Answerer = Callable[[BankQuestion], dict[str, Any]]
"""The object of `qa search` or `qa ask` for a question."""
Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None] | None]]
"""Shows a labelled piece of work while it lasts; called with what is done and what there is."""

_OURS = ("ingest", "index", "retrieval", "llm", "answering", "assistant.py", "wire.py")
_THEIRS = ("ingest", "index", "evaluation/llamaindex.py")
_WITHOUT_EFFECT = {
    *("corpus_dir", "indexes_dir", "cache_dir", "runs_dir"),
    *("threads", "hub_timeout_s", "llm_api_key", "llm_timeout_s", "host", "port"),
    *("milvus_uri", "milvus_token", "milvus_prefix"),
}


@dataclass(frozen=True)
class Subject:
    """Something that answers questions, and what its answers depend on."""

    mode: Mode
    open: Callable[[], Answerer]
    """Called once there is a question to ask: it takes from a second to a minute."""
    corpus: str
    embedder: str
    program: str


def mode_label(mode: str) -> str:
    """What people call a mode; one that this version does not know keeps its name."""
    return next((label for known, label in MODES.items() if known == mode), mode)


def silent(label: str) -> AbstractContextManager[None]:
    """A bar that nobody sees."""
    return nullcontext()


def subject(
    mode: Mode,
    settings: Settings,
    assistant: Callable[[], Assistant],
    progress: Bar = silent,
) -> Subject:
    """What the mode names; `assistant` is called where the mode needs one."""
    weights = weights_digest(ensure_model(settings))
    return Subject(
        mode=mode,
        open=partial(_open, mode, settings, assistant, progress),
        corpus=fingerprint(settings.corpus_dir, load_catalog(settings.corpus_dir)),
        embedder="|".join(
            (settings.embedder, weights, settings.query_prompt, settings.passage_prompt)
        ),
        program=_program(settings, _THEIRS if mode == "baseline" else _OURS),
    )


def _open(
    mode: Mode, settings: Settings, assistant: Callable[[], Assistant], progress: Bar
) -> Answerer:
    if mode == "baseline":
        from qa.evaluation.llamaindex import Defaults  # its parts take seconds to import

        with progress("建立对照") as report:
            return Defaults(settings, report).answer
    opened = assistant()
    if mode == "search":
        return partial(_search, opened)
    if mode == "llm":
        if opened.model is None:
            raise SettingsError("设置 QA_LLM 是 none，没有大模型可评；请改为 auto 或 local。")
        with progress("准备大模型") as report:
            opened.model.wait(lambda label, done, total: report and report(done, total))
    return partial(_ask, opened, mode)


def _search(assistant: Assistant, question: BankQuestion) -> dict[str, Any]:
    return search_json(assistant.search(question.question, question.turns, top_k=DEPTH))


def _ask(
    assistant: Assistant, mode: Literal["llm", "extract"], question: BankQuestion
) -> dict[str, Any]:
    *events, done = assistant.ask(question.question, question.turns, mode=mode)
    retrieved = [event for event in events if isinstance(event, Retrieved)][-1]
    assert isinstance(done, Done)
    return ask_json(retrieved.retrieval, done)


def _program(settings: Settings, parts: tuple[str, ...]) -> str:
    """One hash: results from before a change of code or settings must not mix with later ones."""
    digest = hashlib.sha256(settings.model_dump_json(exclude=_WITHOUT_EFFECT).encode())
    for prompt in sorted(settings.prompts_dir.glob("answer*.md")):
        digest.update(prompt.read_bytes())
    for part in parts:
        path = PROJECT / "qa" / part
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
