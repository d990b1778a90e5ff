"""The dense half: vectors of pieces and of questions in LlamaIndex's FAISS store."""

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.faiss import FaissVectorStore
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Nearness:
    """How near each provision is to a question: cosines in [-1, 1], (provisions,)."""

    text: Scores
    """Of its best piece."""
    questions: Scores
    """Of the best question that it answers; of its best piece where none is recorded."""


class Dense:
    """Nearest provisions by their best vector."""

    def __init__(self, store: FaissVectorStore, owners: NDArray[np.int32], pieces: int) -> None:
        """Take a store whose first `pieces` vectors are of texts and whose others of questions.

        `owners` has the position of the provision that each vector is of.
        """
        self.store = store
        self.owners = owners
        self.pieces = pieces

    @classmethod
    def build(cls, vectors: NDArray[np.float32], owners: NDArray[np.int32], pieces: int) -> "Dense":
        """Index L2-normalised vectors, (vectors, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))  # as the store does, at once
        return cls(FaissVectorStore(faiss_index=index), owners, pieces)

    @classmethod
    def load(cls, folder: Path, pieces: int) -> "Dense":
        """Read what `save` wrote."""
        store = FaissVectorStore.from_persist_path(str(folder / "vectors.faiss"))
        return cls(store, np.load(folder / "owners.npy"), pieces)

    def save(self, folder: Path) -> None:
        """Write the vectors and their owners into a folder."""
        self.store.persist(str(folder / "vectors.faiss"))
        np.save(folder / "owners.npy", self.owners)

    def vectors(self) -> Scores:
        """All vectors, (vectors, dimension)."""
        held: Scores = self.store.client.reconstruct_n(0, len(self.owners))
        return held

    def nearness(self, vector: NDArray[np.float32], provisions: int) -> Nearness:
        """The cosines of all provisions to a question.

        The index is flat, so asking for all vectors costs what asking for ten does, and filters
        can be laid over the result.
        """
        query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=len(self.owners))
        found = self.store.query(query)
        ids = np.array(found.ids or [], dtype=np.int64)
        cosines = np.array(found.similarities or [], dtype=np.float32)
        of_text = ids < self.pieces
        text = self._best(ids[of_text], cosines[of_text], provisions)
        questions = self._best(ids[~of_text], cosines[~of_text], provisions)
        return Nearness(text, np.where(questions > -1, questions, text))

    def _best(self, ids: NDArray[np.int64], cosines: Scores, provisions: int) -> Scores:
        best = np.full(provisions, -1.0, dtype=np.float32)
        np.maximum.at(best, self.owners[ids], cosines)
        return best
