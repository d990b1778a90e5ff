import os
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest

from qa.errors import IndexFault
from qa.index.embedding import Embedder
from qa.index.vectors import VectorCache, embed_cached, key_of

TEXTS = [
    "国家建立数据分类分级保护制度。",
    "任何组织、个人收集数据，应当采取合法、正当的方式。",
    "关键信息基础设施的运营者采购网络产品和服务，应当通过国家安全审查。",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.sqlite"


def unit_vectors(count: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
    values = np.random.default_rng(0).normal(size=(count, 384)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return {key_of("model", str(i)): values[i] for i in range(count)}


def test_the_cache_gives_back_the_same_vectors(path: Path) -> None:
    vectors = unit_vectors(20)
    VectorCache(path).put_many(vectors)
    found = VectorCache(path).get_many([*vectors, "unknown"])
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) for key in vectors)


def test_3000_vectors_load_at_once(path: Path) -> None:
    vectors = unit_vectors(3000)
    VectorCache(path).put_many(vectors)
    start = time.perf_counter()
    assert len(VectorCache(path).get_many(vectors)) == 3000
    assert time.perf_counter() - start < 0.3


def test_only_the_new_text_is_embedded(embedder: Embedder, path: Path) -> None:
    cache = VectorCache(path)
    first = embed_cached(embedder, cache, TEXTS)
    steps: list[tuple[int, int]] = []
    texts = [TEXTS[2], "新增的一条。", TEXTS[0], "新增的一条。"]
    second = embed_cached(embedder, cache, texts, lambda *step: steps.append(step))
    assert steps == [(3, 4), (4, 4)]
    assert np.array_equal(second[[0, 2]], first[[2, 0]])
    assert np.array_equal(second[1], second[3])
    assert np.allclose(second[1], embedder.embed_passages(["新增的一条。"])[0], atol=1e-5)


def test_vectors_of_another_model_are_not_used(path: Path) -> None:
    assert key_of("model a", TEXTS[0]) != key_of("model b", TEXTS[0])


def test_an_interrupted_build_keeps_what_was_embedded(embedder: Embedder, path: Path) -> None:
    texts = [f"第{i}条" for i in range(100)]

    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_cached(embedder, VectorCache(path), texts, interrupt)
    keys = [key_of(embedder.fingerprint, text) for text in texts]
    assert len(VectorCache(path).get_many(keys)) == 64


def test_no_texts_need_no_vectors(embedder: Embedder, path: Path) -> None:
    assert embed_cached(embedder, VectorCache(path), []).shape == (0, 384)


def test_a_truncated_file_is_set_aside_and_started_anew(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vectors = unit_vectors(200)
    cache = VectorCache(path)
    cache.put_many(vectors)
    cache.close()
    os.truncate(path, path.stat().st_size // 2 + 7)
    cache = VectorCache(path)
    assert "向量缓存已损坏" in caplog.text
    assert len(caplog.records) == 1
    assert cache.get_many(vectors) == {}
    cache.put_many(vectors)
    assert len(VectorCache(path).get_many(vectors)) == 200
    assert (path.parent / "vectors.sqlite.damaged").is_file()


def test_a_file_that_is_no_database_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("这不是数据库" * 1000, encoding="utf-8")
    assert VectorCache(path).get_many(["any"]) == {}


def test_a_vector_damaged_on_the_disk_is_not_given(path: Path) -> None:
    vectors = unit_vectors(2)
    VectorCache(path).put_many(vectors)
    broken, good = vectors
    with sqlite3.connect(path) as database:
        blob = np.full(384, np.nan, np.float32).tobytes()
        database.execute("UPDATE vectors SET vector = ? WHERE key = ?", (blob, broken))
    assert list(VectorCache(path).get_many(vectors)) == [good]


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(IndexFault, match=r"无法写入向量缓存.*QA_CACHE_DIR"):
        VectorCache(tmp_path / "cache" / "vectors.sqlite")
