"""Which clauses stand in which provisions: near duplicates are found without reading a text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index.order import Order
from qa.ingest.clauses import clauses_of
from qa.ingest.provision import Provision

_CLAUSES, _OWNERS = "clauses.npy", "clause-owners.npy"

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]


class ClauseFile:
    """The clauses of one segment in the order of their hashes, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        """Open what `write` wrote."""
        self._clauses: Hashes = np.load(folder / _CLAUSES, mmap_mode="r")
        self._owners: NDArray[np.int32] = np.load(folder / _OWNERS, mmap_mode="r")

    def having(self, wanted: Hashes) -> tuple[Numbers, Numbers]:
        """Numbers of clauses, and beside each the place of a provision that has it."""
        starts = np.searchsorted(self._clauses, wanted, "left")
        counts = np.searchsorted(self._clauses, wanted, "right") - starts
        before = np.cumsum(counts) - counts
        rows = np.repeat(starts - before, counts) + np.arange(counts.sum())
        return np.repeat(np.arange(len(wanted)), counts), self._owners[rows].astype(np.int64)


def clauses_in(held: Iterable[Provision]) -> list[Hashes]:
    """The hashes of the clauses of each provision."""
    return [np.array([*clauses_of([each.text])], dtype=np.uint64) for each in held]


def write(found: Sequence[Hashes], folder: Path) -> None:
    """Write the clauses of the provisions of a segment, given in its order."""
    counts = np.array([len(each) for each in found], dtype=np.int64)
    owners = np.repeat(np.arange(len(found), dtype=np.int32), counts)
    clauses = np.concatenate([np.empty(0, np.uint64), *found])
    order = np.argsort(clauses, kind="stable")
    np.save(folder / _CLAUSES, clauses[order])
    np.save(folder / _OWNERS, owners[order])


class Clauses:
    """The clauses of all provisions."""

    def __init__(self, parts: Sequence[ClauseFile], sizes: Sequence[int], order: Order) -> None:
        """Take the segments, how many provisions each holds, and the order of these."""
        self._parts = parts
        self._offsets = [0, *np.cumsum(sizes).tolist()]
        self._order = order

    def shared(self, clauses: frozenset[int], documents: Mapping[str, range]) -> dict[str, int]:
        """Of some clauses, how many each document has, by the positions of its provisions."""
        wanted = np.array(sorted(clauses), dtype=np.uint64)
        found = [np.empty(0, np.int64)]
        starts = np.array([span.start for span in documents.values() if span], dtype=np.int64)
        for part, offset in zip(self._parts, self._offsets, strict=False):
            numbers, places = part.having(wanted)
            positions = self._order.positions(places + offset)
            standing = positions >= 0  # the others were removed
            owners = np.searchsorted(starts, positions[standing], "right") - 1
            found.append(numbers[standing] + owners * len(wanted))
        # a clause counts once in a document, however often it stands there
        owners, counts = np.unique(
            np.unique(np.concatenate(found)) // max(1, len(wanted)), return_counts=True
        )
        names = [name for name, span in documents.items() if span]
        return {names[n]: int(count) for n, count in zip(owners, counts, strict=True)}
