"""Where the provisions of a volume lie in the segments of its index."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Order:
    """The place of each provision, counted through all segments; what was removed has a place too.

    Whoever asks an index speaks of positions: the provisions in the order of the volume, whichever
    segments hold them, without those removed.
    """

    places: Positions
    """Of the provisions in the order of the volume, (provisions,)."""
    size: int
    """Places in all segments."""

    @classmethod
    def plain(cls, size: int) -> "Order":
        """The order of one segment from which nothing was removed."""
        return cls(np.arange(size), size)

    def __len__(self) -> int:
        """How many provisions there are."""
        return len(self.places)

    @cached_property
    def _positions(self) -> Positions:
        positions = np.full(self.size, -1, dtype=np.int64)
        positions[self.places] = np.arange(len(self.places))
        return positions

    def positions(self, places: Positions) -> Positions:
        """The positions of places; -1 for what was removed."""
        found: Positions = self._positions[places]
        return found

    def marked(self, mask: Mask | None) -> Mask | None:
        """A mask over positions as one over places; None where everything is allowed."""
        if mask is None and len(self) == self.size:
            return None
        allowed = np.zeros(self.size, dtype=np.bool_)
        allowed[self.places if mask is None else self.places[mask]] = True
        return allowed
