"""Texts become vectors: a sentence-transformers model, as LlamaIndex's `BaseEmbedding`."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.index.bert import read_bert
from qa.index.int8 import Int8Engine, folder_for
from qa.index.weights import ensure_model, weights_digest
from qa.progress import Progress
from qa.settings import Settings

Vectors = NDArray[np.float32]

_QUESTIONS_KEPT = 512


class QuestionEmbedder(Protocol):
    """Whatever gives the vector of a question."""

    def embed_question(self, text: str) -> Vectors:
        """The L2-normalised vector of a question, (dimension,)."""


class Engine(Protocol):
    """Whatever computes the vectors of a model."""

    max_tokens: int
    """Tokens that it reads of a text, special ones included."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special ones included."""

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Positions and L2-normalised vectors, (positions, dimension), as they get ready."""


class Embedder(BaseEmbedding):
    """Questions and passages as L2-normalised float32 vectors; several threads may call it."""

    _engine: Engine = PrivateAttr()
    _question: Callable[[str], Vectors] = PrivateAttr()
    _query_prompt: str = PrivateAttr()
    _passage_prompt: str = PrivateAttr()
    _dimension: int = PrivateAttr()
    _fingerprint: str = PrivateAttr()

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        """Open the model of the settings, fetching it first where it is missing.

        Raises `ModelError` when it cannot be had or read.
        """
        super().__init__(model_name=settings.embedder)
        folder = ensure_model(settings, progress)
        bound_threads(settings.threads)
        self._query_prompt = settings.query_prompt
        self._passage_prompt = settings.passage_prompt
        digest = weights_digest(folder)
        self._engine = _engine(settings, folder, digest)
        self._question = lru_cache(_QUESTIONS_KEPT)(self._embed_question)
        # The first pass also pays for what is set up only once.
        self._dimension = len(self.embed_question("数据"))
        self._fingerprint = "|".join(
            [
                Path(settings.embedder).name,
                digest,
                settings.query_prompt,
                settings.passage_prompt,
                str(self.max_tokens),
            ]
        )

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex serialises it."""
        return "DataLawEmbedder"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, prompt and special tokens included."""
        return self._engine.max_tokens

    @property
    def fingerprint(self) -> str:
        """The same for the same model, weights, prompts and length; vectors depend on no more.

        The number format is left out: it moves a cosine to another text by a thousandth or so,
        and vectors that were computed in one can be compared with questions in another.
        """
        return self._fingerprint

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prompt and special tokens included, as compared to `max_tokens`."""
        return self._engine.count_tokens(self._passage_prompt + text)

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question, (dimension,), read-only; the last few hundred are kept."""
        return self._question(text)

    def _embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._embed([text], self._query_prompt, None)[0]
        vector.flags.writeable = False
        return vector

    def embed_passages(
        self, texts: Sequence[str], on_progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """The vectors of passages, (texts, dimension), in their order.

        `on_progress` is called with the passages done and the passages in all.
        """
        return self._embed(texts, self._passage_prompt, on_progress)

    def embed_questions(
        self, texts: Sequence[str], on_progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """The vectors of questions, (texts, dimension), in their order."""
        return self._embed(texts, self._query_prompt, on_progress)

    def _embed(
        self,
        texts: Sequence[str],
        prompt: str,
        on_progress: Callable[[int, int], None] | None,
    ) -> Vectors:
        if not texts:
            return np.empty((0, self._dimension), np.float32)
        found: dict[int, Vectors] = {}
        for positions, vectors in self._engine.embed([prompt + text for text in texts]):
            found.update(zip(positions, vectors, strict=True))
            if on_progress:
                on_progress(len(found), len(texts))
        return np.stack([found[n] for n in range(len(texts))])

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self.embed_question(query).tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embed_passages(texts).tolist()
        return vectors


def bound_threads(threads: int) -> None:
    """Let FAISS, and the libraries loaded after it, use so many threads and no more.

    The tokenizers get one: their share of the work is under one percent.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    faiss.omp_set_num_threads(threads)


def _engine(settings: Settings, folder: Path, digest: str) -> Engine:
    """Integers where the model is a plain BERT; torch, which takes seconds to load, for others."""
    dtype = settings.embedder_dtype
    bert = read_bert(folder) if dtype in ("auto", "int8") else None
    if bert:
        kept = folder_for(settings.cache_dir, digest)
        return Int8Engine(bert, folder, kept, settings.threads)
    if dtype == "int8":
        raise ModelError(
            f"向量模型 {settings.embedder} 不是可以量化的 BERT；"
            "请把设置 QA_EMBEDDER_DTYPE 改为 auto。"
        )
    from qa.index.torch_engine import TorchEngine

    return TorchEngine(folder, dtype, settings.threads)
