"""The store that the settings choose for the vectors of an index."""

from qa.errors import StoreError
from qa.index.vectorfile import Files, VectorStore
from qa.settings import Settings


def vector_store(settings: Settings, embedder: str) -> VectorStore:
    """Files of the index, or Milvus; `embedder` is the fingerprint of the model.

    Raises:
        StoreError: Milvus is chosen, and what speaks with it is not installed.
    """
    if settings.store == "files":
        return Files.of(settings)
    try:
        from qa.index.milvus import MilvusStore  # it takes seconds to load
    except ImportError as error:
        raise StoreError(
            "设置 QA_STORE 是 milvus，但没有装它的客户端；"
            "请运行 pip install --editable '.[milvus]'，或把 QA_STORE 改回 files。"
        ) from error
    return MilvusStore(settings, embedder)
