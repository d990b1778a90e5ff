"""Questions over the provisions of one index, and how well a search with some steps finds them."""

import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.measures.retrieval import CUTOFFS, DEPTH
from qa.index.dense import Dense, Nearness
from qa.index.embedding import QuestionEmbedder, Vectors
from qa.index.lexical import Lexical
from qa.index.order import Positions
from qa.index.store import Index
from qa.ingest.catalog import Catalog
from qa.ingest.normalise import simplified
from qa.retrieval.agreement import Agreement
from qa.retrieval.direct import DirectLookup
from qa.retrieval.fusion import CHOSEN, Weights
from qa.retrieval.links import Links
from qa.retrieval.passage import Turn
from qa.retrieval.question import cleaned
from qa.retrieval.search import Search
from qa.retrieval.steps import Steps
from qa.settings import Settings

Part = Literal["start", "asked words", "asked vectors", "direct", "agreement", "links"]
"""What a search keeps in memory."""
_RRF_K = 60
"""Cormack, Clarke & Buettcher 2009."""
_TIMED, _ROUNDS = 40, 3


@dataclass(frozen=True)
class Setup:
    """A whole search that can be measured: the index it reads, and its steps."""

    asked_words: bool = True
    """BM25 also reads the recorded questions."""
    asked_vectors: bool = True
    """The recorded questions have vectors of their own."""
    text: float = CHOSEN.text
    questions: float = CHOSEN.questions
    words: float = CHOSEN.words
    named: float = CHOSEN.named
    direct: bool = True
    turns: bool = True
    words_without_names: bool = True
    linked: bool = True
    context: bool = True

    @property
    def steps(self) -> Steps:
        """The steps of the search itself."""
        return Steps(
            weights=Weights(self.text, self.questions, self.words, self.named),
            direct=self.direct,
            turns=self.turns,
            words_without_names=self.words_without_names,
            linked=self.linked,
            context=self.context,
        )


@dataclass(frozen=True)
class Asked:
    """A question, and for each thing it wants the ids of the provisions that have it."""

    text: str
    wanted: tuple[frozenset[str], ...]
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Figures:
    """How one set-up did."""

    recalls: dict[str, NDArray[np.float64]]
    """`recall@1`, `recall@5`, `recall@10`, (questions,)."""

    @property
    def recall(self) -> dict[str, float]:
        """The means over the questions."""
        return {key: float(values.mean()) for key, values in self.recalls.items()}


class Known:
    """The vectors of questions, each embedded once."""

    def __init__(self, embedder: QuestionEmbedder, vectors: dict[str, Vectors]) -> None:
        """Take what embeds a question, and the vectors that are known already."""
        self._embedder = embedder
        self._vectors = vectors

    def embed_question(self, text: str) -> Vectors:
        """The L2-normalised vector of a question, (dimension,)."""
        if text not in self._vectors:
            self._vectors[text] = self._embedder.embed_question(text)
        return self._vectors[text]


class _KnownNearness(Dense):
    """Remembers how near everything is to a question: the same in every set-up."""

    def __init__(self, dense: Dense) -> None:
        super().__init__(dense.parts, dense.sizes, dense.order)
        self._known: dict[bytes, Nearness] = {}

    def nearness(self, vector: Vectors, positions: Positions | None = None) -> Nearness:
        if positions is not None:
            return super().nearness(vector, positions)
        key = vector.tobytes()
        if key not in self._known:
            self._known[key] = super().nearness(vector)
        return self._known[key]


@dataclass(frozen=True)
class Pool:
    """Questions over an index."""

    index: Index
    catalog: Catalog
    embedder: Known
    settings: Settings
    questions: tuple[Asked, ...]

    def measure(
        self, setups: Sequence[Setup], progress: Callable[[int, int], None] | None = None
    ) -> dict[Setup, Figures]:
        """Every set-up asked every question."""
        known = {
            with_asked: _KnownNearness(self._dense(with_asked)) for with_asked in (True, False)
        }
        searches = {setup: self.search(setup, known[setup.asked_vectors]) for setup in setups}
        rows: dict[Setup, list[list[float]]] = {setup: [] for setup in setups}
        for n, asked in enumerate(self.questions):
            for setup, search in searches.items():
                rows[setup].append(_recalls(asked, _found(search, asked)))
            if progress:
                progress(n + 1, len(self.questions))
        return {setup: _figures(rows[setup]) for setup in setups}

    def times(self, setups: Sequence[Setup]) -> dict[Setup, NDArray[np.float64]]:
        """Milliseconds of a search without the embedding of its question, (questions,).

        Time of the processor, of the first questions; the best of some rounds, in turns, so that
        what else the machine does matters little.
        """
        searches = {setup: self.search(setup, self._dense(setup.asked_vectors)) for setup in setups}
        rounds: dict[Setup, list[list[float]]] = {setup: [] for setup in setups}
        for _ in range(_ROUNDS):
            taken: dict[Setup, list[float]] = {setup: [] for setup in setups}
            for asked in self.questions[:_TIMED]:
                for setup, search in searches.items():
                    started = time.thread_time()
                    _found(search, asked)
                    taken[setup].append((time.thread_time() - started) * 1e3)
            for setup, times in taken.items():
                rounds[setup].append(times)
        return {setup: np.array(rounds[setup]).min(axis=0) for setup in setups}

    def search(self, setup: Setup, dense: Dense) -> Search:
        """The search of a set-up over these vectors."""
        lexical = self.index.lexical if setup.asked_words else self._plain_words
        index = replace(self.index, lexical=lexical, dense=dense)
        return Search(index, self.catalog, self.embedder, self.settings, setup.steps)

    def by_rank(self) -> Figures:
        """Text vectors and BM25 over the text, fused by their ranks alone."""
        rows = []
        for asked in self.questions:
            vector = self.embedder.embed_question(simplified(cleaned(asked.text)))
            near = self._plain_vectors.nearness(vector).text
            score = np.zeros(len(near))
            for scores in (near, self._plain_words.scores(asked.text)):
                score += 1 / (_RRF_K + 1 + np.argsort(np.argsort(-scores, kind="stable")))
            best = np.argsort(-score, kind="stable")[:DEPTH]
            rows.append(_recalls(asked, [self.index.provisions[n].id for n in best]))
        return _figures(rows)

    def megabytes(self, part: Part) -> float:
        """What a part keeps in memory: its files, or what Python allocates for it."""
        provisions, documents = self.index.provisions, self.catalog.documents
        plain = _bytes_of(self._plain_words, self._plain_vectors)
        sizes: dict[Part, Callable[[], int]] = {
            "start": lambda: plain,
            "asked words": lambda: _bytes_of(self.index.lexical, self._plain_vectors) - plain,
            "asked vectors": lambda: _bytes_of(self._plain_words, self.index.dense) - plain,
            "direct": lambda: _allocated(lambda: DirectLookup(provisions, documents)),
            "agreement": lambda: _allocated(lambda: Agreement(provisions)),
            "links": lambda: _allocated(lambda: Links(provisions)),
        }
        return sizes[part]() / 1e6

    def _dense(self, with_asked: bool) -> Dense:
        return self.index.dense if with_asked else self._plain_vectors

    @cached_property
    def _plain_words(self) -> Lexical:
        return Lexical.build([p.search_text for p in self.index.provisions])

    @cached_property
    def _plain_vectors(self) -> Dense:
        return self.index.dense.of_texts()


def _found(search: Search, asked: Asked) -> list[str]:
    found = search(asked.text, asked.history, top_k=DEPTH)
    return [passage.provision.id for passage in found.passages]


def _recalls(asked: Asked, found: Sequence[str]) -> list[float]:
    return [
        sum(not wanted.isdisjoint(found[:k]) for wanted in asked.wanted) / len(asked.wanted)
        for k in CUTOFFS
    ]


def _figures(rows: Sequence[Sequence[float]]) -> Figures:
    columns = np.array(rows).T
    return Figures({f"recall@{k}": c for k, c in zip(CUTOFFS, columns, strict=True)})


def _bytes_of(lexical: Lexical, dense: Dense) -> int:
    vectors = sum(part.vectors().nbytes + part.owners.nbytes for part in dense.parts)
    with tempfile.TemporaryDirectory(prefix="qa-steps-") as folder:
        for n, words in enumerate(lexical.parts):
            there = Path(folder) / str(n)
            there.mkdir()
            words.save(there)
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        return vectors + sum(path.stat().st_size for path in files)


def _allocated(build: Callable[[], object]) -> int:
    build()  # what is set up once for all, such as compiled patterns, is no cost of the part
    tracemalloc.start()
    kept = build()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size
