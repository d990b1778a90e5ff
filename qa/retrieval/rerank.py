"""The first of the fused order read once more, by a cross-encoder of the user's choice."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import CrossEncoder

from qa.errors import ModelError
from qa.index.weights import ensure_model
from qa.ingest.provision import Provision
from qa.progress import steps
from qa.retrieval.fusion import Candidate
from qa.settings import Settings

_MAX_TOKENS = 512
_LOWEST, _HIGHEST = 0.001, 0.999


class Reranker:
    """A sentence-transformers cross-encoder with one output; several threads may call it."""

    def __init__(self, settings: Settings) -> None:
        """Open the model of `settings.reranker`, fetching it first where it is missing.

        Raises:
            ModelError: it cannot be had or read, or does not give one score for a pair.
        """
        self._top = settings.rerank_top
        self._lock = threading.Lock()
        self._model = _open(_folder(settings))

    def __call__(
        self, question: str, candidates: Sequence[Candidate], provisions: Sequence[Provision]
    ) -> list[Candidate]:
        """The first candidates in the model's order and with its scores; the others stay behind.

        Scores are the logistic function of the model's output, in (0, 1).
        """
        first, rest = candidates[: self._top], candidates[self._top :]
        if not first:
            return []
        pairs = [(question, provisions[c.position].search_text) for c in first]
        with self._lock:
            raw = self._model.predict(
                pairs, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False
            )
        scores = np.clip(np.asarray(raw, dtype=np.float64), _LOWEST, _HIGHEST)
        order = np.argsort(-scores, kind="stable")
        last = float(scores.min())
        return [
            *(replace(first[n], score=float(scores[n]), reranked=True) for n in order),
            *(replace(c, score=min(c.score, last)) for c in rest),
        ]


def _folder(settings: Settings) -> Path:
    try:
        with steps("准备重排模型") as shown:
            return ensure_model(settings.model_copy(update={"embedder": settings.reranker}), shown)
    except ModelError as error:
        raise ModelError(
            f"找不到重排模型 {settings.reranker}；请联网后再试，或把 QA_RERANKER "
            "设为已下载的模型文件夹，留空则不重排。"
        ) from error


def _open(folder: Path) -> CrossEncoder:
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            max_length=_MAX_TOKENS,
        )
        outputs = 0 if _is_bare(folder) else model.num_labels
    except Exception as error:  # whatever a damaged or foreign folder makes the libraries raise
        raise ModelError(
            f"无法打开重排模型 {folder}（{type(error).__name__}）；"
            "请确认它是完整的 sentence-transformers CrossEncoder 模型文件夹。"
        ) from error
    if outputs != 1:
        raise ModelError(
            f"{folder} 给每一对文字打 {outputs} 个分，不能用来重排；请换一个打一个分的重排模型。"
        )
    return model


def _is_bare(folder: Path) -> bool:
    """An encoder without a head, which the library would give one of random weights."""
    config = folder / "config.json"
    if not config.is_file():
        return False
    kinds: list[str] = json.loads(config.read_bytes()).get("architectures") or []
    return bool(kinds) and all(kind.endswith("Model") for kind in kinds)
