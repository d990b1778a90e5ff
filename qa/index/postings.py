"""The terms of some texts, each with the texts that have it: arrays that are mapped into memory."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.ingest.normalise import terms

_FOLDER = "bm25"
_MAPPED = ("texts", "times")


@dataclass(frozen=True)
class Postings:
    """How often each term stands in each text of a segment.

    A term goes by 64 bits of its hash: two of a million terms share one in 1 of 37 million such
    vocabularies.
    """

    terms: NDArray[np.uint64]
    """In ascending order, (terms,)."""
    starts: NDArray[np.int64]
    """Where the texts of each term begin in the two below, (terms + 1,)."""
    texts: NDArray[np.int32]
    """The texts that have the term, ascending within each."""
    times: NDArray[np.unsignedinteger]
    """How often they have it."""
    lengths: NDArray[np.int32]
    """Terms in each text, repeated ones included, (texts,)."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Postings":
        """Count the terms of texts."""
        keys: list[int] = []
        times: list[int] = []
        widths: list[int] = []
        lengths: list[int] = []
        for text in texts:
            found = Counter(terms(text))
            keys += map(key_of, found)
            times += found.values()
            widths.append(len(found))
            lengths.append(found.total())
        return _sorted(
            np.array(keys, dtype=np.uint64),
            np.repeat(np.arange(len(widths), dtype=np.int32), widths),
            np.array(times, dtype=np.uint32),
            np.array(lengths, dtype=np.int32),
        )

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Open what `save` wrote; the long arrays stay on the disk until they are read."""
        held = {
            name: np.load(folder / _FOLDER / f"{name}.npy", mmap_mode="r" if mapped else None)
            for name in cls.__dataclass_fields__
            for mapped in [name in _MAPPED]
        }
        return cls(**held)

    def save(self, folder: Path) -> None:
        """Write them into a folder."""
        (folder / _FOLDER).mkdir()
        for name in self.__dataclass_fields__:
            np.save(folder / _FOLDER / f"{name}.npy", getattr(self, name))

    def spans(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the texts of terms begin and end; the same where a term stands in none."""
        if not len(self.terms):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.terms, keys), len(self.terms) - 1)
        starts = self.starts[at]
        return starts, np.where(self.terms[at] == keys, self.starts[at + 1], starts)


@lru_cache(maxsize=2**18)
def key_of(term: str) -> int:
    """The 64 bits by which a term goes."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


def merge(parts: Sequence[Postings], folder: Path) -> None:
    """Write the postings of several runs of texts, one after another, as one into a folder.

    What is written is mapped, so that no more than one part at a time has to be in memory.
    """
    keys = np.unique(np.concatenate([part.terms for part in parts]))
    having = np.zeros(len(keys), dtype=np.int64)
    for part in parts:
        having[np.searchsorted(keys, part.terms)] += np.diff(part.starts)
    starts = np.concatenate([[0], np.cumsum(having)])
    (folder / _FOLDER).mkdir()
    most = max((int(part.times.max(initial=0)) for part in parts), default=0)
    arrays = {
        name: np.lib.format.open_memmap(
            folder / _FOLDER / f"{name}.npy", mode="w+", dtype=dtype, shape=(int(starts[-1]),)
        )
        for name, dtype in (("texts", np.int32), ("times", np.min_scalar_type(most)))
    }
    free, offset = starts[:-1].copy(), 0
    for part in parts:
        rows = np.searchsorted(keys, part.terms)
        width = np.diff(part.starts)
        target = np.repeat(free[rows] - part.starts[:-1], width) + np.arange(part.starts[-1])
        arrays["texts"][target] = part.texts + np.int32(offset)
        arrays["times"][target] = part.times
        free[rows] += width
        offset += len(part.lengths)
    for array in arrays.values():
        array.flush()
    lengths = np.concatenate([part.lengths for part in parts])
    for name, held in (("terms", keys), ("starts", starts), ("lengths", lengths)):
        np.save(folder / _FOLDER / f"{name}.npy", held)


def _sorted(
    keys: NDArray[np.uint64],
    texts: NDArray[np.int32],
    times: NDArray[np.uint32],
    lengths: NDArray[np.int32],
) -> Postings:
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    held, first = np.unique(keys, return_index=True)
    starts = np.append(first, len(keys)).astype(np.int64)
    small = times.astype(np.min_scalar_type(int(times.max(initial=0))))
    return Postings(held, starts, texts[order], small[order], lengths)
