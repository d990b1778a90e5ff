"""Answers without a language model: the words that answer, quoted from the best provisions."""

import re
from dataclasses import dataclass

from qa.answering.answer import Answer, Citation
from qa.answering.units import Unit, units_of
from qa.index.embedding import Embedder
from qa.ingest.normalise import terms
from qa.retrieval.passage import Passage, Retrieval

_MOST_QUOTED = 3
"""Provisions that an answer quotes, unless the question names more."""
_WORTH_QUOTING = 0.8
"""A further provision is quoted when its score reaches this share of the first one's."""
_COMPARED = 10
"""Spans of a long provision that are embedded, those first that share words with the question."""
_UNITS_EACH = 3
"""Spans quoted from one long provision."""
_WITHIN = 0.03
"""A further span is quoted when it is as near as this to the best one of its provision."""
_WORD_WEIGHT = 0.1
"""What full agreement in words counts against a cosine."""
_ARTICLE_NUMBER = re.compile(r"^第\S+条(?:之\S+)?[\s　]+")


@dataclass(frozen=True)
class _Quoted:
    passage: Passage
    units: tuple[Unit, ...]
    """The spans, in the order of the text."""


class Extractor:
    """Writes an answer out of quotations."""

    def __init__(self, embedder: Embedder) -> None:
        """Take the embedder that compares sentences with the question."""
        self._embedder = embedder

    def answer(self, retrieval: Retrieval) -> Answer:
        """Quote what answers the question, grouped by document, each provision cited."""
        by_document: dict[str, list[_Quoted]] = {}
        for passage in _worth_quoting(retrieval):
            quoted = _Quoted(passage, self._units(passage, retrieval.question))
            by_document.setdefault(passage.provision.document, []).append(quoted)
        lines: list[str] = []
        citations: list[Citation] = []
        for document, group in by_document.items():
            lines.append(f"**《{document}》**\n")
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
        scores = self._scores(units, question)
        best = sorted(scores, key=lambda i: -scores[i])[:_UNITS_EACH]
        return tuple(units[i] for i in sorted(best) if scores[i] >= scores[best[0]] - _WITHIN)

    def _scores(self, units: list[Unit], question: str) -> dict[int, float]:
        """Cosine to the question, and a little for every word that both have, by position."""
        wanted = {term for term in terms(question) if len(term) > 1}
        shared = [len(wanted & {*terms(unit.text)}) / max(1, len(wanted)) for unit in units]
        compared = sorted(range(len(units)), key=lambda i: -shared[i])[:_COMPARED]
        vectors = self._embedder.embed_passages([units[i].text for i in compared])
        nearness = vectors @ self._embedder.embed_question(question)
        return {
            i: float(cosine) + _WORD_WEIGHT * shared[i]
            for i, cosine in zip(compared, nearness, strict=True)
        }


def _worth_quoting(retrieval: Retrieval) -> list[Passage]:
    """The provisions named, or else the first and those that come close to it."""
    named = [passage for passage in retrieval.passages if passage.direct]
    if named:
        return named
    least = retrieval.passages[0].score * _WORTH_QUOTING
    return [p for p in retrieval.passages[:_MOST_QUOTED] if p.score >= least]


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
    )


def _item(citation: Citation) -> str:
    """A list item: where it stands, the words, the number."""
    words = _ARTICLE_NUMBER.sub("", "\n".join(citation.quotes))
    indented = words.replace("\n", "\n  ")
    return f"- **{citation.locator}**：{indented} [{citation.n}]"
