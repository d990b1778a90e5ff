"""Which provisions a question is compared with: all of a small volume, else candidates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.index.dense import Nearness
from qa.index.embedding import Vectors
from qa.index.order import Mask, Positions
from qa.retrieval.fusion import Scores
from qa.tracing import stage

_SAMPLED = 500
"""So many provisions, evenly spread, stand for all where the middle one is looked for."""


@dataclass(frozen=True)
class Pool:
    """Provisions with how near they are to a question."""

    positions: Positions
    """Ascending, (compared,)."""
    allowed: Mask
    """Which of them are admitted, (compared,)."""
    middle: Mask
    """Which of them stand for all that are admitted, (compared,)."""
    nearness: Nearness
    words: Scores
    agreement: Mapping[str, Mask]


class DenseCandidates(Protocol):
    """What is asked of vectors, whatever store they lie in."""

    @property
    def finds_words(self) -> bool:
        """Whether `best` looks for what is said too, so that nobody else has to."""

    def best(
        self, vector: Vectors, count: int, allowed: Mask | None = None, said: str = ""
    ) -> Positions:
        """The positions of the nearest provisions, about `count`, in no order."""

    def nearness(self, vector: Vectors, positions: Positions | None = None) -> Nearness:
        """The cosines of all provisions to a question, or of some."""


class LexicalCandidates(Protocol):
    """What is asked of words, whatever store they lie in."""

    def best(self, question: str, count: int, allowed: Mask | None = None) -> Positions:
        """The positions of the best provisions, at most `count`, in no order."""

    def scores(self, question: str) -> NDArray[np.float32]:
        """For each provision its score, 0 where no term occurs."""

    def scores_at(self, question: str, positions: Positions) -> NDArray[np.float32]:
        """The scores of some provisions alone."""


class Pooling:
    """Gathers the provisions to be compared in one index."""

    def __init__(
        self,
        dense: DenseCandidates,
        lexical: LexicalCandidates,
        exact_up_to: int,
        candidates: int,
    ) -> None:
        """Compare all that is admitted up to a number, else so many by vectors and by words."""
        self._dense = dense
        self._lexical = lexical
        # A store that is asked over the network does not send all vectors for a question.
        self._exact_up_to = min(exact_up_to, candidates) if dense.finds_words else exact_up_to
        self._candidates = candidates

    def __call__(
        self,
        vector: Vectors,
        said: str,
        agreement: Mapping[str, Mask],
        allowed: Mask,
        took: dict[str, float],
    ) -> Pool:
        """The provisions to be compared with a question: its vector, its words, what it names.

        `took` gets the milliseconds of each stage.
        """
        if len(allowed) <= self._exact_up_to:
            positions = np.arange(len(allowed))
            with stage("dense", took):
                nearness = self._dense.nearness(vector)
            with stage("lexical", took):
                words = self._lexical.scores(said)
            return Pool(positions, allowed, allowed, nearness, words, agreement)
        admitted = np.flatnonzero(allowed)
        sample = admitted[:: max(1, len(admitted) // _SAMPLED)]
        if len(admitted) <= self._exact_up_to:
            positions = sample = admitted
        else:
            only = None if len(admitted) == len(allowed) else allowed
            with stage("dense", took):
                found = [sample, self._dense.best(vector, self._candidates, only, said)]
            if not self._dense.finds_words:
                with stage("lexical", took):
                    found.append(self._lexical.best(said, self._candidates, only))
            for mask in agreement.values():
                named = np.flatnonzero(mask & allowed)
                found += [named] if len(named) <= self._exact_up_to else []
            positions = np.unique(np.concatenate(found))
        with stage("dense", took):
            nearness = self._dense.nearness(vector, positions)
        with stage("lexical", took):
            words = self._lexical.scores_at(said, positions)
        return Pool(
            positions,
            np.ones(len(positions), dtype=np.bool_),
            np.isin(positions, sample),
            nearness,
            words,
            {kind: mask[positions] for kind, mask in agreement.items()},
        )
