"""Vectors that come with the corpus, so that a first start need not compute them."""

import logging
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

FILE = "vectors.npz"

Vector = NDArray[np.float32]


def stored_vectors(corpus_dir: Path) -> dict[str, Vector]:
    """The stored vectors by their short keys; none without the file, or where it is damaged."""
    path = corpus_dir / FILE
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as held:
            vectors = held["vectors"].astype(np.float32)
            keys = held["keys"].tobytes().hex()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError):
        log.warning("随语料而来的向量 %s 已损坏，向量将重新计算；更新它：qa index vectors。", FILE)
        return {}
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    width = len(keys) // max(1, len(vectors))
    return {keys[n * width : (n + 1) * width]: vector for n, vector in enumerate(vectors)}


def store_vectors(corpus_dir: Path, vectors: Mapping[str, Vector]) -> Path:
    """Store vectors beside a corpus; they are given by their whole keys."""
    path = corpus_dir / FILE
    keys = np.frombuffer(bytes.fromhex("".join(map(short, vectors))), dtype=np.uint8)
    # Half precision moves a cosine by less than a ten-thousandth; 8 bits would swap neighbours.
    halves = np.stack([*vectors.values()]).astype(np.float16)
    np.savez_compressed(path, keys=keys, vectors=halves)
    return path


def short(key: str) -> str:
    """A key as it is stored: its first 8 bytes tell a few thousand texts apart."""
    return key[:16]
