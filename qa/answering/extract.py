"""Answers without a language model: the words that answer, quoted from the best provisions."""

import re
from dataclasses import dataclass

from qa.answering.answer import Answer, Citation
from qa.answering.kinds import premise
from qa.answering.literal import literal
from qa.answering.relevance import Relevance
from qa.answering.units import Unit, units_of
from qa.retrieval.passage import Passage, Retrieval

_MOST_QUOTED = 3
"""Provisions that an answer quotes, unless the question names more."""
_WORTH_QUOTING = 0.85
"""A further provision is quoted when its score reaches this share of the first one's."""
_UNITS_EACH = 3
"""Spans quoted from one long provision."""
_WITHIN = 0.03
"""A further span is quoted when it is as near as this to the best one of its provision."""
_ARTICLE_NUMBER = re.compile(r"^第\S+条(?:之\S+)?[\s　]+")


_ASKS_FOR_WORDS = re.compile(
    r"(?:讲|说|写|规定|列)(?:的|了|些|到|着)*(?:是)?(?:什么|啥|哪些内容|内容)"
    r"|内容(?:是什么|有哪些)?[?？。]?$|原文|全文|是(?:什么|啥)[?？。]?$"
    r"|(?:怎么|如何|怎样)(?:写|说|讲|规定)的?[?？。]?$"
    r"|第[一二三四五六七八九十百零〇\d（）() ]+[条款项](?:之[一二三四五])?(?:呢|的)?[?？。]?$"
)
_SHORT_QUESTION = 40


@dataclass(frozen=True)
class _Quoted:
    passage: Passage
    units: tuple[Unit, ...]
    """The spans, in the order of the text."""


class Extractor:
    """Writes an answer out of quotations."""

    def __init__(self, relevance: Relevance) -> None:
        """Take what compares spans with the question."""
        self._relevance = relevance

    def answer(self, retrieval: Retrieval) -> Answer:
        """Quote what answers the question, grouped by document, each provision cited."""
        by_document: dict[str, list[_Quoted]] = {}
        for passage in _worth_quoting(retrieval):
            quoted = _Quoted(passage, self._units(passage, retrieval.question))
            by_document.setdefault(passage.provision.document, []).append(quoted)
        lines = ["以原文为准：\n"] if premise(retrieval.question) else []
        citations: list[Citation] = []
        for document, group in by_document.items():
            lines.append(f"**《{literal(document)}》**\n")
            for quoted in group:
                citations.append(_citation(len(citations) + 1, quoted))
                lines.append(_item(citations[-1]))
            lines.append("")
        return Answer(text="\n".join(lines).strip(), citations=tuple(citations))

    def _units(self, passage: Passage, question: str) -> tuple[Unit, ...]:
        """The spans of a passage that come nearest to the question."""
        named = passage.provision.parts_at(passage.focus) if passage.focus else ()
        if named:
            return tuple(Unit(part.text, part.label) for part in named)
        if passage.direct:
            return (Unit(passage.provision.text),)
        units = units_of(passage.provision, question)
        if len(units) == 1 or passage.provision.kind in ("row", "entry"):
            return tuple(units)
        scores = self._relevance.scores(units, question)
        best = sorted(scores, key=lambda i: -scores[i])[:_UNITS_EACH]
        return tuple(units[i] for i in sorted(best) if scores[i] >= scores[best[0]] - _WITHIN)


def is_asked_for_words(retrieval: Retrieval) -> bool:
    """The question names provisions and asks what they say: their own words are the answer."""
    return (
        retrieval.direct
        and len(retrieval.question) <= _SHORT_QUESTION
        and bool(_ASKS_FOR_WORDS.search(retrieval.question))
    )


def _worth_quoting(retrieval: Retrieval) -> list[Passage]:
    """The provisions named, or else the first and those that come close to it."""
    named = [passage for passage in retrieval.passages if passage.direct]
    if named:
        return named
    least = retrieval.passages[0].score * _WORTH_QUOTING
    near = [p for p in retrieval.passages[:_MOST_QUOTED] if p.score >= least]
    if len(retrieval.documents) == 1 and not retrieval.earlier:
        return [p for p in near if p.provision.document_id in retrieval.documents] or near
    return near


def _citation(n: int, quoted: _Quoted) -> Citation:
    provision = quoted.passage.provision
    labels = {unit.label for unit in quoted.units}
    exact = labels.pop() if len(labels) == 1 and provision.kind == "article" else ""
    return Citation(
        n=n,
        provision_id=provision.id,
        document=provision.document,
        locator=provision.locator + exact,
        quotes=tuple(unit.text for unit in quoted.units),
        page=provision.page_of(quoted.units[0].text),
    )


def _item(citation: Citation) -> str:
    """A list item: where it stands, the words, the number."""
    words = _ARTICLE_NUMBER.sub("", "\n".join(citation.quotes))
    indented = literal(words).replace("\n", "\n  ")
    return f"- **{literal(citation.locator)}**：{indented} [{citation.n}]"
