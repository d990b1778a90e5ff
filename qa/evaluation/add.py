"""Add a question to a bank: where its evidence can be chosen from, and how it is written."""

import re
from collections.abc import Sequence
from pathlib import Path

from qa.answering.units import sentences
from qa.errors import QuestionBankError
from qa.evaluation.bank import BankQuestion, load_bank
from qa.evaluation.measures.retrieval import contains
from qa.ingest.normalise import normalise
from qa.ingest.provision import Provision

_LETTERS = re.compile(r"\w+")
_NUMBERED = re.compile(r"(.*?)(\d+)$")


def existing(path: Path) -> list[BankQuestion]:
    """The questions of a bank; none where there is no file yet."""
    return load_bank(path) if path.exists() else []


def same_question(question: str, bank: Sequence[BankQuestion]) -> BankQuestion | None:
    """One that asks the same in other spelling: width, punctuation and white space aside."""
    return next((old for old in bank if _spelt(old.question) == _spelt(question)), None)


def next_id(path: Path, bank: Sequence[BankQuestion]) -> str:
    """An id that is free: the one after the last line's, or the first of the file's name."""
    stem, number = f"{path.stem}-", "000"
    if bank and (numbered := _NUMBERED.fullmatch(bank[-1].id)):
        stem, number = numbered[1], numbered[2]
    taken = {question.id for question in bank}
    after = int(number) + 1
    while (found := f"{stem}{after:0{len(number)}}") in taken:
        after += 1
    return found


def choices(provision: Provision) -> list[str]:
    """The sentences of a provision, one of which may be the evidence."""
    return [sentence for part in provision.parts for sentence in sentences(part.text)]


def is_evidence(words: str, provision: Provision) -> bool:
    """Whether the words can be found in this provision."""
    return bool(words.strip()) and contains(provision.text, words)


def append(path: Path, question: BankQuestion) -> None:
    """Write the bank with one line more; it is whole at any moment.

    Raises:
        QuestionBankError: the question or its id is there already, or the file cannot be written.
    """
    bank = existing(path)
    if any(old.id == question.id for old in bank):
        raise QuestionBankError(f"题库 {path.name} 里已经有 id {question.id}；请换一个。")
    if old := same_question(question.question, bank):
        raise QuestionBankError(f"题库 {path.name} 里已经有这个问题（{old.id}）；没有写入。")
    before = path.read_text(encoding="utf-8") if bank else ""
    if before and not before.endswith("\n"):
        before += "\n"
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        line = question.model_dump_json(exclude_defaults=True)
        beside.write_text(f"{before}{line}\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise QuestionBankError(
            f"写不了题库 {path.name}（{error.strerror}）；请检查文件夹的权限。"
        ) from error


def _spelt(question: str) -> str:
    return "".join(_LETTERS.findall(normalise(question)))
