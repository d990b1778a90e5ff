"""Texts become vectors: a sentence-transformers model, as LlamaIndex's `BaseEmbedding`."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
import torch
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from qa.errors import ModelError
from qa.index.weights import ensure_model, weights_digest
from qa.progress import Progress
from qa.settings import Settings

Vectors = NDArray[np.float32]

# Characters of a padded batch: about a thousand tokens, beyond which the activations leave the
# processor's caches and a passage takes longer, not less.
_BATCH_CHARS = 1600
_QUESTIONS_KEPT = 512


class QuestionEmbedder(Protocol):
    """Whatever gives the vector of a question."""

    def embed_question(self, text: str) -> Vectors:
        """The L2-normalised vector of a question, (dimension,)."""


class Embedder(BaseEmbedding):
    """Questions and passages as L2-normalised float32 vectors; several threads may call it."""

    _model: SentenceTransformer = PrivateAttr()
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)
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
        self._model = _open(folder, _dtype(settings.embedder_dtype))
        self._question = lru_cache(_QUESTIONS_KEPT)(self._embed_question)
        # The first pass also pays for what torch sets up only once.
        self._dimension = len(self.embed_question("数据"))
        self._fingerprint = "|".join(
            [
                Path(settings.embedder).name,
                weights_digest(folder),
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
        return self._model.max_seq_length or 512

    @property
    def fingerprint(self) -> str:
        """The same for the same model, weights, prompts and length; vectors depend on no more.

        The number format is left out: it moves a cosine by less than a thousandth.
        """
        return self._fingerprint

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage, prompt and special tokens included, as compared to `max_tokens`."""
        with self._lock:
            tokens = self._model.tokenizer(
                self._passage_prompt + text, truncation=False, verbose=False
            )
        return len(tokens["input_ids"])

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question, (dimension,), read-only; the last few hundred are kept."""
        return self._question(text)

    def _embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._run([text], self._query_prompt)[0]
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
        vectors = np.empty((len(texts), self._dimension), np.float32)
        done = 0
        for batch in _batches([len(text) for text in texts]):
            vectors[batch] = self._run([texts[i] for i in batch], prompt)
            done += len(batch)
            if on_progress:
                on_progress(done, len(texts))
        return vectors

    def _run(self, texts: list[str], prompt: str) -> Vectors:
        # The tokenizer's padding is shared state, and two passes at once would share the cores.
        with self._lock, torch.inference_mode():
            output = self._model(self._model.preprocess(texts, prompt=prompt))
            vectors = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=1)
        return vectors.numpy()

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
    """Let torch, and the libraries loaded after it, use so many threads and no more.

    The tokenizers get one: their share of the work is under one percent.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    torch.set_num_threads(threads)
    # FAISS brings an OpenMP library of its own.
    faiss.omp_set_num_threads(threads)


def _dtype(setting: str) -> torch.dtype:
    """bfloat16 only where the processor computes in it; emulated it is five times slower."""
    if setting == "auto":
        can = torch.cpu.get_capabilities()
        native = can.get("avx512_bf16", False) or can.get("amx_bf16", False)
        return torch.bfloat16 if native else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[setting]


def _open(folder: Path, dtype: torch.dtype) -> SentenceTransformer:
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"dtype": dtype},
        )
    except Exception as error:  # whatever a damaged or foreign folder makes the libraries raise
        raise ModelError(
            f"无法打开向量模型 {folder}（{type(error).__name__}）；"
            "请确认它是完整的 sentence-transformers 模型文件夹，或删除后重新准备。"
        ) from error
    model.eval()
    if dtype == torch.float32 and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        _pack(model)
    return model


class _PackedLinear(torch.nn.Module):
    """A linear layer with its weights laid out for oneDNN: up to 1.7 times faster on two cores."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach(), None)
        self._bias = None if layer.bias is None else layer.bias.detach()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self._weight, self._bias, "none", [], ""
        )
        return y


def _pack(module: torch.nn.Module) -> None:
    for name, child in module.named_children():
        if type(child) is torch.nn.Linear:
            setattr(module, name, _PackedLinear(child))
        else:
            _pack(child)


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Positions in batches of like length, longest first, so that little is padded."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > _BATCH_CHARS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
