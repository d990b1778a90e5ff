"""Question in, passages out: direct look-up first, then dense and lexical search fused."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.index.embedding import Embedder
from qa.index.store import Index
from qa.ingest.catalog import Catalog
from qa.retrieval.direct import DirectLookup
from qa.retrieval.fusion import Agreement, Candidate, fuse
from qa.retrieval.names import DepartmentNames, DocumentNames, plain
from qa.retrieval.passage import Filters, Passage, Retrieval, Turn
from qa.retrieval.question import Question, QuestionReader
from qa.settings import Settings

_NEAR = 10
"""A place up to here in a list is worth naming as the reason."""
_CLEAR = 0.89
"""A question whose nearest text is as near as this stands on its own."""
_SAME_SUBJECT = 0.6
"""A question goes on with a conversation when the documents spoken of have its words: their best
BM25 score is at least this share of the best one anywhere."""


class Search:
    """Searches one opened index."""

    def __init__(
        self, index: Index, catalog: Catalog, embedder: Embedder, settings: Settings
    ) -> None:
        """Take an opened index, the catalog it was built with, and its embedder."""
        self._index = index
        self._catalog = catalog
        self._embedder = embedder
        self._settings = settings
        departments = sorted({d for p in index.provisions for d in p.departments})
        self._names = DocumentNames(catalog.documents)
        self._reader = QuestionReader(
            self._names,
            DepartmentNames(departments),
            settings.max_question_chars,
        )
        self._direct = DirectLookup(index.provisions, catalog.documents)
        self._agreement = Agreement(index.provisions)
        self._owner = np.array([p.document_id for p in index.provisions])

    def documents_named(self, text: str) -> list[str]:
        """Ids of the documents that a text names."""
        return [mention.document_id for mention in self._names.mentions(plain(text))]

    def __call__(
        self,
        text: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        top_k: int | None = None,
    ) -> Retrieval:
        """The best passages for a question, at most `top_k` besides those it names itself.

        Raises:
            QuestionError: the question is empty or too long.
        """
        started = time.perf_counter()
        question = self._reader.read(text, history)
        documents = self._allowed(filters or Filters())
        read = time.perf_counter()
        dense = self._dense(question)
        if question.in_context and self._goes_on(question, question.in_context, dense):
            question = question.in_context
            dense = self._dense(question)
        compared = time.perf_counter()
        found = self._direct.find(question, documents)
        limit = top_k or self._settings.top_k
        candidates = self._candidates(question, dense, documents)
        named = {passage.provision.id for passage in found.passages}
        further = (self._passage(candidate) for candidate in candidates)
        passages = [*found.passages, *(p for p in further if p.provision.id not in named)]
        done = time.perf_counter()
        return Retrieval(
            question=question.text,
            passages=tuple(passages[: max(limit, len(found.passages))]),
            missing=found.missing,
            strangers=question.strangers,
            direct=bool(found.passages),
            evidence=float(dense.max(initial=-1.0)),
            follows_up=question.points_back,
            timings_ms={
                "question": (read - started) * 1e3,
                "dense": (compared - read) * 1e3,
                "fusion": (done - compared) * 1e3,
                "total": (done - started) * 1e3,
            },
        )

    def _dense(self, question: Question) -> NDArray[np.float32]:
        vector = self._embedder.embed_question(question.search_text)
        return self._index.dense.scores(vector, len(self._owner))

    def _goes_on(self, alone: Question, in_context: Question, dense: NDArray[np.float32]) -> bool:
        """A question that is unclear by itself goes on with the subject of the conversation."""
        if float(dense.max(initial=-1.0)) >= _CLEAR:
            return False
        words = self._index.lexical.scores(alone.search_text)
        spoken_of = np.isin(self._owner, in_context.documents)
        best = float(words[spoken_of].max(initial=0.0))
        return best > 0 and best >= _SAME_SUBJECT * float(words.max())

    def _candidates(
        self, question: Question, dense: NDArray[np.float32], documents: frozenset[str]
    ) -> list[Candidate]:
        return fuse(
            dense,
            self._index.lexical.scores(question.search_text),
            self._agreement.with_question(question),
            np.isin(self._owner, sorted(documents)),
            k=self._settings.rrf_k,
            candidates=self._settings.candidates,
        )

    def _allowed(self, filters: Filters) -> frozenset[str]:
        return frozenset(
            entry.id
            for entry in self._catalog.documents
            if (not filters.levels or entry.level in filters.levels)
            and (not filters.regions or entry.region in filters.regions)
            and (not filters.documents or entry.id in filters.documents)
        )

    def _passage(self, candidate: Candidate) -> Passage:
        near = (candidate.dense_rank <= _NEAR, candidate.lexical_rank <= _NEAR)
        why = {
            (True, True): "语义与字词都相近",
            (True, False): "语义相近",
            (False, True): "字词相近",
            (False, False): "语义与字词部分相近",
        }[near]
        agrees = "".join(f"，{kind}相符" for kind in candidate.named)
        provision = self._index.provisions[candidate.position]
        return Passage(provision, min(candidate.score, 0.999), why + agrees)
