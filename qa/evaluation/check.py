"""Is a question bank sound: every line usable, every word of evidence in the corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.evaluation.bank import TYPES, BankQuestion, LineError, parse_line, read_lines
from qa.evaluation.measures.retrieval import tight
from qa.ingest.corpus import Corpus


@dataclass(frozen=True)
class Problem:
    """A line that should be mended."""

    bank: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.bank} 第 {self.line} 行{self.sentence}"


def check(banks: Sequence[Path], corpus: Corpus) -> list[Problem]:
    """The problems of banks, in their order; an id is used once in all of them.

    Raises:
        QuestionBankError: a bank is missing or no text.
    """
    held = _Held(corpus)
    seen: dict[str, str] = {}
    problems = []
    for bank in banks:
        for number, line in read_lines(bank):
            sentences = _of_line(line, held, seen, f"{bank.name} 第 {number} 行")
            problems += [Problem(bank.name, number, sentence) for sentence in sentences]
    return problems


class _Held:
    """What the corpus holds, white space aside."""

    def __init__(self, corpus: Corpus) -> None:
        self.titles = {entry.title for entry in corpus.catalog.documents}
        self._texts = [tight(provision.text) for provision in corpus.provisions]
        self._whole = "".join(self._texts)

    def complaint(self, evidence: str) -> str | None:
        """Why no provision contains the evidence; None where one does."""
        words = tight(evidence)
        shown = evidence if len(evidence) <= 30 else evidence[:30] + "……"
        if not words:
            return "有一条 evidence 是空的；请写上原文，或删去它。"
        if any(words in text for text in self._texts):
            return None
        if words in self._whole:
            return f"的 evidence“{shown}”跨了两个条文单元；请分成几条写。"
        return f"的 evidence“{shown}”在汇编里找不到；请照原文逐字抄写。"


def _of_line(line: str, held: _Held, seen: dict[str, str], here: str) -> Iterator[str]:
    try:
        question = parse_line(line)
    except LineError as error:
        yield str(error)
        return
    if question.id in seen:
        yield f"的 id {question.id} 与 {seen[question.id]}重复；请换一个。"
    seen.setdefault(question.id, here)
    yield from _of_question(question, held)


def _of_question(question: BankQuestion, held: _Held) -> Iterator[str]:
    if not question.question.strip():
        yield "的 question 是空的；请写上问题。"
    if question.type not in TYPES:
        yield f"的 type {question.type} 不认识；可以用：{'、'.join(TYPES)}。"
    if not question.answerable and question.evidence:
        yield "是不可答的题，却有 evidence；请删去 evidence，或把 answerable 改为 true。"
    for evidence in question.evidence:
        if complaint := held.complaint(evidence):
            yield complaint
    for gold in question.gold:
        if gold.document not in held.titles:
            yield (f"的 gold 里的文件“{gold.document}”不在汇编里；请用 qa corpus list 列出的全称。")
