"""The lexical half: BM25 over characters and pairs of characters."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from qa.ingest.normalise import terms

K1, B = 1.2, 0.75
"""Robertson & Zaragoza 2009."""


class Lexical:
    """BM25 (Lucene's form) over Han unigrams and bigrams, words and numbers."""

    def __init__(self, model: bm25s.BM25) -> None:
        """Take a model that has been built or loaded."""
        self._model = model

    @classmethod
    def build(cls, texts: Sequence[str]) -> "Lexical":
        """Index a text for each provision: what it says, and what people ask of it."""
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([terms(text) for text in texts], show_progress=False)
        return cls(model)

    @classmethod
    def load(cls, folder: Path) -> "Lexical":
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(folder / "bm25", show_progress=False))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        self._model.save(folder / "bm25", show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """For each provision its BM25 score, 0 where no term occurs."""
        known = [term for term in terms(question) if term in self._model.vocab_dict]
        if not known:
            return np.zeros(int(self._model.scores["num_docs"]), dtype=np.float32)
        scores: NDArray[np.float32] = self._model.get_scores(known)
        return scores
