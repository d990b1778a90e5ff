"""The course of one answer: passages, words as they come, the checked answer with its notices."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa.answering.answer import Answer, Delta, Done, Event, Retrieved, Waiting
from qa.answering.extract import Extractor, is_asked_for_words
from qa.answering.instructions import without_instructions
from qa.answering.standing import standing
from qa.answering.writer import Draft, Writer
from qa.errors import LLMError, SettingsError
from qa.llm.queue import Queue
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters, Retrieval, Turn
from qa.tracing import asked as asked_id
from qa.tracing import stage
from qa.volume import Volume

log = logging.getLogger(__name__)

Mode = Literal["auto", "llm", "extract"]
"""`auto`: the model writes where it is ready, else the answer is extracted."""


@dataclass(frozen=True)
class Course:
    """How a question is answered with what is in use at its beginning."""

    volume: Volume
    writer: Writer | None
    extractor: Extractor
    line: Queue
    """For the search, which keeps a processor busy."""

    def run(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        mode: Mode,
        stop: Stop,
    ) -> Iterator[Event]:
        """The passages as soon as it is its turn, then the text, then the checked answer.

        Raises:
            QuestionError: the question is empty or too long.
        """
        started = time.perf_counter()

        def elapsed() -> float:
            return (time.perf_counter() - started) * 1e3

        asked = without_instructions(question) or question
        self.volume.search.check(asked)
        with self.line.place() as place, stop.ending(place.cancel):
            for ahead in place.waiting():
                yield Waiting(ahead)
            if stop.given:
                return
            retrieval = self.volume.search(asked, history, filters)
        timings = {"retrieval": retrieval.timings_ms["total"], "first_evidence": elapsed()}
        yield Retrieved(retrieval)
        draft = Draft(self.volume.amendments(retrieval) or self.volume.refusal(retrieval))
        fault: LLMError | SettingsError | None = None
        wanted = self.writer and (mode == "llm" or (mode == "auto" and self.writer.model.ready()))
        if self.writer and wanted and not draft.answer and not is_asked_for_words(retrieval):
            try:
                if retrieval.earlier and not retrieval.documents and self.writer.may_rewrite:
                    with stage("rewrite", timings):
                        retrieval = self._rewritten(retrieval, history, filters, stop)
                    yield Retrieved(retrieval)
                for event in self.writer.write(retrieval, draft, stop):
                    if isinstance(event, Delta):
                        timings.setdefault("first_token", elapsed())
                    yield event
            except (LLMError, SettingsError) as error:
                fault = error
                log.warning("改为摘录：%s", fault)
        if stop.given:
            return
        answer = draft.answer or self.extractor.answer(retrieval)
        notices = self._notices(answer, retrieval)
        if fault:
            notices = (f"{fault} 以下为原文摘录。", *notices)
        answer = replace(answer, notices=notices)
        if "first_token" not in timings:
            timings["first_token"] = elapsed()
            yield Delta(answer.text)
        timings |= {**draft.timings_ms, "total": elapsed()}
        yield Done(answer, timings, draft.tokens, type(fault).__name__ if fault else "")

    def _rewritten(
        self,
        retrieval: Retrieval,
        history: Sequence[Turn],
        filters: Filters | None,
        stop: Stop,
    ) -> Retrieval:
        """The passages for a follow-up whose subject no rule could tell, but the model can."""
        assert self.writer
        question = self.writer.rewrite(retrieval.question, history, stop)
        return replace(self.volume.search(question, (), filters), earlier=retrieval.earlier)

    def _notices(self, answer: Answer, retrieval: Retrieval) -> tuple[str, ...]:
        """What a reader must know of the documents and provisions that are cited."""
        notices: dict[str, None] = {}
        if not answer.refused:
            notices.update(dict.fromkeys(retrieval.missing))
            notices.update((f"汇编没有收录《{name}》。", None) for name in retrieval.strangers)
        cited = [self.volume.provision(citation.provision_id) for citation in answer.citations]
        entries = [self.volume.catalog.document(provision.document_id) for provision in cited]
        if not answer.refused:
            notices.update(
                dict.fromkeys(
                    standing(retrieval.as_of, entries, self.volume.search.reading.editions)
                )
            )
        for citation, provision, entry in zip(answer.citations, cited, entries, strict=True):
            notices.update(dict.fromkeys(entry.notices))
            quoted = "".join(citation.quotes)
            notices.update(
                (f"{provision.name}勘误：{note.note}", None)
                for note in provision.errata
                if note.printed in quoted
            )
        return tuple(notices)


def traced(events: Iterator[Event]) -> Iterator[Event]:
    """The same events inside a span, which says what became of the question, none of its words."""
    with stage("ask") as span:
        span.set_attribute("qa.id", asked_id.get())
        for event in events:
            match event:
                case Retrieved(retrieval):
                    span.set_attribute("qa.passages", len(retrieval.passages))
                case Done(answer):
                    span.set_attribute("qa.mode", answer.mode)
                    span.set_attribute("qa.refused", answer.refused)
                    span.set_attribute("gen_ai.request.model", answer.model or "")
            yield event
