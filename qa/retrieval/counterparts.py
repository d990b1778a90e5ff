"""The same subject at the other level: a national provision and the nearest one of Shandong."""

from collections.abc import Callable

import numpy as np

from qa.index.dense import Dense
from qa.index.provisions import Provisions
from qa.ingest.provision import Provision

SAME_SUBJECT = 0.95
"""From this likeness on two provisions count as being on one subject. Set on a random sample: of
its 38 pairs above it about 33 (0.87) were judged so, from their first words; evals/README.md."""

_KINDS = ("article", "section", "box")
_FORMAL = ("法律责任", "附则")
"""Chapters whose provisions are alike in their words, whatever their subject."""


class Counterparts:
    """For each provision the one of the other level that is on the same subject, if any.

    The likeness of two provisions is the mean of two cosines, in [-1, 1]: between the mean vectors
    of their texts, and of the questions that they answer. Where none are recorded, none is found.
    """

    def __init__(
        self, dense: Dense, provisions: Provisions, region_of: Callable[[int], str]
    ) -> None:
        """Compare those of the one level that have questions with those of the other, some 20 ms.

        `region_of` says of a position to which level it belongs.
        """
        asked_of = np.flatnonzero(provisions.asked).tolist()
        eligible = [n for n in asked_of if _is_eligible(provisions[n])]
        national, provincial = (
            np.array([n for n in eligible if region_of(n) == region], dtype=np.int64)
            for region in ("国家", "山东")
        )
        self._region_of = region_of
        self._of: dict[int, int] = {}
        if not len(national) or not len(provincial):
            return
        alike = sum(
            dense.means(national, questions=asked) @ dense.means(provincial, questions=asked).T
            for asked in (False, True)
        )
        assert isinstance(alike, np.ndarray)
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
        return ((other, f"与{{}}同一主题（{self._region_of(other)}）"),)


def _is_eligible(provision: Provision) -> bool:
    return provision.kind in _KINDS and not any(
        chapter in heading for heading in provision.headings for chapter in _FORMAL
    )
