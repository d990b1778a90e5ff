"""Vectors and provisions in Milvus, through LlamaIndex's store: a collection for each segment.

A row is what a vector stands for, a piece of a provision's text or a question that it answers: the
words, where they stand, and the vector. The folder of the index keeps the provisions as they are
read, their terms, and which vector is whose; no vectors.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import grpc
import jieba
import numpy as np
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.utils import iter_batch
from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryMode
from llama_index.vector_stores.milvus import MilvusVectorStore
from llama_index.vector_stores.milvus.utils import BM25BuiltInFunction
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from qa.errors import IndexFault, StoreError
from qa.index.order import Mask
from qa.index.pieces import pieces_of
from qa.index.provisions import ProvisionFile
from qa.index.vectorfile import OWNERS, Ints, Vectors
from qa.ingest.provision import Provision
from qa.settings import Settings

_AT_ONCE = 1000
"""Rows in one message: some megabytes."""
_KEPT = 20_000
"""Vectors of a segment that are kept here once they were fetched: 30 MB of 384 dimensions."""
_MOST_RUNS = 100
"""Runs of admitted provisions that are told to Milvus; what is admitted with them is left out
again here."""
_MOST_ROWS = 16_384
"""That Milvus gives for one search."""
_WAITS_S = 10.0
_QUIET = {"grpc.keepalive_time_ms": 3_600_000}
"""Lite hangs up on a client that sends a sign of life every 10 seconds, as it does by default."""
_AUTH = ("unauthenticated", "auth check", "permission")
_UNREACHABLE = ("connect", "unavailable", "timeout", "deadline")


class MilvusStore:
    """The collections of one model in one Milvus."""

    mark = "|milvus"

    def __init__(self, settings: Settings, embedder: str) -> None:
        """Take where it is, and the fingerprint of the model; nothing is asked of it yet."""
        # What they have to say is said as an error; Lite knows less than its client tries.
        for name in ("pymilvus", "milvus_lite", "grpc._server"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._settings = settings
        self._is_lite = settings.milvus_uri.endswith(".db")
        if self._is_lite:
            jieba.setLogLevel(logging.WARNING)
        model = hashlib.sha256(embedder.encode()).hexdigest()[:12]
        self._prefix = f"{settings.milvus_prefix}_{model}_"

    def put(self, folder: Path, vectors: Vectors, owners: NDArray[np.int32], pieces: int) -> None:
        """Fill the collection of a segment; rows that a build before this one left are replaced."""
        kind = self._settings.milvus_index
        is_flat = len(owners) <= self._settings.flat_up_to
        with self._asked():
            collection = self._collection(
                folder.name,
                dim=vectors.shape[1],
                upsert_mode=True,
                batch_size=_AT_ONCE,
                index_config={"index_type": "FLAT" if is_flat else kind},
                scalar_field_names=["owner"],
                scalar_field_types=[DataType.INT64],
            )
            for batch in iter_batch(_nodes(ProvisionFile(folder), vectors), _AT_ONCE):
                collection.add(batch)
            collection.client.flush(collection.collection_name)
            if self._count(collection.client, folder.name) != len(owners):
                raise StoreError("写进 Milvus 的行数不对；请再运行一次 qa index build。")
        np.save(folder / OWNERS, owners)

    def open(self, folder: Path, pieces: int) -> "MilvusVectors":
        """The vectors of a segment.

        Raises:
            IndexFault: Milvus has not all of them.
            StoreError: Milvus cannot be asked.
        """
        owners = np.load(folder / OWNERS)
        with self._asked():
            client = self._client()
            name = self._prefix + folder.name
            if not client.has_collection(name) or self._count(client, folder.name) != len(owners):
                raise IndexFault("Milvus 里没有这个索引的全部条文；请重建：qa index build。")
            client.load_collection(name)
            width = _width(client, name)
            collection = self._collection(folder.name, dim=width)
        return MilvusVectors(collection, owners, pieces, self._asked)

    def clear(self, needed: Collection[str]) -> None:
        """Drop the collections of this installation and model that no index has any more."""
        kept = {self._prefix + name for name in needed}
        with self._asked():
            client = self._client()
            for name in client.list_collections():
                if name.startswith(self._prefix) and name not in kept:
                    client.drop_collection(name)

    def _collection(self, segment: str, **more: Any) -> "_Collection":
        """The store of a segment's collection, which is created where it is missing."""
        return _Collection(
            **self._address,
            collection_name=self._prefix + segment,
            similarity_metric="IP",
            consistency_level="Bounded",
            enable_sparse=True,
            # What `chinese` is on a server; Lite knows its tokenizer alone.
            sparse_embedding_function=BM25BuiltInFunction(
                analyzer_params={"tokenizer": "jieba"} if self._is_lite else {"type": "chinese"}
            ),
            use_async_client=False,
            **more,
        )

    def _count(self, client: MilvusClient, segment: str) -> int:
        """The rows of a segment's collection, the last written included."""
        name = self._prefix + segment
        strong = {} if self._is_lite else {"consistency_level": "Strong"}  # Lite is never behind
        (row,) = client.query(name, output_fields=["count(*)"], timeout=_WAITS_S, **strong)
        return int(row["count(*)"])

    def _client(self) -> MilvusClient:
        return MilvusClient(**self._address)

    @property
    def _address(self) -> dict[str, Any]:
        token = self._settings.milvus_token
        uri = self._settings.milvus_uri
        if self._is_lite:
            path = Path(uri).expanduser().absolute()
            path.parent.mkdir(parents=True, exist_ok=True)
            uri = str(path)
        return {
            "uri": uri,
            "token": token.get_secret_value() if token else "",
            "timeout": _WAITS_S,
            **({"grpc_options": _QUIET} if self._is_lite else {}),
        }

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What goes wrong with Milvus meanwhile is said in a sentence."""
        try:
            yield
        except (MilvusException, grpc.RpcError, OSError) as error:
            raise StoreError(self._sentence(error)) from error

    def _sentence(self, fault: Exception) -> str:
        error = f"{fault}\n{fault.__cause__ or ''}"
        unopened = isinstance(fault, OSError) or "Open local milvus failed" in error
        if self._is_lite and unopened:
            return (
                f"打不开 Milvus Lite 的文件夹 {self._settings.milvus_uri}：它只许一个进程使用，"
                "或者不可写；请停下别的进程，或用设置 QA_MILVUS_URI 改用 Milvus 服务器。"
            )
        said = error.lower()
        if any(word in said for word in _AUTH):
            return "Milvus 不接受用户名和密码；请检查设置 QA_MILVUS_TOKEN（用户名:密码）。"
        if any(word in said for word in _UNREACHABLE):
            host = urlsplit(self._settings.milvus_uri).netloc.rpartition("@")[2]
            return f"连不上 Milvus（{host}）；请确认它在运行，并检查设置 QA_MILVUS_URI。"
        return f"Milvus 出错（{error.splitlines()[0][:200]}）；请看它的日志。"


class MilvusVectors:
    """The vectors of a segment; those that were fetched once are kept, the latest of them."""

    finds_words = True

    def __init__(
        self,
        collection: MilvusVectorStore,
        owners: NDArray[np.int32],
        pieces: int,
        asked: Callable[[], Any],
    ) -> None:
        """Take the collection, whose rows go by the numbers of their vectors."""
        self.owners = owners
        self.pieces = pieces
        self._collection = collection
        self._asked = asked
        self._held: dict[int, Vectors] = {}
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Of each vector."""
        return self._collection.dim or 0

    def vectors(self, ids: Ints | None = None) -> Vectors:
        """All vectors, or some, (vectors, dimension)."""
        wanted = range(len(self.owners)) if ids is None else ids.tolist()
        with self._lock:
            known = {n: self._held[n] for n in wanted if n in self._held}
        fetched = self._fetch([n for n in dict.fromkeys(wanted) if n not in known])
        with self._lock:
            self._held |= fetched
            for oldest in [*self._held][: max(0, len(self._held) - _KEPT)]:
                del self._held[oldest]
        known |= fetched
        vectors = np.empty((len(wanted), self.dimension), dtype=np.float32)
        for place, n in enumerate(wanted):
            vectors[place] = known[n]
        return vectors

    def cosines(self, vector: Vectors, ids: Ints) -> Vectors:
        """The cosines of some vectors with a question's."""
        cosines: Vectors = self.vectors(ids) @ vector
        return cosines

    def nearest(self, vector: Vectors, count: int, allowed: Mask | None, said: str) -> Ints:
        """The provisions that Milvus proposes by vector and, where something is said, by words."""
        query = VectorStoreQuery(
            query_embedding=vector.tolist(),
            query_str=said,
            similarity_top_k=min(2 * count, len(self.owners), _MOST_ROWS),
            mode=VectorStoreQueryMode.HYBRID if said.strip() else VectorStoreQueryMode.DEFAULT,
            output_fields=["owner"],
        )
        admitted = "" if allowed is None else _expression(allowed)
        with self._asked():
            found = self._collection.query(query, string_expr=admitted)
        owners = np.unique(self.owners[[int(each) for each in found.ids or ()]]).astype(np.int64)
        return owners if allowed is None else owners[allowed[owners]]

    def _fetch(self, ids: list[int]) -> dict[int, Vectors]:
        fetched: dict[int, Vectors] = {}
        field = self._collection.embedding_field
        for batch in iter_batch(ids, _AT_ONCE):
            with self._asked():
                rows = self._collection.client.query(
                    self._collection.collection_name,
                    ids=[str(n) for n in batch],
                    output_fields=[field],
                )
            fetched |= {int(row["id"]): np.array(row[field], np.float32) for row in rows}
        if len(fetched) < len(ids):
            raise StoreError("Milvus 里少了条文；请重建索引：qa index build。")
        return fetched


class _Collection(MilvusVectorStore):
    """Waits for an answer some seconds, not the minutes of the client's own retries."""

    @property
    def client(self) -> Any:
        return _Patient(super().client)


class _Patient:
    def __init__(self, client: MilvusClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._client, name)
        waits = name in ("search", "hybrid_search", "query")
        return partial(called, timeout=_WAITS_S) if waits else called


def _nodes(provisions: ProvisionFile, vectors: Vectors) -> Iterator[TextNode]:
    """A node for each vector, in their order."""
    for n, (owner, provision, kind, text) in enumerate(_said(provisions)):
        yield TextNode(
            id_=str(n),
            text=text,
            embedding=vectors[n].tolist(),
            metadata={
                "owner": owner,
                "provision": provision.id,
                "title": provision.document,
                "locator": provision.locator,
                "kind": kind,
            },
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=provision.document_id)},
        )


def _said(provisions: ProvisionFile) -> Iterator[tuple[int, Provision, str, str]]:
    """What the vectors stand for: the pieces of the texts, then the questions."""
    for n in range(len(provisions)):
        provision = provisions.read(n)
        for piece in pieces_of(n, provision):
            yield n, provision, provision.kind, piece.text
    for n in range(len(provisions)):
        provision = provisions.read(n)
        for question in provision.questions:
            yield n, provision, "question", question


def _expression(allowed: Mask) -> str:
    """Runs of provisions that have all that are admitted; of too many, the nearest are joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], allowed, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    gaps = starts[1:] - ends[:-1]
    wide = np.sort(np.argsort(-gaps, kind="stable")[: _MOST_RUNS - 1])
    starts = np.concatenate([starts[:1], starts[1:][wide]])
    ends = np.concatenate([ends[:-1][wide], ends[-1:]])
    runs = zip(starts.tolist(), ends.tolist(), strict=True)
    return " or ".join(f"(owner >= {start} and owner < {end})" for start, end in runs)


def _width(client: MilvusClient, name: str) -> int:
    fields = client.describe_collection(name)["fields"]
    return next(int(f["params"]["dim"]) for f in fields if "dim" in f.get("params", {}))
