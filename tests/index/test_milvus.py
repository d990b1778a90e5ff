"""The vectors of an index in Milvus Lite, which speaks the protocol of the server."""

import fcntl
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import numpy as np
import pytest
from pymilvus import MilvusClient

from qa.assistant import Assistant
from qa.errors import IndexFault, StoreError
from qa.evaluation.bank import BANKS, load_bank
from qa.evaluation.measures.retrieval import tight
from qa.index import growing, store
from qa.index.embedding import Embedder
from qa.index.milvus import MilvusStore
from qa.index.vectorstore import vector_store
from qa.ingest.corpus import Corpus
from qa.retrieval.passage import Filters
from qa.settings import Settings
from qa.volume import Volume, build_index
from tests.index.test_growing import Embedding, corpus, law

WITHIN = 0.01
"""By how much the recall on the bank may differ from that of the files."""
MODEL = "model|milvus"


@pytest.fixture(scope="module")
def milvus(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("milvus")
    own = {"store": "milvus", "milvus_uri": str(folder / "m.db"), "indexes_dir": folder / "ix"}
    return settings.model_copy(update=own)


@pytest.fixture(scope="module")
def volume(milvus: Settings, embedder: Embedder) -> Volume:
    """The real corpus in Milvus."""
    return Volume.open(milvus, embedder)


def collections(settings: Settings) -> list[str]:
    return sorted(MilvusClient(settings.milvus_uri).list_collections())


def test_the_bank_is_found_in_milvus_as_well_as_in_files(
    volume: Volume, assistant: Assistant
) -> None:
    texts = {p.id: tight(p.text) for p in volume.provisions}
    found: dict[str, list[list[bool]]] = {"files": [], "milvus": []}
    for question in [q for q in load_bank(BANKS / "compilation.jsonl") if q.answerable][::8]:
        wanted = [tight(words) for words in question.evidence]
        for name, search in (("files", assistant.search), ("milvus", volume.search)):
            passages = search(question.question, question.turns, top_k=10).passages
            ids = [passage.provision.id for passage in passages]
            found[name] += [
                [any(w in texts[i] for i in ids[:k]) for k in (1, 5, 10)] for w in wanted
            ]
    files, milvus = (np.mean(found[name], axis=0) for name in ("files", "milvus"))
    assert files[2] > 0.95
    assert (milvus >= files - WITHIN).all()


def test_a_search_gives_the_same_whichever_store_it_asks(
    volume: Volume, assistant: Assistant
) -> None:
    named = volume.search("数据安全法第二十一条规定了什么")
    assert named.direct and named.passages[0].provision.locator == "第二十一条"
    of_province = Filters(regions=("山东",))
    for filters in (Filters(), of_province):
        one, other = (s("数据怎么共享", filters=filters) for s in (assistant.search, volume.search))
        assert [p.provision for p in one.passages] == [p.provision for p in other.passages]
        assert [p.why for p in one.passages] == [p.why for p in other.passages]
        assert {*one.timings_ms} - {"lexical"} == {*other.timings_ms} - {"lexical"}


def test_milvus_has_the_words_and_where_they_stand(volume: Volume, milvus: Settings) -> None:
    (name,) = collections(milvus)
    (row,) = MilvusClient(milvus.milvus_uri).query(name, ids=["0"], output_fields=["*"])
    first = volume.provisions[0]
    assert first.text[:20] in row["text"]
    assert (row["provision"], row["title"], row["locator"], row["doc_id"]) == (
        first.id,
        first.document,
        first.locator,
        first.document_id,
    )
    assert not [*milvus.indexes_dir.rglob("*.faiss")]


def test_collections_that_are_gone_are_filled_again(
    one_document: Path, milvus: Settings, embedder: Embedder, tmp_path: Path
) -> None:
    own = milvus.model_copy(
        update={"corpus_dir": one_document, "indexes_dir": tmp_path, "milvus_prefix": "own"}
    )
    build_index(own, embedder)
    (name,) = [name for name in collections(own) if name.startswith("own_")]
    client = MilvusClient(own.milvus_uri)
    client.delete(name, ids=["3"])
    with pytest.raises(IndexFault, match="Milvus 里没有"):
        (folder,) = tmp_path.glob("[!.]*/")
        store.open_index(
            folder,
            folder_corpus(folder),
            embedder.fingerprint + "|milvus",
            vector_store(own, embedder.fingerprint),
        )
    assert Volume.open(own, embedder).search("第五条").passages
    client.drop_collection(name)
    assert len(Volume.open(own, embedder).provisions) == 23


def folder_corpus(folder: Path) -> str:
    return store.manifest_of(folder).corpus


class TestGrowing:
    """Segments are added and left out; the reader of the last index keeps what he has."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(growing, "SMALL", 30)

    @pytest.fixture
    def lies_in(self, milvus: Settings) -> MilvusStore:
        return MilvusStore(milvus.model_copy(update={"milvus_prefix": "growing"}), "model")

    def put(
        self, held: Corpus, folder: Path, known: store.Index | None, lies_in: MilvusStore
    ) -> store.Index:
        built = store.put(held, MODEL, Embedding(), folder, known, lies_in)
        return store.open_index(built, held.fingerprint, MODEL, lies_in)

    def test_only_what_is_new_is_sent_and_what_nobody_reads_is_dropped(
        self, lies_in: MilvusStore, milvus: Settings, tmp_path: Path
    ) -> None:
        def own() -> set[str]:
            return {name for name in collections(milvus) if name.startswith("growing_")}

        jia, yi = law("jia", 120), law("yi", 40)
        first = self.put(corpus(jia=jia), tmp_path, None, lies_in)
        large = own()
        second = self.put(corpus(jia=jia, yi=yi), tmp_path, first, lies_in)
        assert len(large) == 1 and large < own() and len(own()) == 2
        (vector,) = Embedding()(["问题"], True)
        third = self.put(corpus(yi=yi), tmp_path, second, lies_in)
        assert len(first.dense.best(vector, 10, None, "jia的数据")) >= 10  # still there
        names = {second.provisions[n].document_id for n in second.dense.best(vector, 50, None, "")}
        assert names == {"jia", "yi"}
        left = third.dense.best(vector, 100, None, "jia的数据")
        assert {third.provisions[n].document_id for n in left[left >= 0]} == {"yi"}
        self.put(corpus(yi=yi, bing=law("bing", 3)), tmp_path, third, lies_in)
        assert not large & own()

    def test_what_is_not_admitted_is_not_found_however_scattered_it_is(
        self, lies_in: MilvusStore, tmp_path: Path
    ) -> None:
        index = self.put(corpus(jia=law("jia", 250)), tmp_path, None, lies_in)
        (vector,) = Embedding()(["问题"], True)
        nearness = index.dense.nearness(vector).text
        for allowed in (np.arange(250) % 2 == 0, np.arange(250) < 50, np.arange(250) == 7):
            found = index.dense.best(vector, 40, allowed, "第7条")
            assert len(found) and allowed[found].all()
            best = np.flatnonzero(allowed)[np.argsort(-nearness[allowed])[:10]]
            assert {*best.tolist()} <= {*found.tolist()}


class TestFaults:
    """One sentence each, and soon."""

    def store(self, settings: Settings, **own: str) -> MilvusStore:
        return MilvusStore(settings.model_copy(update=own), "model")

    def test_a_server_that_is_not_there(self, milvus: Settings) -> None:
        there = self.store(milvus, milvus_uri="http://root:geheim@127.0.0.1:9")
        with pytest.raises(StoreError, match=r"连不上 Milvus（127\.0\.0\.1:9）") as told:
            there.clear(())
        assert "geheim" not in str(told.value)

    def test_a_token_that_is_refused(self, milvus: Settings) -> None:
        with refusing(grpc.StatusCode.UNAUTHENTICATED, "auth check failure") as port:
            there = self.store(milvus, milvus_uri=f"http://127.0.0.1:{port}")
            with pytest.raises(StoreError, match="QA_MILVUS_TOKEN"):
                there.clear(())

    def test_a_folder_that_cannot_be_made(self, milvus: Settings, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        there = self.store(milvus, milvus_uri=str(tmp_path / "file" / "m.db"))
        with pytest.raises(StoreError, match="打不开 Milvus Lite"):
            there.clear(())

    def test_milvus_lite_that_another_process_has_open(
        self, milvus: Settings, tmp_path: Path
    ) -> None:
        folder = tmp_path / "taken.db"
        folder.mkdir()
        with (folder / "LOCK").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(StoreError, match="只许一个进程使用"):
                self.store(milvus, milvus_uri=str(folder)).clear(())

    def test_a_client_that_is_not_installed(
        self, milvus: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(sys.modules, "qa.index.milvus")
        monkeypatch.setitem(sys.modules, "pymilvus", None)
        with pytest.raises(StoreError, match=r"\.\[milvus\]"):
            vector_store(milvus, "model")


@contextmanager
def refusing(code: grpc.StatusCode, said: str) -> Iterator[int]:
    """The port of a server that refuses everything."""

    class Refusal(grpc.GenericRpcHandler):
        def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
            return grpc.unary_unary_rpc_method_handler(lambda _, context: context.abort(code, said))

    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((Refusal(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(0)
