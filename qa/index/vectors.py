"""Vectors by content hash, so that a changed article costs one embedding."""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexFault
from qa.index.embedding import Embedder
from qa.index.stored import short

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]

_KEYS_AT_ONCE = 500
_TEXTS_A_COMMIT = 64


def embed_cached(
    embedder: Embedder,
    cache: "VectorCache",
    texts: list[str],
    on_progress: Callable[[int, int], None] | None = None,
    *,
    questions: bool = False,
    held: Mapping[tuple[str, bool], Vector] | None = None,
) -> Vector:
    """The vectors of passages or of questions, (texts, dimension); only unknown are embedded.

    `on_progress` is called with the texts done, cached ones included, and the texts in all.
    What was embedded is kept every 64 texts, so that an interrupted build loses little.

    Args:
        held: vectors at hand, by text and whether it is a question.
    """
    held = held or {}
    embed = embedder.embed_questions if questions else embedder.embed_passages
    keys = [key_of(embedder.fingerprint, text, question=questions) for text in texts]
    pairs = zip(keys, texts, strict=True)
    known = {key: held[text, questions] for key, text in pairs if (text, questions) in held}
    known |= cache.get_many(set(keys) - set(known))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    # Longest first over all of them, so that the batches inside a block are of like length.
    order = sorted(missing, key=lambda key: -len(missing[key]))
    done = len(texts) - len(order)
    if on_progress:
        on_progress(done, len(texts))
    for start in range(0, len(order), _TEXTS_A_COMMIT):
        block = order[start : start + _TEXTS_A_COMMIT]
        vectors = embed([missing[key] for key in block])
        fresh = dict(zip(block, vectors, strict=True))
        cache.put_many(fresh)
        known.update(fresh)
        done += len(block)
        if on_progress:
            on_progress(done, len(texts))
    if not keys:
        return np.empty((0, embedder.dimension), np.float32)
    return np.stack([known[key] for key in keys])


def key_of(fingerprint: str, text: str, *, question: bool = False) -> str:
    """The key of a text's vector: SHA-256 of what embeds it, its role and the text."""
    role = "question" if question else "passage"
    return hashlib.sha256(f"{fingerprint}|{role}\n{text}".encode()).hexdigest()


class VectorCache:
    """L2-normalised float32 vectors in an SQLite file; a damaged file is set aside.

    Stored as they are: halving them to float16 would save 2 MB for the volume and no time, and a
    rebuilt index would no longer be equal to the first one.
    """

    def __init__(self, path: Path, stored: Mapping[str, Vector] | None = None) -> None:
        """Open or create the file. Raises `IndexFault` where it cannot be written.

        `stored` has vectors that are known from elsewhere, by their short keys.
        """
        self._path = path
        self._stored = stored or {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = self._open()
        except (OSError, sqlite3.OperationalError) as error:
            raise self._unwritable(error) from error

    def get_many(self, keys: Iterable[str]) -> dict[str, Vector]:
        """The vectors of those keys that are known, each (dimension,)."""
        wanted = list(keys)
        found = {key: self._stored[short(key)] for key in wanted if short(key) in self._stored}
        wanted = [key for key in wanted if key not in found]
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            some = wanted[start : start + _KEYS_AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = self._database.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some
            )
            found.update((key, np.frombuffer(blob, np.float32)) for key, blob in rows)
        # A vector that is not of length 1 was damaged on the disk; it is embedded again.
        return {key: vector for key, vector in found.items() if abs(vector @ vector - 1) < 1e-3}

    def put_many(self, vectors: Mapping[str, Vector]) -> None:
        """Keep the vectors, all or none. Raises `IndexFault` where they cannot be written."""
        rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            aside = self._path.with_name(self._path.name + ".damaged")
            self._path.replace(aside)
            log.warning("向量缓存已损坏，旧文件改名为 %s，向量将重新计算。", aside.name)
            return _connect(self._path)

    def _unwritable(self, error: Exception) -> IndexFault:
        return IndexFault(
            f"无法写入向量缓存 {self._path}（{error}）；"
            "请检查磁盘空间和目录权限，或用设置 QA_CACHE_DIR 指定别处。"
        )


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
        )
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
    except sqlite3.Error:
        database.close()
        raise
    return database
