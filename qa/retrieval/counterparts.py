"""The same subject at the other level: a national provision and the nearest one of Shandong."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.index.dense import Dense
from qa.ingest.provision import Provision

SAME_SUBJECT = 0.95
"""From this likeness on two provisions count as being on one subject. Set on a random sample: of
its 38 pairs above it about 33 (0.87) were judged so, from their first words; evals/README.md."""

_KINDS = ("article", "section", "box")
_FORMAL = ("法律责任", "附则")
"""Chapters whose provisions are alike in their words, whatever their subject."""

Vectors = NDArray[np.float32]


class Counterparts:
    """For each provision the one of the other level that is on the same subject, if any.

    The likeness of two provisions is the mean of two cosines, in [-1, 1]: between the mean vectors
    of their texts, and of the questions that they answer. Where none are recorded, none is found.
    """

    def __init__(
        self, dense: Dense, provisions: Sequence[Provision], regions: NDArray[np.str_]
    ) -> None:
        """Compare all provisions of the one level with all of the other, some 20 ms."""
        eligible = np.array([_is_eligible(p) for p in provisions])
        national = np.flatnonzero(eligible & (regions == "国家"))
        provincial = np.flatnonzero(eligible & (regions == "山东"))
        self._regions = regions
        self._of: dict[int, int] = {}
        if not len(national) or not len(provincial):
            return
        texts, asked = _mean_vectors(dense, len(provisions))
        alike = texts[national] @ texts[provincial].T + asked[national] @ asked[provincial].T
        for here, there, likeness in (
            (national, provincial, alike / 2),
            (provincial, national, alike.T / 2),
        ):
            best = likeness.argmax(axis=1)
            near = np.flatnonzero(likeness.max(axis=1) >= SAME_SUBJECT)
            self._of |= {int(here[n]): int(there[best[n]]) for n in near}

    def __len__(self) -> int:
        """How many provisions have a counterpart."""
        return len(self._of)

    def of(self, position: int) -> tuple[tuple[int, str], ...]:
        """The counterpart, and why, as a Chinese phrase with `{}` for the provision's name."""
        if position not in self._of:
            return ()
        other = self._of[position]
        return ((other, f"与{{}}同一主题（{self._regions[other]}）"),)


def _is_eligible(provision: Provision) -> bool:
    return provision.kind in _KINDS and not any(
        chapter in heading for heading in provision.headings for chapter in _FORMAL
    )


def _mean_vectors(dense: Dense, provisions: int) -> tuple[Vectors, Vectors]:
    """The mean vectors of texts and of questions, each (provisions, dimension), of length 1.

    A provision without questions has a vector of length 0 there.
    """
    vectors = dense.vectors()
    texts, asked = slice(0, dense.pieces), slice(dense.pieces, None)
    return (
        _mean(vectors[texts], dense.owners[texts], provisions),
        _mean(vectors[asked], dense.owners[asked], provisions),
    )


def _mean(vectors: Vectors, owners: NDArray[np.int32], provisions: int) -> Vectors:
    """The direction of the sum of each owner's vectors, which stand together."""
    mean: Vectors = np.zeros((provisions, vectors.shape[1]), dtype=np.float32)
    held, first = np.unique(owners, return_index=True)
    if len(held):
        mean[held] = np.add.reduceat(vectors, first, axis=0)
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    return mean
