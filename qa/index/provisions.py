"""The provisions of an index: they stay on the disk, and each is read when it is asked for."""

import hashlib
import mmap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from qa.index.order import Mask, Order, Positions
from qa.ingest.provision import Provision

_FILE, _COLUMNS = "provisions.jsonl", "columns.npy"
_COLUMN = np.dtype(
    [("start", "<i8"), ("id", "<u8"), ("locator", "<u8"), ("noted", "?"), ("asked", "?")]
)
"""Of each provision: where its line begins, hashes of its id and locator, whether it has more to
it than its text (a date, departments, a place in a table or a list), whether questions of it are
recorded."""
_KEPT = 8192

_PLAIN = ("article", "section", "box")


class ProvisionFile:
    """The provisions of one segment, a line of JSON each, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        """Open what `write` wrote."""
        self.columns = np.load(folder / _COLUMNS)
        with (folder / _FILE).open("rb") as file:
            empty = file.seek(0, 2) == 0
            self._lines = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self.columns)

    def read(self, place: int) -> Provision:
        """The provision at a place of the segment."""
        starts = self.columns["start"]
        end = starts[place + 1] if place + 1 < len(starts) else len(self._lines)
        return Provision.model_validate_json(self._lines[starts[place] : end])


def write(provisions: Iterable[Provision], folder: Path) -> None:
    """Write the provisions of a segment, and their columns."""
    columns, start = [], 0
    with (folder / _FILE).open("wb") as out:
        for provision in provisions:
            line = provision.model_dump_json().encode() + b"\n"
            out.write(line)
            columns.append((start, *_columns_of(provision)))
            start += len(line)
    np.save(folder / _COLUMNS, np.array(columns, dtype=_COLUMN))


def _columns_of(provision: Provision) -> tuple[int, int, bool, bool]:
    noted = provision.kind not in _PLAIN or provision.date or provision.departments
    return (
        _hash(provision.id),
        _hash(provision.locator),
        bool(noted),
        bool(provision.questions),
    )


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


class Provisions(Sequence[Provision]):
    """All provisions in the order of the volume."""

    def __init__(
        self, files: Sequence[ProvisionFile], order: Order, documents: Mapping[str, int]
    ) -> None:
        """Take the segments, and of each document, in the order of the volume, the provisions."""
        self._files = files
        self._order = order
        self._offsets = np.concatenate([[0], np.cumsum([len(f) for f in files])]).tolist()
        empty = np.empty(0, _COLUMN)
        self._columns = np.concatenate([empty, *(f.columns for f in files)])[order.places]
        self._spans: dict[str, range] = {}
        at = 0
        for document_id, count in documents.items():
            self._spans[document_id] = range(at, at + count)
            at += count
        # A method's cache would keep every index that was ever opened.
        self._read = lru_cache(_KEPT)(self._at)

    @property
    def documents(self) -> Mapping[str, range]:
        """The positions of the provisions of each document, by its id."""
        return self._spans

    @property
    def noted(self) -> Positions:
        """The positions of those that have more to them than their text."""
        return np.flatnonzero(self._columns["noted"])

    @property
    def asked(self) -> Mask:
        """Which have recorded questions."""
        asked: Mask = self._columns["asked"]
        return asked

    @property
    def owners(self) -> NDArray[np.int32]:
        """The number of each provision's document, in the order of the volume."""
        widths = [len(span) for span in self._spans.values()]
        return np.repeat(np.arange(len(widths), dtype=np.int32), widths)

    def of(self, document_id: str) -> Sequence[Provision]:
        """The provisions of a document, none of which is read yet."""
        return Stretch(self, self._spans.get(document_id, range(0)))

    def position(self, provision_id: str) -> int:
        """Where a provision stands. Raises `KeyError` where there is none of this id."""
        span = self._spans.get(provision_id.rpartition("-")[0], range(0))
        here = self._columns["id"][span.start : span.stop]
        found = np.flatnonzero(here == np.uint64(_hash(provision_id)))
        if not len(found):
            raise KeyError(provision_id)
        return span.start + int(found[-1])

    def at_locator(self, locator: str, document_id: str | None = None) -> Positions:
        """The positions of the provisions with a locator, in one document or in all."""
        span = range(len(self)) if document_id is None else self._spans[document_id]
        here = self._columns["locator"][span.start : span.stop]
        return span.start + np.flatnonzero(here == np.uint64(_hash(locator)))

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Provision: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Provision]: ...
    def __getitem__(self, index: int | slice) -> Provision | Sequence[Provision]:
        if isinstance(index, slice):
            return Stretch(self, range(len(self))[index])
        return self._read(range(len(self))[index])

    def __iter__(self) -> Iterator[Provision]:
        return map(self._read, range(len(self)))

    def _at(self, position: int) -> Provision:
        place = int(self._order.places[position])
        segment = bisect_right(self._offsets, place) - 1
        return self._files[segment].read(place - self._offsets[segment])


class Stretch(Sequence[Provision]):
    """Some provisions in a row; each is read when it is asked for."""

    def __init__(self, provisions: Provisions, span: range) -> None:
        """Take their positions."""
        self._provisions = provisions
        self._span = span

    def __len__(self) -> int:
        return len(self._span)

    @overload
    def __getitem__(self, index: int) -> Provision: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Provision]: ...
    def __getitem__(self, index: int | slice) -> Provision | Sequence[Provision]:
        if isinstance(index, slice):
            return Stretch(self._provisions, self._span[index])
        return self._provisions[self._span[index]]
