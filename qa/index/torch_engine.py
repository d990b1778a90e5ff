"""Any sentence-transformers model on torch: what is no plain BERT, or where it is asked for."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from qa.errors import ModelError

Vectors = NDArray[np.float32]

# Characters of a padded batch: about a thousand tokens, beyond which the activations leave the
# processor's caches and a passage takes longer, not less.
_BATCH_CHARS = 1600


class TorchEngine:
    """Vectors of texts, in batches of like length."""

    def __init__(self, folder: Path, dtype: str, threads: int) -> None:
        """Open a model folder; `dtype` is `float32`, `bfloat16` or `auto` by the processor.

        Raises:
            ModelError: the folder is damaged or no such model.
        """
        torch.set_num_threads(threads)
        self._model = _open(folder, _dtype(dtype))
        # The tokenizer's padding is shared state, and two passes at once would share the cores.
        self._lock = threading.Lock()
        self.max_tokens: int = self._model.max_seq_length or 512

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special ones included."""
        with self._lock:
            tokens = self._model.tokenizer(text, truncation=False, verbose=False)
        return len(tokens["input_ids"])

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Positions and L2-normalised vectors, (positions, dimension), as they get ready."""
        for batch in _batches([len(text) for text in texts]):
            yield batch, self._run([texts[i] for i in batch])

    def _run(self, texts: list[str]) -> Vectors:
        with self._lock, torch.inference_mode():
            # An empty prompt: the model's own, where it has one, would be put before ours.
            output = self._model(self._model.preprocess(texts, prompt=""))
            vectors = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=1)
        return vectors.numpy()


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
