"""A segment: some documents with their provisions, vectors and terms, never changed once written.

Adding a law writes a small one beside those that are there, so that its cost does not grow with
the corpus.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index import clauses, postings, provisions
from qa.index.clauses import ClauseFile, Hashes, clauses_in
from qa.index.pieces import Piece, pieces_of
from qa.index.postings import Postings
from qa.index.provisions import ProvisionFile
from qa.index.vectorfile import PLAIN, SegmentVectors, Vectors, VectorStore
from qa.ingest.provision import Frozen, Provision

_AT_ONCE = 20_000
"""Provisions that are in memory at once while a segment is written."""
_NAME_CHARS = 16

Embed = Callable[[list[str], bool], Vectors]
"""Gives the vectors of texts, or of questions where the flag is set, (texts, dimension)."""


class Extent(Frozen):
    """How much a segment holds, those provisions included that were removed later."""

    name: str
    provisions: int
    pieces: int
    questions: int


@dataclass(frozen=True)
class Segment:
    """An opened segment."""

    extent: Extent
    provisions: ProvisionFile
    vectors: SegmentVectors
    postings: Postings
    clauses: ClauseFile

    @classmethod
    def load(cls, folder: Path, extent: Extent, store: VectorStore = PLAIN) -> "Segment":
        """Open what `write` wrote."""
        return cls(
            extent,
            ProvisionFile(folder),
            store.open(folder, extent.pieces),
            Postings.load(folder),
            ClauseFile(folder),
        )


def write(
    held: Iterable[Provision], embed: Embed, folder: Path, store: VectorStore = PLAIN
) -> Extent:
    """Write a segment into a folder of its own below `folder`, named by what it holds."""
    with tempfile.TemporaryDirectory(prefix=".segment-", dir=folder) as scratch:
        beside = Path(scratch) / "segment"
        beside.mkdir()
        run = _Run(Path(scratch), embed)
        provisions.write(run.through(held), beside)
        with (beside / "provisions.jsonl").open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()[:_NAME_CHARS]
        beside = beside.rename(Path(scratch) / name)
        postings.merge(run.counted(), beside)
        clauses.write(run.clauses, beside)
        owners = np.concatenate([*run.owners[False], *run.owners[True]])
        pieces = sum(map(len, run.owners[False]))
        store.put(beside, run.vectors(), owners, pieces)
        beside.rename(folder / name)
    return Extent(name=name, provisions=run.size, pieces=pieces, questions=len(owners) - pieces)


def pieces_and_questions(held: Iterable[Provision]) -> tuple[list[Piece], list[Piece]]:
    """What vectors stand for: the pieces of provisions, and the questions that they answer."""
    numbered = [*enumerate(held)]
    pieces = [piece for n, p in numbered for piece in pieces_of(n, p)]
    return pieces, [Piece(n, text) for n, p in numbered for text in p.questions]


class _Run:
    """What is gathered of the provisions of a segment while they pass by."""

    def __init__(self, scratch: Path, embed: Embed) -> None:
        self._scratch = scratch
        self._embed = embed
        self._runs = 0
        self._width = 0
        self.size = 0
        self.clauses: list[Hashes] = []
        self.owners: dict[bool, list[NDArray[np.int32]]] = {False: [], True: []}

    def through(self, held: Iterable[Provision]) -> Iterator[Provision]:
        """The same provisions; each run of them is counted and embedded on the way."""
        passing = iter(held)
        while (run := [*islice(passing, _AT_ONCE)]) or not self._runs:
            yield from run
            self._take(run)

    def _take(self, run: list[Provision]) -> None:
        said = ("\n".join((p.search_text, *p.questions)) for p in run)
        folder = self._scratch / str(self._runs)
        folder.mkdir()
        Postings.of(said).save(folder)
        self.clauses += clauses_in(run)
        for of_questions, found in enumerate(pieces_and_questions(run)):
            vectors = self._embed([piece.text for piece in found], bool(of_questions))
            self._width = vectors.shape[1]
            with self._raw(bool(of_questions)).open("ab") as out:
                out.write(vectors.astype(np.float32).tobytes())
            owners = np.array([self.size + piece.provision for piece in found], dtype=np.int32)
            self.owners[bool(of_questions)].append(owners)
        self.size += len(run)
        self._runs += 1

    def counted(self) -> list[Postings]:
        return [Postings.load(self._scratch / str(n)) for n in range(self._runs)]

    def vectors(self) -> Vectors:
        """The vectors of the pieces, then of the questions, mapped."""
        with self._raw(False).open("ab") as out, self._raw(True).open("rb") as questions:
            while block := questions.read(2**24):
                out.write(block)
        if not self._raw(False).stat().st_size:
            return np.empty((0, self._width), np.float32)
        return np.memmap(self._raw(False), np.float32, "r").reshape(-1, self._width)

    def _raw(self, of_questions: bool) -> Path:
        return self._scratch / ("questions.f32" if of_questions else "pieces.f32")
