"""The vectors of the questions that provisions answer, stored beside them in the corpus."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index.embedding import Embedder

_FILE = "questions.npz"
_SCALE = 127
"""Vectors are stored in 8 bits; that moves a cosine by less than a thousandth."""


def stored_vectors(
    corpus_dir: Path, embedder: Embedder, questions: Sequence[str]
) -> NDArray[np.float32] | None:
    """The stored vectors, (questions, dimension), when they are of these questions and model."""
    path = corpus_dir / _FILE
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as held:
        if str(held["of"]) != _digest(embedder, questions):
            return None
        vectors = held["vectors"].astype(np.float32) / _SCALE
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def store_vectors(
    corpus_dir: Path, embedder: Embedder, questions: Sequence[str], vectors: NDArray[np.float32]
) -> Path:
    """Store the vectors of the questions of a corpus beside it."""
    path = corpus_dir / _FILE
    eighths = np.round(vectors * _SCALE).astype(np.int8)
    np.savez_compressed(path, of=_digest(embedder, questions), vectors=eighths)
    return path


def _digest(embedder: Embedder, questions: Sequence[str]) -> str:
    text = "\n".join((embedder.fingerprint, *questions))
    return hashlib.sha256(text.encode()).hexdigest()
