"""Question in, passages out: direct look-up first, then dense and lexical search fused."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from qa.index.embedding import QuestionEmbedder, Vectors
from qa.index.store import Index
from qa.ingest.catalog import Catalog
from qa.ingest.normalise import simplified
from qa.retrieval.agreement import Agreement
from qa.retrieval.consequences import asks_for_consequences, is_penal
from qa.retrieval.correspondence import Correspondence
from qa.retrieval.counterparts import Counterparts
from qa.retrieval.direct import DirectLookup, Found
from qa.retrieval.filtering import Filtering
from qa.retrieval.fusion import Candidate, Mask, fuse, spread
from qa.retrieval.links import Links
from qa.retrieval.listed import departments_of
from qa.retrieval.names import DepartmentNames, DocumentNames, plain
from qa.retrieval.passage import Filters, Passage, Retrieval, Turn
from qa.retrieval.pool import Pool, Pooling
from qa.retrieval.question import Question, QuestionReader
from qa.retrieval.reading import Reading
from qa.retrieval.steps import Steps
from qa.retrieval.timely import Timely
from qa.settings import Settings
from qa.tracing import stage

if TYPE_CHECKING:
    from qa.retrieval.rerank import Reranker

_NEAR = 10
"""A place up to here in a list is worth naming as the reason."""
_MOST_PENALTIES = 2
_COMPLETED, _MOST_LINKED, _UNTOUCHED = 2, 2, 8
"""The first two passages bring along at most two linked with them; the first eight stay."""
_CLEAR = 0.89
"""A question whose nearest text is as near as this stands on its own."""
_SAME_SUBJECT = 0.6
"""A question goes on with a conversation when the documents spoken of have its words: their best
BM25 score is at least this share of the best one anywhere."""

_ALL = Steps()
_NOT_LOOKED_UP = Found((), ())


class Search:
    """Searches one opened index."""

    def __init__(
        self,
        index: Index,
        catalog: Catalog,
        embedder: QuestionEmbedder,
        settings: Settings,
        steps: Steps = _ALL,
    ) -> None:
        """Take an opened index, the catalog it was built with, and its embedder."""
        self._index = index
        self._catalog = catalog
        self._embedder = embedder
        self._settings = settings
        self._steps = steps
        noted = (index.provisions[n] for n in index.provisions.noted.tolist())
        departments = sorted({d for p in noted for d in departments_of(p)})
        self._names = DocumentNames(catalog.documents)
        self._filtering = Filtering(index.provisions, catalog)
        editions = self._filtering.editions
        self._reader = QuestionReader(
            self._names,
            DepartmentNames(departments),
            settings.max_question_chars,
            amended=bool(editions.several),
        )
        self.correspondence = Correspondence(index.provisions.of, editions)
        """Which article of one text of a law is which of another."""
        self._timely = Timely(index.provisions, editions, self.correspondence)
        self._direct = DirectLookup(index.provisions, catalog.documents)
        self._agreement = Agreement(index.provisions)
        self._links = Links(index.provisions)
        self._reranker = _reranker(settings)
        self._counterparts = Counterparts(index.dense, index.provisions, self._filtering.region)
        self._pooling = Pooling(
            index.dense, index.lexical, settings.exact_up_to, settings.candidates
        )

    def documents_named(self, text: str) -> list[str]:
        """Ids of the documents that a text names."""
        found = (mention.document_id for mention in self._names.mentions(plain(text)))
        editions = self._filtering.editions
        return [editions.at(each) if each in editions.several else each for each in found]

    def check(self, text: str) -> None:
        """Say at once what is wrong with a question, if anything is.

        Raises:
            QuestionError: the question is empty or too long.
        """
        self._reader.checked(text)

    @cached_property
    def reading(self) -> Reading:
        """The same provisions to be read, and searched word for word."""
        return Reading(
            self._index,
            self._catalog,
            self._links,
            self._counterparts,
            self._filtering,
            self._settings,
        )

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
        took: dict[str, float] = {}
        whole: dict[str, float] = {}
        with stage("retrieval", whole):
            found = self._found(text, history, filters or Filters(), top_k, took)
        return replace(found, timings_ms={**took, "total": whole["retrieval"]})

    def _found(
        self,
        text: str,
        history: Sequence[Turn],
        filters: Filters,
        top_k: int | None,
        took: dict[str, float],
    ) -> Retrieval:
        """The passages; `took` gets the milliseconds of each stage."""
        with stage("question", took):
            question = self._reader.read(text, history if self._steps.context else ())
            question = self._timely(question, filters)
        if question.in_context and self._goes_on(question, question.in_context, took):
            question = self._timely(question.in_context, filters)
        day = question.time.as_of or question.time.day
        allowed = self._filtering.mask(filters, question.documents, day, question.time.former)
        documents = self._filtering.admitted(allowed)
        pool = self._pool(question, allowed, took)
        nearness = pool.nearness
        candidates = self._candidates(question, pool, took)
        with stage("fusion", took):
            found = self._direct.find(question, documents) if self._steps.direct else _NOT_LOOKED_UP
            limit = top_k or self._settings.top_k
            direct = [p for p in found.passages if allowed[self._position(p)]]
            named = {passage.provision.id for passage in direct}
            further = map(self._passage, candidates)
            others = (passage for passage in further if passage.provision.id not in named)
            passages = (*direct, *islice(others, max(0, limit - len(named))))
            if self._steps.linked:
                if asks_for_consequences(question.text) and not direct:
                    passages = self._with_penalty(passages, allowed, limit)
                passages = self._completed(passages, allowed, limit)
        return Retrieval(
            question=question.text,
            passages=passages,
            missing=(*filter(None, [question.gone]), *found.missing),
            strangers=question.strangers,
            documents=question.documents,
            direct=bool(direct),
            nearest_text=float(nearness.text[pool.allowed].max(initial=-1.0)),
            nearest_question=float(nearness.questions[pool.allowed].max(initial=-1.0)),
            as_of=filters.as_of or self._as_of(question, passages),
            counterpart=question.of_time.counterpart if question.of_time else "",
            earlier=question.earlier,
        )

    def _as_of(self, question: Question, passages: Sequence[Passage]) -> str:
        """The day of the texts; one that is merely named counts where a law has several texts."""
        if question.of_time and question.of_time.counterpart:
            return ""
        editions = self._filtering.editions
        first = [editions.first(p.provision.document_id) for p in passages[:1]]
        several = any(editions.first(each) in editions.several for each in question.documents)
        dated = several or (not question.documents and any(f in editions.several for f in first))
        return question.time.as_of or (question.time.day if dated else "")

    def _position(self, passage: Passage) -> int:
        return self._index.provisions.position(passage.provision.id)

    def _vector(self, question: Question, took: dict[str, float]) -> Vectors:
        with stage("embedding", took):
            return self._embedder.embed_question(simplified(question.search_text))

    def _goes_on(self, alone: Question, in_context: Question, took: dict[str, float]) -> bool:
        """A question that is unclear by itself goes on with the subject of the conversation."""
        everywhere: Mask = np.ones(len(self._index.provisions), dtype=np.bool_)
        vector = self._vector(alone, took)
        pool = self._pooling(vector, alone.search_text, {}, everywhere, took)
        if float(pool.nearness.text.max(initial=-1.0)) >= _CLEAR:
            return False
        spans = map(self._index.provisions.documents.__getitem__, in_context.documents)
        spoken_of = np.array([n for span in spans for n in span], dtype=np.int64)
        words = self._index.lexical.scores_at(alone.search_text, spoken_of)
        best = float(words.max(initial=0.0))
        return best > 0 and best >= _SAME_SUBJECT * float(pool.words.max())

    def _pool(self, question: Question, allowed: Mask, took: dict[str, float]) -> Pool:
        said = question.words if self._steps.words_without_names else question.search_text
        weighs = self._steps.weights.named
        agreement = self._agreement.with_question(question) if weighs else {}
        return self._pooling(self._vector(question, took), said, agreement, allowed, took)

    def _candidates(
        self, question: Question, pool: Pool, took: dict[str, float]
    ) -> Iterable[Candidate]:
        steps = self._steps
        titles = self._agreement.not_asked_for(question)
        ranked = fuse(
            pool.nearness,
            pool.words,
            pool.agreement,
            pool.allowed,
            steps.weights,
            pool.middle,
            None if titles is None else titles[pool.positions],
        )
        at = pool.positions.tolist()
        candidates: Iterable[Candidate] = (replace(c, position=at[c.position]) for c in ranked)
        if self._reranker:
            asked = simplified(question.search_text)
            with stage("fusion", took):
                fused = [*candidates]
            with stage("rerank", took):
                candidates = self._reranker(asked, fused, self._index.provisions)
        if not steps.turns or len(question.documents) < 2:
            return candidates
        ordered = [*candidates]
        owners = [self._filtering.document(c.position) for c in ordered]
        return spread(ordered, owners, question.documents)

    def _with_penalty(
        self, passages: tuple[Passage, ...], allowed: Mask, limit: int
    ) -> tuple[Passage, ...]:
        """With the penalties of the duty that comes first, right behind it."""
        duty = passages[0] if passages else None
        if duty is None or is_penal(duty.provision.text):
            return passages
        citing = [n for n in self._links.citing(self._position(duty)) if allowed[n]]
        told = [self._index.provisions[n] for n in citing]
        penal = [p for p in told if is_penal(p.text)][:_MOST_PENALTIES]
        moved = {provision.id for provision in penal}
        why = f"违反{duty.provision.name}的后果"
        rest = [p for p in passages[1:] if p.provision.id not in moved]
        return (duty, *(Passage(p, duty.score, why) for p in penal), *rest)[:limit]

    def _completed(
        self, passages: tuple[Passage, ...], allowed: Mask, limit: int
    ) -> tuple[Passage, ...]:
        """With what the first ones are linked with, at the end: a duty brings its penalty along.

        First the articles that they refer to or that refer to them; then, where there is still
        room, the provision on the same subject at the other level.
        """
        present = {self._position(passage) for passage in passages}
        linked: dict[int, Passage] = {}
        for linking in (self._links, self._counterparts):
            for passage in passages[:_COMPLETED]:
                for position, why in linking.of(self._position(passage)):
                    if position not in present and allowed[position]:
                        reason = why.format(passage.provision.name)
                        provision = self._index.provisions[position]
                        linked.setdefault(position, Passage(provision, passage.score / 2, reason))
        untouched = max(_UNTOUCHED, sum(1 for passage in passages if passage.direct))
        room = min(len(linked), _MOST_LINKED, max(0, limit - untouched))
        return (*passages[: max(limit - room, untouched)], *islice(linked.values(), room))

    def _passage(self, candidate: Candidate) -> Passage:
        near = [name for name, rank in candidate.ranks.items() if rank <= _NEAR]
        why = f"{'、'.join(near)}相近" if near else "部分相近"
        agrees = "".join(f"，{kind}相符" for kind in candidate.named)
        provision = self._index.provisions[candidate.position]
        order = "，重排" if candidate.reranked else ""
        return Passage(provision, min(candidate.score, 0.999), why + agrees + order)


def _reranker(settings: Settings) -> "Reranker | None":
    """Imported only where there is one: it needs torch, which takes seconds to load."""
    if not settings.reranker:
        return None
    from qa.retrieval.rerank import Reranker

    return Reranker(settings)
