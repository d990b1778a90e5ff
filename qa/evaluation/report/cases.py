"""A question of a run as the report shows it: what was expected, what came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from qa.evaluation.bank import TYPES, BankQuestion
from qa.evaluation.measures.retrieval import DEPTH, tight
from qa.evaluation.scores import Run, Score

_BEFORE = 24
_EXCERPT = 110

# Block marks only: no links, no images, no HTML, as a page that is passed on must ask for nothing.
_MARKDOWN = MarkdownIt("zero", {"breaks": True}).enable(
    ["heading", "list", "blockquote", "newline"]
)
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
_CITATION = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Outcome:
    """How a question went, in words."""

    key: str
    label: str
    tone: str
    """`good`, `part`, `bad` or `none`."""


OUTCOMES = {
    outcome.key: outcome
    for outcome in (
        Outcome("refused-wrongly", "不该拒答", "bad"),
        Outcome("answered-wrongly", "应拒未拒", "bad"),
        Outcome("missed", "前 5 条未中", "bad"),
        Outcome("partial", "前 5 条不全", "part"),
        Outcome("found", "前 5 条找全", "good"),
        Outcome("refused-rightly", "拒答正确", "good"),
        Outcome("unanswerable", "汇编没有", "none"),
    )
}


@dataclass(frozen=True)
class Evidence:
    """Words that a passage should contain, and at which place one does; None: none of the ten."""

    text: str
    rank: int | None


@dataclass(frozen=True)
class Came:
    """A passage that came, with an excerpt in three pieces; the middle one is the evidence."""

    rank: int
    document: str
    locator: str
    score: float
    why: str
    excerpt: tuple[str, str, str]
    relevant: bool


@dataclass(frozen=True)
class Cited:
    """A citation of the answer."""

    n: int
    document: str
    locator: str
    quote: str


@dataclass(frozen=True)
class Case:
    """A question with what was expected, what came and how it scored."""

    question: BankQuestion
    type_label: str
    outcome: Outcome
    evidence: tuple[Evidence, ...]
    passages: tuple[Came, ...]
    score: Score | None
    answer: str | None
    """Markdown; None in mode `search`."""
    refused: bool
    citations: tuple[Cited, ...]

    def recall(self, k: int) -> float | None:
        """The share of the evidence in the first k passages; None without evidence."""
        if not self.evidence:
            return None
        return fmean(e.rank is not None and e.rank <= k for e in self.evidence)

    @property
    def first(self) -> int | None:
        """The place of the first relevant passage."""
        return min((e.rank for e in self.evidence if e.rank), default=None)

    @property
    def shown(self) -> tuple[Came, ...]:
        """The first passages, and those further down that are relevant."""
        most = 5 if self.evidence else 3
        return tuple(p for p in self.passages if p.rank <= most or p.relevant)

    def value(self, name: str) -> float | None:
        """A measure of this question."""
        return self.score.values.get(name) if self.score else None


def cases(run: Run) -> tuple[Case, ...]:
    """Every question of the run that has a result, in the order of the bank."""
    return tuple(
        _case(question, run.results[question.id], run.scores.get(question.id))
        for question in run.questions
        if question.id in run.results
    )


def answer_html(text: str, limit: int | None = None) -> Markup:
    """An answer's Markdown as HTML; beyond `limit` characters it ends at a line or sentence."""
    cut = text if limit is None or len(text) <= limit else _cut(text, limit)
    shown = _STRONG.sub(r"<strong>\1</strong>", _MARKDOWN.render(cut))
    shown = _CITATION.sub(r'<span class="cite">\1</span>', shown)
    if cut is not text:
        shown += f'<p class="quiet">……（全文 {len(text)} 字，见“全部题目”）</p>'
    # escaped by the renderer, which knows no HTML in its input
    return Markup(shown)


def type_label(name: str) -> str:
    """A type of question in Chinese; one that the report does not know as it stands."""
    return TYPES.get(name, name)


def _case(question: BankQuestion, result: dict[str, Any], score: Score | None) -> Case:
    passages = result["passages"][:DEPTH]
    spans = [[_located(p["text"], e) for p in passages] for e in question.evidence]
    evidence = tuple(
        Evidence(text, next((rank for rank, span in enumerate(row, start=1) if span), None))
        for text, row in zip(question.evidence, spans, strict=True)
    )
    came = tuple(
        _came(rank, passage, [span for row in spans if (span := row[rank - 1])])
        for rank, passage in enumerate(passages, start=1)
    )
    answer = result.get("answer")
    refused = bool(answer and answer["refused"])
    return Case(
        question=question,
        type_label=type_label(question.type),
        outcome=_outcome(question, evidence, answer is not None, refused),
        evidence=evidence,
        passages=came,
        score=score,
        answer=None if answer is None else answer["text"] or answer["refusal_reason"] or "",
        refused=refused,
        citations=tuple(
            Cited(c["n"], c["document"], c["locator"], _excerpt(c["quote"]))
            for c in (answer or {}).get("citations", ())
        ),
    )


def _outcome(
    question: BankQuestion, evidence: Sequence[Evidence], answered: bool, refused: bool
) -> Outcome:
    if not question.answerable:
        key = (
            "unanswerable"
            if not answered
            else ("refused-rightly" if refused else "answered-wrongly")
        )
        return OUTCOMES[key]
    if refused:
        return OUTCOMES["refused-wrongly"]
    found = sum(e.rank is not None and e.rank <= 5 for e in evidence)
    return OUTCOMES["found" if found == len(evidence) else "partial" if found else "missed"]


def _came(rank: int, passage: dict[str, Any], spans: Sequence[tuple[int, int]]) -> Came:
    text = passage["text"]
    start, end = min(spans, default=(0, 0))
    begin = max(0, start - _BEFORE) if spans else 0
    stop = max(end + _BEFORE, begin + _EXCERPT)
    return Came(
        rank=rank,
        document=passage["document"],
        locator=passage["locator"],
        score=passage["score"],
        why=passage["why"],
        excerpt=(
            ("……" if begin else "") + text[begin:start],
            text[start:end],
            text[end:stop] + ("……" if stop < len(text) else ""),
        ),
        relevant=bool(spans),
    )


def _located(text: str, words: str) -> tuple[int, int] | None:
    """Where the words stand in the text, white space aside."""
    kept = [at for at, char in enumerate(text) if not char.isspace()]
    found = tight(text).find(tight(words))
    return None if found < 0 else (kept[found], kept[found + len(tight(words)) - 1] + 1)


def _cut(text: str, limit: int) -> str:
    ends = (at + 1 for at in range(limit - 1, limit // 2, -1) if text[at] in "。；！？\n")
    return text[: next(islice(ends, 1), limit)].rstrip()


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "……"
