"""The dense half: vectors of pieces in LlamaIndex's FAISS store."""

from pathlib import Path

import faiss
import numpy as np
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery
from llama_index.vector_stores.faiss import FaissVectorStore
from numpy.typing import NDArray


class Dense:
    """Nearest provisions by the cosine of their best piece."""

    def __init__(self, store: FaissVectorStore, owners: NDArray[np.int32]) -> None:
        """Take a store, and for each of its vectors the position of the provision it is of."""
        self.store = store
        self.owners = owners

    @classmethod
    def build(cls, vectors: NDArray[np.float32], owners: NDArray[np.int32]) -> "Dense":
        """Index L2-normalised vectors, (pieces, dimension)."""
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(vectors.shape[1]))
        store.add([TextNode(embedding=vector.tolist()) for vector in vectors])
        return cls(store, owners)

    @classmethod
    def load(cls, folder: Path) -> "Dense":
        """Read what `save` wrote."""
        store = FaissVectorStore.from_persist_path(str(folder / "vectors.faiss"))
        return cls(store, np.load(folder / "owners.npy"))

    def save(self, folder: Path) -> None:
        """Write the vectors and their owners into a folder."""
        self.store.persist(str(folder / "vectors.faiss"))
        np.save(folder / "owners.npy", self.owners)

    def scores(self, vector: NDArray[np.float32], provisions: int) -> NDArray[np.float32]:
        """For each provision the cosine of its best piece to the question, in [-1, 1].

        The index is flat, so asking for all pieces costs what asking for ten does, and filters
        can be laid over the result.
        """
        query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=len(self.owners))
        found = self.store.query(query)
        best = np.full(provisions, -1.0, dtype=np.float32)
        owners = self.owners[np.array(found.ids or [], dtype=np.int64)]
        np.maximum.at(best, owners, np.array(found.similarities or [], dtype=np.float32))
        return best
