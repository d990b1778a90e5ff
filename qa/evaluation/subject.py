"""What an evaluation asks: this assistant in one of its modes, or what one would use instead."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import DEPTH
from qa.index.weights import ensure_model, weights_digest
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import fingerprint
from qa.settings import PROJECT, Settings
from qa.wire import ask_json, search_json

Mode = Literal["search", "extract", "baseline"]
Answerer = Callable[[BankQuestion], dict[str, Any]]
"""The object of `qa search` or `qa ask` for a question."""
Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None] | None]]
"""Shows a labelled piece of work while it lasts; called with what is done and what there is."""

_OURS = ("ingest", "index", "retrieval", "answering", "assistant.py", "wire.py")
_THEIRS = ("ingest", "index", "evaluation/llamaindex.py")
_WITHOUT_EFFECT = {
    *("corpus_dir", "indexes_dir", "cache_dir", "threads", "hub_timeout_s", "host", "port")
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
    return partial({"search": _search, "extract": _ask}[mode], assistant())


def _search(assistant: Assistant, question: BankQuestion) -> dict[str, Any]:
    return search_json(assistant.search(question.question, question.turns, top_k=DEPTH))


def _ask(assistant: Assistant, question: BankQuestion) -> dict[str, Any]:
    retrieved, *_, done = assistant.ask(question.question, question.turns)
    assert isinstance(retrieved, Retrieved) and isinstance(done, Done)
    return ask_json(retrieved.retrieval, done)


def _program(settings: Settings, parts: tuple[str, ...]) -> str:
    """One hash: results from before a change of code or settings must not mix with later ones."""
    digest = hashlib.sha256(settings.model_dump_json(exclude=_WITHOUT_EFFECT).encode())
    for part in parts:
        path = PROJECT / "qa" / part
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
