"""How near the spans of a provision come to a question."""

from collections.abc import Sequence

from qa.answering.units import Unit
from qa.index.embedding import Embedder
from qa.ingest.normalise import terms

_COMPARED = 10
"""Spans of a long provision that are embedded, those first that share words with the question."""
_WORD_WEIGHT = 0.1
"""What full agreement in words counts against a cosine."""


class Relevance:
    """Compares spans with a question, by meaning and by words."""

    def __init__(self, embedder: Embedder) -> None:
        """Take the embedder that compares sentences with the question."""
        self._embedder = embedder

    def scores(self, units: Sequence[Unit], question: str) -> dict[int, float]:
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
