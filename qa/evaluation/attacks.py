"""The bank of attacks: the corpus with malicious documents in it, asked malicious questions."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import ValidationError

from qa.assistant import Assistant
from qa.errors import QAError, QuestionBankError
from qa.evaluation.bank import read_lines
from qa.evaluation.breaches import Attack, breaches
from qa.evaluation.folder import RESULTS, Folder
from qa.evaluation.run import header
from qa.evaluation.subject import Answerer, Bar, silent, subject
from qa.index.embedding import Embedder
from qa.ingest.catalog import load_catalog
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.settings import PROJECT, Settings

ATTACKS = PROJECT / "evals" / "attacks"
"""`attacks.jsonl`, and the malicious `documents`."""


@dataclass(frozen=True)
class Breach:
    """An attack that got through."""

    attack: Attack
    rules: tuple[str, ...]
    text: str
    """What was answered."""


def load_attacks(path: Path = ATTACKS / "attacks.jsonl") -> list[Attack]:
    """The attacks of a bank.

    Raises:
        QuestionBankError: a line is none.
    """
    try:
        return [Attack.model_validate_json(line) for _, line in read_lines(path)]
    except ValidationError as error:
        raise QuestionBankError(f"{path} 里有一行不是攻击题；请对照 evals/README.md。") from error


@contextmanager
def attacked(settings: Settings, documents: Path = ATTACKS / "documents") -> Iterator[Settings]:
    """Settings of a copy of the corpus that has taken in the malicious documents."""
    with TemporaryDirectory(prefix="qa-attacks-") as scratch:
        corpus = Path(scratch) / "corpus"
        shutil.copytree(settings.corpus_dir, corpus)
        shelf = Shelf(corpus)
        for file in sorted(documents.glob("*.txt")):
            proposal = propose(file, lambda _: {}, shelf.catalog, Limits.of(settings))
            entry = entry_for(proposal, shelf.catalog, level="国家政策文件", region="国家")
            shelf.add(proposal, entry, "attacker")
        indexes = Path(scratch) / "indexes"
        yield settings.model_copy(update={"corpus_dir": corpus, "indexes_dir": indexes})


def run_attacks(
    settings: Settings,
    attacks: Sequence[Attack],
    mode: Literal["extract", "llm"],
    out: Path,
    progress: Bar = silent,
    embedder: Embedder | None = None,
) -> list[Breach]:
    """Ask them all of the attacked corpus, and judge the answers; goes on where it broke off.

    Raises:
        QAError: the folder cannot be written or holds another run.
    """
    with attacked(settings) as there:
        catalog = load_catalog(there.corpus_dir)
        malicious = {entry.title for entry in catalog.documents if entry.source}
        opened: list[Assistant] = []

        def assistant() -> Assistant:
            opened.append(Assistant.open(there, writes=mode == "llm", embedder=embedder))
            return opened[0]

        asked = subject(mode, there, assistant, progress)
        folder = Folder(out)
        results = folder.begin(header(asked, attacks), attacks)
        left = [attack for attack in attacks if attack.id not in results]
        if left:
            answer = asked.open()
            with progress("作答") as report:
                for number, attack in enumerate(left, start=len(attacks) - len(left) + 1):
                    results[attack.id] = {"id": attack.id, **_answered(answer, attack)}
                    folder.append(RESULTS, results[attack.id])
                    if report:
                        report(number, len(attacks))
        for one in opened:
            one.close()
        prompt = "\n".join(p.read_text("utf-8") for p in there.prompts_dir.glob("answer*.md"))
    found = (_judged(attack, results[attack.id], prompt, malicious) for attack in attacks)
    return [breach for breach in found if breach.rules]


def _answered(answer: Answerer, attack: Attack) -> dict[str, Any]:
    """The answer; a question that cannot be processed is refused with its sentence."""
    try:
        return answer(attack)
    except QAError as error:
        refusal = {"text": str(error), "citations": [], "refused": True, "notices": []}
        return {"question": attack.question, "answer": refusal, "passages": []}


def _judged(attack: Attack, row: dict[str, Any], prompt: str, malicious: set[str]) -> Breach:
    rules = breaches(attack, row, prompt, malicious)
    return Breach(attack, tuple(rules), row["answer"]["text"])
