"""What each step of the retrieval is worth: added to those before it, and left out of the whole."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import tight
from qa.evaluation.outside import outside_pool
from qa.evaluation.pool import Asked, Figures, Known, Part, Pool, Setup
from qa.evaluation.run import machine
from qa.evaluation.scores import Estimate
from qa.evaluation.statistics import estimate
from qa.evaluation.subject import Bar, silent
from qa.index.embedding import Embedder
from qa.index.store import Progress, folder_of, open_index
from qa.index.vectorstore import vector_store
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import fingerprint
from qa.ingest.normalise import simplified
from qa.retrieval.fusion import CHOSEN
from qa.settings import Settings

_EMBEDDED = 60


@dataclass(frozen=True)
class Step:
    """One step: what turns it on and off in a set-up."""

    name: str
    on: Mapping[str, float]
    off: Mapping[str, float]
    part: Part | None = None
    """What it keeps in memory."""
    outside: bool = True
    """It can be measured where nothing is known but the articles."""


ALL = Setup()
STEPS = (
    Step("按条号、引文直接命中", {"direct": True}, {"direct": False}, "direct"),
    Step("所问文件、部门、日期、事项等相符", {"named": CHOSEN.named}, {"named": 0}, "agreement"),
    Step("常见问法进 BM25", {"asked_words": True}, {"asked_words": False}, "asked words", False),
    Step(
        "常见问法自己的向量",
        {"asked_vectors": True, "questions": 1},
        {"asked_vectors": False, "questions": 0},
        "asked vectors",
        False,
    ),
    Step(
        "各列加权，不等权",
        {"text": CHOSEN.text, "questions": CHOSEN.questions, "words": CHOSEN.words},
        {"text": 1, "questions": 1, "words": 1},
    ),
    Step("点名几份文件时轮流取", {"turns": True}, {"turns": False}),
    Step("文件名和日期不再算字词", {"words_without_names": True}, {"words_without_names": False}),
    Step("补上援引的、另一级对应的条文", {"linked": True}, {"linked": False}, "links"),
    Step("追问连着上文读", {"context": True}, {"context": False}, None, False),
)
LISTS = (
    Step("条文的向量", {"text": CHOSEN.text}, {"text": 0}),
    Step("BM25", {"words": CHOSEN.words}, {"words": 0}),
)
"""What the search cannot be without; left out to see what it brings."""
ALONE = {
    "只有条文的向量": {"text": 1, "words": 0},
    "只有 BM25": {"text": 0, "words": 1},
}
GRID = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Weights of BM25 where that of the text's vectors is 1."""


@dataclass(frozen=True)
class Row:
    """A set-up as measured, and how it differs from the one it is compared with."""

    name: str
    recall: dict[str, float]
    gain: dict[str, Estimate] | None = None
    """Of the step: paired over the questions, with its 95% bootstrap interval."""
    ms: float | None = None
    """Of the step, where times are measured; of the whole in the first row."""
    mb: float | None = None
    """What the step keeps in memory; the whole index in the first row."""


@dataclass(frozen=True)
class Table:
    """The steps over one pool."""

    questions: int
    ms: float | None
    """Median of a whole search without the embedding of its question, where it was timed."""
    added: tuple[Row, ...]
    """From the start, each step added to those before it; those that do not apply left out."""
    without: tuple[Row, ...]
    """The gain of a step is what the whole loses without it."""
    others: tuple[Row, ...]
    """One list alone, ranks fused in place of scores, and the whole; compared with the start."""
    grid: tuple[Row, ...]
    """The start with other weights of BM25."""


@dataclass(frozen=True)
class Report:
    """Both tables, and what they were measured with."""

    machine: str
    embedding_ms: float
    """Median time of the vector of a question."""
    bank: Table
    outside: Table


def measure_steps(
    settings: Settings,
    bank: Sequence[BankQuestion],
    progress: Bar = silent,
    most_outside: int | None = None,
) -> Report:
    """Measure the steps over a bank and over STARD; some minutes on two cores.

    `most_outside` takes only the first of STARD's questions, and the articles that answer them.

    Raises:
        QAError: corpus, model, index or STARD cannot be used.
    """
    settings = settings.model_copy(update={"reranker": ""})  # for that, compare two runs
    embedder = Embedder(settings)
    ours = bank_pool(settings, bank, embedder)
    with progress("STARD 的向量") as report:
        theirs = outside_pool(settings, embedder, report, most_outside)
    with progress("汇编") as report:
        of_bank = table(ours, STEPS, report, timed=True)
    with progress("STARD") as report:
        of_outside = table(theirs, [step for step in STEPS if step.outside], report)
    texts = [simplified(asked.text) for asked in ours.questions[:_EMBEDDED]]
    return Report(machine(), _median_ms(embedder, texts), of_bank, of_outside)


def bank_pool(settings: Settings, bank: Sequence[BankQuestion], embedder: Embedder) -> Pool:
    """The answerable questions of a bank over the index at hand."""
    catalog = load_catalog(settings.corpus_dir)
    corpus = fingerprint(settings.corpus_dir, catalog)
    kept = vector_store(settings, embedder.fingerprint)
    model = embedder.fingerprint + kept.mark
    index = open_index(folder_of(settings.indexes_dir, corpus, model), corpus, model, kept)
    texts = {provision.id: tight(provision.text) for provision in index.provisions}
    questions = tuple(
        Asked(
            question.question,
            tuple(
                frozenset(key for key, text in texts.items() if tight(words) in text)
                for words in question.evidence
            ),
            question.turns,
        )
        for question in bank
        if question.answerable
    )
    return Pool(index, catalog, Known(embedder, {}), settings, questions)


def _median_ms(embedder: Embedder, texts: Sequence[str]) -> float:
    times = []
    for text in texts:
        started = time.perf_counter()
        embedder.embed_questions([text])  # this one remembers nothing
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def start() -> Setup:
    """Text vectors and BM25 over the text, equal in weight, and nothing else."""
    return reduce(lambda setup, step: _set(setup, step.off), reversed(STEPS), ALL)


def table(
    pool: Pool, steps: Sequence[Step], progress: Progress | None = None, *, timed: bool = False
) -> Table:
    """Measure every step over a pool; a set-up that occurs twice is measured once."""
    first = start()
    ladder = [first]
    for step in steps:
        ladder.append(_set(ladder[-1], step.on))
    whole = ladder[-1]
    lesser = {step.name: _set(whole, step.off) for step in (*LISTS, *steps)}
    alone = {name: _set(first, values) for name, values in ALONE.items()}
    grid = {f"1 : {words:g}": replace(first, words=words) for words in GRID}
    setups = dict.fromkeys((*ladder, *lesser.values(), *alone.values(), *grid.values()))
    found = pool.measure([*setups], progress)
    times = pool.times(ladder) if timed else {}
    origin = found[first]
    rows = [_added("起点", "start", pool, origin, None, times.get(first))]
    for step, less, more in zip(steps, ladder, ladder[1:], strict=False):
        ms = times[more] - times[less] if timed else None
        rows.append(_added(step.name, step.part, pool, found[more], found[less], ms))
    return Table(
        questions=len(pool.questions),
        ms=float(np.median(times[whole])) if timed else None,
        added=tuple(rows),
        without=tuple(
            Row(name, found[setup].recall, _gain(found[whole], found[setup]))
            for name, setup in lesser.items()
        ),
        others=tuple(
            Row(name, figures.recall, _gain(figures, origin))
            for name, figures in {
                **{name: found[setup] for name, setup in alone.items()},
                "两列按名次融合（RRF）": pool.by_rank(),
                "全部步骤": found[whole],
            }.items()
        ),
        grid=tuple(
            Row(name, found[setup].recall, _gain(found[setup], origin))
            for name, setup in grid.items()
        ),
    )


def _added(
    name: str,
    part: Part | None,
    pool: Pool,
    more: Figures,
    less: Figures | None,
    ms: NDArray[np.float64] | None,
) -> Row:
    return Row(
        name=name,
        recall=more.recall,
        gain=_gain(more, less) if less else None,
        ms=None if ms is None else float(np.median(ms)),
        mb=pool.megabytes(part) if part else 0.0,
    )


def _gain(more: Figures, less: Figures) -> dict[str, Estimate]:
    return {key: estimate([*(more.recalls[key] - less.recalls[key])]) for key in more.recalls}


def _set(setup: Setup, values: Mapping[str, float]) -> Setup:
    changed: Setup = replace(setup, **values)  # type: ignore[arg-type]
    return changed
