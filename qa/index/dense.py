"""The dense half: how near the vectors of provisions and of their questions are to a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.order import Mask, Order, Positions
from qa.index.vectorfile import Files, Ints, SegmentVectors, VectorFile, Vectors


@dataclass(frozen=True)
class Nearness:
    """How near provisions are to a question: cosines in [-1, 1], (provisions,)."""

    text: Vectors
    """Of its best piece."""
    questions: Vectors
    """Of the best question that it answers; of its best piece where none is recorded."""


class Dense:
    """Nearest provisions by their best vector."""

    def __init__(self, parts: Sequence[SegmentVectors], sizes: Sequence[int], order: Order) -> None:
        """Take the vectors of the segments, the provisions in each, and their order."""
        self.parts = parts
        self.sizes = sizes
        self.order = order
        self._offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @classmethod
    def build(cls, vectors: Vectors, owners: NDArray[np.int32], pieces: int) -> "Dense":
        """Index L2-normalised vectors, (vectors, dimension), of one segment.

        The first `pieces` are of texts, the others of questions; `owners` has the position of the
        provision that each is of, ascending in each half.
        """
        size = int(owners.max(initial=-1)) + 1
        part = VectorFile.build(vectors, owners, pieces, Files(flat_up_to=len(owners)))
        return cls([part], [size], Order.plain(size))

    @property
    def finds_words(self) -> bool:
        """Whether `best` looks for the words of a question too."""
        return any(part.finds_words for part in self.parts)

    def nearness(self, vector: Vectors, positions: Positions | None = None) -> Nearness:
        """The cosines of all provisions to a question, or of some."""
        places = self.order.places if positions is None else self.order.places[positions]
        text, questions = (
            self._best(vector, places, questions=questions) for questions in (False, True)
        )
        return Nearness(text, np.where(questions > -1, questions, text))

    def best(
        self, vector: Vectors, count: int, allowed: Mask | None = None, said: str = ""
    ) -> Positions:
        """The positions of the provisions that own the nearest vectors of each segment.

        At most `count` a segment; where the store finds words too, as many by what is `said`. An
        index that is not flat may miss some.
        """
        marked = self.order.marked(allowed)
        found = []
        for n, part in enumerate(self.parts):
            here = slice(self._offsets[n], self._offsets[n + 1])
            admitted = None if marked is None else marked[here]
            if len(part.owners) and (admitted is None or admitted.any()):
                places = part.nearest(vector, count, admitted, said)
                found.append(places + self._offsets[n])
        return self.order.positions(np.concatenate([np.empty(0, np.int64), *found]))

    def of_texts(self) -> "Dense":
        """The same without the vectors of questions."""
        parts = []
        for part in self.parts:
            ids = np.arange(part.pieces)
            owners = part.owners[: part.pieces]
            flat = Files(flat_up_to=len(ids))
            parts.append(VectorFile.build(part.vectors(ids), owners, len(ids), flat))
        return Dense(parts, self.sizes, self.order)

    def vectors(self, positions: Positions, *, questions: bool) -> Vectors:
        """The vectors of the texts or of the questions of provisions of one segment, in order."""
        places = self.order.places[positions]
        n = int(np.searchsorted(self._offsets, places[0], side="right")) - 1 if len(places) else 0
        ids, _ = _ids_of(self.parts[n], places - self._offsets[n], questions=questions)
        return self.parts[n].vectors(ids)

    def means(self, positions: Positions, *, questions: bool) -> Vectors:
        """The directions of the sums of provisions' vectors, each (dimension,) of length 1 or 0."""
        places = self.order.places[positions]
        summed: list[tuple[Positions, Vectors]] = []
        for n, part in enumerate(self.parts):
            at = np.flatnonzero((places >= self._offsets[n]) & (places < self._offsets[n + 1]))
            ids, owners = _ids_of(part, places[at] - self._offsets[n], questions=questions)
            held, first = np.unique(owners, return_index=True)
            if len(held):
                summed.append((at[held], np.add.reduceat(part.vectors(ids), first, axis=0)))
        width = self.parts[0].dimension
        means = np.zeros((len(positions), width), dtype=np.float32)
        for rows, sums in summed:
            means[rows] = sums
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return means

    def _best(self, vector: Vectors, places: Positions, *, questions: bool) -> Vectors:
        best = np.full(len(places), -1.0, dtype=np.float32)
        for n, part in enumerate(self.parts):
            at = np.flatnonzero((places >= self._offsets[n]) & (places < self._offsets[n + 1]))
            ids, owners = _ids_of(part, places[at] - self._offsets[n], questions=questions)
            if len(ids):
                np.maximum.at(best, at[owners], part.cosines(vector, ids))
        return best


def _ids_of(part: SegmentVectors, provisions: Ints, *, questions: bool) -> tuple[Ints, Ints]:
    """The vectors of some provisions' texts or questions.

    Returns:
        their numbers, and for each the place of its provision among those given.
    """
    first = part.pieces if questions else 0
    half = part.owners[first:] if questions else part.owners[: part.pieces]
    starts = np.searchsorted(half, provisions, side="left")
    widths = np.searchsorted(half, provisions, side="right") - starts
    places = np.repeat(np.arange(len(provisions)), widths)
    before = np.cumsum(widths) - widths
    return first + np.arange(len(places)) + np.repeat(starts - before, widths), places
