import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from qa.errors import IndexFault
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.manifest import manifests
from qa.index.vectors import VectorCache
from qa.ingest.corpus import read_corpus
from qa.settings import Settings

OLD = "公共数据以开放为原则"
NEW = "公共数据以开放共享为原则"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> VectorCache:
    """One cache for all tests of this file; it starts empty."""
    return VectorCache(tmp_path_factory.mktemp("cache") / "vectors.sqlite")


@pytest.fixture
def indexes_dir(tmp_path: Path) -> Path:
    return tmp_path / "indexes"


def build(corpus_dir: Path, embedder: Embedder, cache: VectorCache, indexes_dir: Path) -> Path:
    return store.build(read_corpus(corpus_dir), embedder, cache, indexes_dir)


def opened(folder: Path) -> store.Index:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return store.open_index(folder, manifest["corpus"], manifest["embedder"])


def change(corpus_dir: Path, old: str = OLD, new: str = NEW) -> None:
    source = next(corpus_dir.glob("*.txt"))
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")


def vectors(index: store.Index) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.concatenate([part.vectors() for part in index.dense.parts])


def test_an_index_holds_the_provisions_and_their_vectors(
    corpus_dir: Path, embedder: Embedder, cache: VectorCache, indexes_dir: Path
) -> None:
    folder = build(corpus_dir, embedder, cache, indexes_dir)
    index = opened(folder)
    assert tuple(index.provisions) == read_corpus(corpus_dir).provisions
    assert len(index.provisions) == index.manifest.provisions == 23
    (part,) = index.dense.parts
    assert len(vectors(index)) == len(part.owners) == index.manifest.pieces >= 23
    assert sorted(set(part.owners.tolist())) == list(range(23))
    scores = index.dense.nearness(embedder.embed_question("公共数据开放协议")).text
    assert scores.shape == (23,)
    assert 0.7 < scores.max() <= 1.0
    assert manifests(indexes_dir) == {folder.name: index.manifest}


def test_two_builds_are_the_same_to_the_byte(
    corpus_dir: Path, embedder: Embedder, cache: VectorCache, tmp_path: Path
) -> None:
    first = opened(build(corpus_dir, embedder, cache, tmp_path / "a"))
    fresh = VectorCache(tmp_path / "fresh.sqlite")
    second = opened(build(corpus_dir, embedder, fresh, tmp_path / "b"))
    assert [p.id for p in first.provisions] == [p.id for p in second.provisions]
    assert np.array_equal(vectors(first), vectors(second))
    assert first.manifest.files == second.manifest.files


def test_nothing_is_embedded_twice(
    corpus_dir: Path,
    embedder: Embedder,
    cache: VectorCache,
    indexes_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = opened(build(corpus_dir, embedder, cache, indexes_dir))
    embedded: list[str] = []
    plain = Embedder.embed_passages

    def counted(self: Embedder, texts: list[str]) -> object:
        embedded.extend(texts)
        return plain(self, texts)

    monkeypatch.setattr(Embedder, "embed_passages", counted)
    build(corpus_dir, embedder, cache, indexes_dir)
    assert embedded == []
    change(corpus_dir, new="公共数据以充分开放为原则")
    second = opened(build(corpus_dir, embedder, cache, indexes_dir))
    assert len(embedded) == 1
    assert "公共数据以充分开放为原则" in embedded[0]
    same = {p.id for p in first.provisions} & {p.id for p in second.provisions}
    assert len(same) == 22


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_build_that_fails_leaves_the_old_index_and_nothing_else(
    failure: type[BaseException],
    corpus_dir: Path,
    embedder: Embedder,
    cache: VectorCache,
    indexes_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = build(corpus_dir, embedder, cache, indexes_dir)
    before = opened(folder)
    change(corpus_dir, new="公共数据以尽量开放为原则")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(Embedder, "embed_passages", fail)
    with pytest.raises(IndexFault if failure is OSError else failure):
        build(corpus_dir, embedder, cache, indexes_dir)
    assert [path.name for path in indexes_dir.iterdir()] == [folder.name]
    assert opened(folder).manifest == before.manifest


def test_a_byte_changed_in_any_file_is_noticed(
    corpus_dir: Path, embedder: Embedder, cache: VectorCache, indexes_dir: Path
) -> None:
    folder = build(corpus_dir, embedder, cache, indexes_dir)
    manifest = opened(folder).manifest
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {str(path.relative_to(folder)) for path in files} == {*manifest.files, "manifest.json"}
    for path in files:
        whole = path.read_bytes()
        for damaged in (flipped(whole), whole[:-3], b""):
            path.write_bytes(damaged)
            with pytest.raises(
                IndexFault, match=r"(缺失或损坏|损坏|不一致)；请重建：qa index build。"
            ):
                store.open_index(folder, manifest.corpus, manifest.embedder)
        path.unlink()
        with pytest.raises(IndexFault, match=r"qa index build。"):
            store.open_index(folder, manifest.corpus, manifest.embedder)
        path.write_bytes(whole)
    opened(folder)


def flipped(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 0x80]) + whole[middle + 1 :]


def test_an_index_of_another_corpus_or_model_is_refused(
    corpus_dir: Path, embedder: Embedder, cache: VectorCache, indexes_dir: Path
) -> None:
    folder = build(corpus_dir, embedder, cache, indexes_dir)
    manifest = opened(folder).manifest
    for corpus, model in ((manifest.corpus, "another"), ("another", manifest.embedder)):
        with pytest.raises(IndexFault, match=r"不一致；请重建"):
            store.open_index(folder, corpus, model)
    with pytest.raises(IndexFault, match=r"还没有索引；请先建立：qa index build。"):
        store.open_index(indexes_dir / "none", manifest.corpus, manifest.embedder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("catalog.toml", 'names = ["公共数据开放办法"]', 'names = ["数据开放办法"]'),
        ("公共数据开放办法.txt", OLD, NEW),
    ],
)
def test_an_edited_catalog_or_text_makes_a_new_index_and_clears_the_old_one(
    file: str,
    old: str,
    new: str,
    corpus_dir: Path,
    embedder: Embedder,
    cache: VectorCache,
    indexes_dir: Path,
) -> None:
    before = build(corpus_dir, embedder, cache, indexes_dir)
    path = corpus_dir / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    after = build(corpus_dir, embedder, cache, indexes_dir)
    assert after != before
    assert [path.name for path in indexes_dir.iterdir()] == [after.name]
    opened(after)


BUILD = """
import sys
from pathlib import Path
from qa.volume import build_index
from qa.settings import Settings
corpus, indexes, cache, models = map(Path, sys.argv[1:])
settings = Settings(corpus_dir=corpus, indexes_dir=indexes, cache_dir=cache)
(cache / "models").symlink_to(models)
build_index(settings)
"""


@pytest.mark.slow
def test_a_killed_build_leaves_the_old_index_to_be_opened(
    corpus_dir: Path,
    embedder: Embedder,
    cache: VectorCache,
    indexes_dir: Path,
    tmp_path: Path,
    settings: Settings,
) -> None:
    folder = build(corpus_dir, embedder, cache, indexes_dir)
    before = opened(folder).manifest
    change(corpus_dir)
    (tmp_path / "cache").mkdir()
    models = settings.cache_dir / "models"
    paths = [corpus_dir, indexes_dir, tmp_path / "cache", models]
    process = subprocess.Popen([sys.executable, "-c", BUILD, *map(str, paths)])
    try:
        deadline = time.monotonic() + 60
        while not [*indexes_dir.glob(".building-*")] and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL, "the build was over before it was killed"
    assert opened(folder).manifest == before
    assert list(manifests(indexes_dir)) == [folder.name]
    again = build(corpus_dir, embedder, cache, indexes_dir)
    assert opened(again).manifest.provisions == 23
