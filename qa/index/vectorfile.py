"""The vectors of one segment, in LlamaIndex's FAISS store; the kind of index follows the size."""

import errno
import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol

import faiss
import numpy as np
from llama_index.vector_stores.faiss import FaissVectorStore
from numpy.typing import NDArray

from qa.errors import SettingsError
from qa.index.order import Mask
from qa.settings import Settings

_faiss: Any = faiss  # its stubs do not know the classes that its Python side completes

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]

OWNERS = "owners.npy"
"""The file with the provision of each vector of a segment, whichever store has the vectors."""

_FILE = "vectors.faiss"
_TRAINED_ON = 40
"""Vectors for each list of an inverted file, from which its centre is found."""
_AT_ONCE = 50_000
_LEAST = -2.0
"""Below every cosine: all vectors are in this range."""
_REFINED = 4.0
"""Of so many times as many vectors as are wanted, the exact cosines are computed."""


@dataclass(frozen=True)
class Files:
    """Vectors in files of the index: of which kind by their number, and how hard it is searched."""

    flat_up_to: int = 20_000
    """Vectors that are all compared with a question."""
    factory: str = "IVF{lists},SQ8"
    """Beyond: a FAISS index factory; `{lists}` is twice the root of the number of vectors."""
    effort: int = 64
    """`nprobe` of an inverted file, `efSearch` of HNSW."""

    @classmethod
    def of(cls, settings: Settings) -> "Files":
        """Those of the settings."""
        return cls(settings.flat_up_to, settings.ann_factory, settings.ann_effort)

    mark: ClassVar[str] = ""

    def put(self, folder: Path, vectors: Vectors, owners: NDArray[np.int32], pieces: int) -> None:
        """Write the vectors of a segment into its folder."""
        VectorFile.build(vectors, owners, pieces, self).save(folder)

    def open(self, folder: Path, pieces: int) -> "VectorFile":
        """Open what `put` wrote."""
        return VectorFile.load(folder, pieces, self.effort)

    def clear(self, needed: Collection[str]) -> None:
        """Nothing: the files go with the folders."""


PLAIN = Files()
"""What the settings say by default."""


class SegmentVectors(Protocol):
    """The vectors of the texts of a segment, then those of its questions, wherever they lie."""

    @property
    def owners(self) -> NDArray[np.int32]:
        """The provision of each vector, counted in the segment, ascending in each half."""

    @property
    def pieces(self) -> int:
        """How many of them, the first ones, are of texts."""

    @property
    def dimension(self) -> int:
        """Of each vector."""

    @property
    def finds_words(self) -> bool:
        """Whether `nearest` looks for the words of a question too."""

    def vectors(self, ids: Ints | None = None) -> Vectors:
        """All vectors, or some, (vectors, dimension)."""

    def cosines(self, vector: Vectors, ids: Ints) -> Vectors:
        """The cosines of some vectors with a question's."""

    def nearest(self, vector: Vectors, count: int, allowed: Mask | None, said: str) -> Ints:
        """The provisions that own the nearest vectors, each once; `allowed` is over provisions."""


class VectorStore(Protocol):
    """Where the vectors of an index lie."""

    @property
    def mark(self) -> str:
        """Tells its indexes from those of another store, beside the embedder's fingerprint."""

    def put(self, folder: Path, vectors: Vectors, owners: NDArray[np.int32], pieces: int) -> None:
        """Take in the vectors of a segment, whose provisions lie in its folder."""

    def open(self, folder: Path, pieces: int) -> SegmentVectors:
        """The vectors of a segment that was put."""

    def clear(self, needed: Collection[str]) -> None:
        """Let go of all segments but those needed, by their names."""


class VectorFile:
    """The vectors of the texts of a segment, then those of its questions; all of length 1.

    Up to some thousands they are flat and float32. Beyond, an inverted file or a graph of quantised
    vectors finds the nearest, and float16 ones beside it tell how near they are; the file is
    mapped, so that only what is read takes memory.
    """

    finds_words = False

    def __init__(
        self, store: FaissVectorStore, owners: NDArray[np.int32], pieces: int, effort: int
    ) -> None:
        """Take a store whose first `pieces` vectors are of texts and whose others of questions.

        `owners` has the provision of each vector, counted in the segment, ascending in each half;
        `effort` says how hard an index that is not flat is searched.
        """
        self.store = store
        self.owners = owners
        self.pieces = pieces
        self._effort = effort

    @classmethod
    def build(
        cls, vectors: Vectors, owners: NDArray[np.int32], pieces: int, files: Files = PLAIN
    ) -> "VectorFile":
        """Index vectors, (vectors, dimension); they may be mapped, and are read in runs.

        Raises:
            SettingsError: there is no such kind of index.
        """
        count, dimension = vectors.shape
        if count <= files.flat_up_to:
            index = faiss.IndexFlatIP(dimension)
        else:
            index = _approximate(vectors, files.factory)
        for start in range(0, count, _AT_ONCE):
            index.add(np.ascontiguousarray(vectors[start : start + _AT_ONCE], dtype=np.float32))
        return cls(FaissVectorStore(faiss_index=index), owners, pieces, files.effort)

    @classmethod
    def load(cls, folder: Path, pieces: int, effort: int) -> "VectorFile":
        """Open what `save` wrote."""
        index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC)
        owners = np.load(folder / OWNERS)
        return cls(FaissVectorStore(faiss_index=index), owners, pieces, effort)

    def save(self, folder: Path) -> None:
        """Write the vectors and their owners into a folder."""
        try:
            self.store.persist(str(folder / _FILE))
        except RuntimeError as error:  # FAISS's word for a full disk
            raise OSError(errno.EIO, "vectors.faiss") from error
        np.save(folder / OWNERS, self.owners)

    @property
    def dimension(self) -> int:
        """Of each vector."""
        width: int = self.store.client.d
        return width

    @property
    def is_flat(self) -> bool:
        """Whether all vectors are compared with a question."""
        return isinstance(self._index, faiss.IndexFlat)

    @cached_property
    def _index(self) -> Any:
        return faiss.downcast_index(self.store.client)

    @cached_property
    def _exact(self) -> Any:
        """The part of the index that has the vectors as they are, or nearly so."""
        return self._index if self.is_flat else faiss.downcast_index(self._index.refine_index)

    def vectors(self, ids: Ints | None = None) -> Vectors:
        """All vectors, or some, (vectors, dimension)."""
        held: Vectors = (
            self._exact.reconstruct_n(0, len(self.owners))
            if ids is None
            else self._exact.reconstruct_batch(ids)
        )
        return held

    def cosines(self, vector: Vectors, ids: Ints) -> Vectors:
        """The cosines of some vectors with a question's."""
        cosines: Vectors
        if self.is_flat:
            _, found, at = self._index.range_search(vector[None], _LEAST)
            cosines = np.empty(len(self.owners), dtype=np.float32)
            cosines[at] = found
            return cosines[ids]
        cosines = self.vectors(ids) @ vector
        return cosines

    def nearest(self, vector: Vectors, count: int, allowed: Mask | None, said: str = "") -> Ints:
        """The provisions that own the nearest vectors, each once.

        `allowed` is over the provisions of the segment; `count` is that of the vectors. What is
        said plays no part.
        """
        selector = None
        if allowed is not None:
            bits = np.packbits(allowed[self.owners], bitorder="little")
            selector = _faiss.IDSelectorBitmap(bits)
        parameters = self._parameters(selector)
        _, ids = self._index.search(vector[None], min(count, len(self.owners)), params=parameters)
        return np.unique(self.owners[ids[0][ids[0] >= 0]]).astype(np.int64)

    def _parameters(self, selector: Any) -> Any:
        if self.is_flat:
            return _faiss.SearchParameters(sel=selector)
        base = faiss.downcast_index(self._index.base_index)
        if isinstance(base, faiss.IndexHNSW):
            inner = _faiss.SearchParametersHNSW(sel=selector, efSearch=self._effort)
        else:
            inner = _faiss.SearchParametersIVF(sel=selector, nprobe=self._effort)
        return _faiss.IndexRefineSearchParameters(k_factor=_REFINED, base_index_params=inner)


def _approximate(vectors: Vectors, factory: str) -> Any:
    count, dimension = vectors.shape
    lists = max(1, round(2 * math.sqrt(count)))
    kind = f"{factory.format(lists=lists)},Refine(SQfp16)"
    try:
        index = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    except (RuntimeError, ValueError, KeyError) as error:
        raise SettingsError(
            f"设置项 ann_factory 的值“{factory}”不是 FAISS 的索引类型；"
            "请改正，例如 IVF{lists},SQ8 或 HNSW32_SQ8。"
        ) from error
    chosen = np.random.default_rng(0).choice(count, min(count, _TRAINED_ON * lists), replace=False)
    index.train(np.ascontiguousarray(vectors[np.sort(chosen)], dtype=np.float32))
    return index
