"""Side by side in one process: what anyone would use instead, and what is used here."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa.evaluation.bench import Figure
from qa.index.embedding import Embedder
from qa.index.weights import ensure_model
from qa.ingest.catalog import load_catalog
from qa.ingest.normalise import simplified
from qa.ingest.questions import QUESTIONS
from qa.ingest.readers import read_lines
from qa.settings import Settings
from qa.volume import Volume, build_index

_EACH = 12
"""Every so-manieth provision is embedded by both."""
_ROUNDS = 3
_BATCH = 32
"""What sentence-transformers takes by default."""


def bench_rivals(settings: Settings, questions: Sequence[str]) -> list[Figure]:
    """Embedding, a question, a whole search and a whole build, each beside its baseline.

    Both sides take turns, so that a busy moment of the machine meets both.

    Raises:
        QAError: corpus, model or index cannot be used.
    """
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(ensure_model(settings)), device="cpu", local_files_only=True)
    embedder = Embedder(settings)
    volume = Volume.open(settings, embedder)
    passages = [p.search_text for p in volume.provisions[::_EACH]]
    return [
        *_embedding(settings, embedder, plain, passages),
        *_questions(settings, embedder, plain, questions),
        *_searches(volume, embedder, questions),
        *_builds(settings, embedder, plain),
    ]


def _embedding(
    settings: Settings, embedder: Embedder, plain: Any, passages: Sequence[str]
) -> list[Figure]:
    prompted = [settings.passage_prompt + text for text in passages]
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        ours.append(len(passages) / _seconds(lambda: embedder.embed_passages(passages)))
        theirs.append(len(passages) / _seconds(lambda: _encode(plain, prompted)))
    near = np.sum(embedder.embed_passages(passages) * _encode(plain, prompted), axis=1)
    speed, base = statistics.median(ours), statistics.median(theirs)
    return [
        Figure("向量", speed, "条/秒", more_is_better=True, baseline=base, ratio_goal=3),
        Figure("向量与 float32 的余弦，最小", float(near.min()), "", 0.99, more_is_better=True),
    ]


def _questions(
    settings: Settings, embedder: Embedder, plain: Any, questions: Sequence[str]
) -> list[Figure]:
    ours, theirs = [], []
    for question in questions:
        ours.append(_seconds(lambda q=question: embedder.embed_questions([q])) * 1e3)  # type: ignore[misc]
        prompted = [settings.query_prompt + question]
        theirs.append(_seconds(lambda p=prompted: _encode(plain, p)) * 1e3)  # type: ignore[misc]
    return _pair("问题的向量", ours, theirs, goals=(8, None))


def _searches(volume: Volume, embedder: Embedder, questions: Sequence[str]) -> list[Figure]:
    """Beside the ten nearest of a flat index alone, with the embedding of the question."""
    vectors = np.concatenate([part.vectors() for part in volume.index.dense.parts])
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    ours, theirs = [], []
    for question in questions:
        text = simplified(question)
        bare = _seconds(lambda t=text: flat.search(embedder.embed_questions([t]), 10))  # type: ignore[misc]
        theirs.append(bare * 1e3)
        # spelt apart, so that its vector is not among those that are kept
        ours.append(_seconds(lambda q=question: volume.search(f"{q} ")) * 1e3)  # type: ignore[misc]
    return _pair("检索", ours, theirs, goals=(30, 60), ratio_goal=2)


def _builds(settings: Settings, embedder: Embedder, plain: Any) -> list[Figure]:
    """Microseconds a character of the sources, everything computed.

    The index of the corpus as it comes has vectors of everyday questions too, which the baseline
    has not; documents that somebody adds have none, and are measured so as well.
    """
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter

    lines = [
        "\n".join(line.text for line in read_lines(settings.corpus_dir / source.file))
        for source in load_catalog(settings.corpus_dir).sources
    ]
    characters = sum(map(len, lines))

    def theirs() -> None:
        documents = [Document(text=text) for text in lines]
        nodes = SentenceSplitter().get_nodes_from_documents(documents)
        texts = [settings.passage_prompt + node.get_content() for node in nodes]
        index = faiss.IndexFlatIP(embedder.dimension)
        index.add(_encode(plain, texts))

    with tempfile.TemporaryDirectory(prefix="qa-bench-") as folder:
        own = settings.model_copy(update={"indexes_dir": Path(folder) / "indexes"})
        took = _seconds(lambda: build_index(own, embedder, from_scratch=True))
        base = _seconds(theirs)
        bare = own.model_copy(update={"corpus_dir": Path(folder) / "corpus"})
        shutil.copytree(settings.corpus_dir, bare.corpus_dir)
        (bare.corpus_dir / QUESTIONS).unlink(missing_ok=True)
        took_bare = _seconds(lambda: build_index(bare, embedder, from_scratch=True))
    return [
        Figure(
            name,
            seconds * 1e6 / characters,
            "微秒",
            baseline=base * 1e6 / characters,
            ratio_goal=1 / 3,
        )
        for name, seconds in (
            ("建索引，每字", took),
            ("建索引，每字，没有常见问法的文件", took_bare),
        )
    ]


def _pair(
    name: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    goals: tuple[float | None, float | None],
    ratio_goal: float | None = None,
) -> list[Figure]:
    """Median and 95th percentile of both, milliseconds."""
    return [
        Figure(
            f"{name} p{share}",
            float(np.percentile(ours, share)),
            "毫秒",
            goal,
            baseline=float(np.percentile(theirs, share)),
            ratio_goal=ratio_goal if share == 50 else None,
        )
        for share, goal in zip((50, 95), goals, strict=True)
    ]


def _encode(plain: Any, texts: Sequence[str]) -> Any:
    return plain.encode(
        list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
