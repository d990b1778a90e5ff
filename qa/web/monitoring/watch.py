"""The one place where a question is seen to begin and to end, wherever it was asked."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from qa.answering.answer import Done, Event, Retrieved, Waiting
from qa.assistant import Assistant
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters, Retrieval, Turn
from qa.tracing import asked as asked_id
from qa.web.monitoring.asked import SEARCHED, Asked, Asker, Outcome, mark

Ask = Callable[[Stop], Iterator[Event]]


class Watcher(Protocol):
    """Who is told of questions; from any thread."""

    def begun(self) -> None:
        """A question has come."""

    def waits(self, waiting: bool) -> None:
        """It has to wait for the model, or no longer."""

    def ended(self, asked: Asked) -> None:
        """It has come to its end, whatever that is; once for each."""


class Watch:
    """Tells watchers of every question, exactly once each."""

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        """Tell these."""
        self._watchers = watchers

    def watched(
        self, asker: Asker, ask: Ask, count: Callable[[Asked], None] = lambda _: None
    ) -> Ask:
        """The same question, watched; it is counted before its answer is told to be whole."""

        def asked(stop: Stop) -> Iterator[Event]:
            with self._under_way(asker, count) as under_way:
                for event in ask(stop):
                    under_way.see(event)
                    if not isinstance(event, Done):
                        yield event
            if under_way.done:
                yield under_way.done

        return asked

    def searched(
        self,
        asker: Asker,
        search: Callable[[], Retrieval],
        count: Callable[[Asked], None] = lambda _: None,
    ) -> Retrieval:
        """The passages of a question that somebody else answers with them."""
        with self._under_way(asker, count, SEARCHED) as under_way:
            found = search()
            under_way.see(Retrieved(found))
            under_way.searched = True
        return found

    @contextmanager
    def _under_way(
        self, asker: Asker, count: Callable[[Asked], None], mode: str = "extract"
    ) -> Iterator["_UnderWay"]:
        under_way = _UnderWay(asker, mode, self._watchers)
        asked_id.set(under_way.id)
        for watcher in self._watchers:
            watcher.begun()
        try:
            yield under_way
        except Exception as error:
            # of the fault its kind: a sentence may hold words of the question
            under_way.fault = type(error).__name__
            mark(error, under_way.id)
            raise
        finally:
            ended = under_way.ended()
            count(ended)
            for watcher in self._watchers:
                watcher.ended(ended)
            asked_id.set("")


class Watched:
    """The assistant as one user has it on the page, watched."""

    def __init__(self, assistant: Assistant, watch: Watch, user_id: int) -> None:
        """Take whom to ask, and who asks."""
        self._assistant, self._watch, self._user_id = assistant, watch, user_id

    def ask(
        self, question: str, history: tuple[Turn, ...], filters: Filters, *, stop: Stop
    ) -> Iterator[Event]:
        """See `Assistant.ask`; what is counted of it lies beside its conversation."""

        def ask(stop: Stop) -> Iterator[Event]:
            return self._assistant.ask(question, history, filters, stop=stop)

        return self._watch.watched(Asker(self._user_id, "page", question), ask)(stop)


@dataclass
class _UnderWay:
    """A question that has not yet come to its end."""

    asker: Asker
    mode: str
    watchers: Sequence[Watcher]
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    began: float = field(default_factory=time.perf_counter)
    retrieval: Retrieval | None = None
    done: Done | None = None
    searched: bool = False
    fault: str = ""
    first_ms: float | None = None
    waiting_since: float | None = None
    waited_ms: float = 0.0

    def see(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case Retrieved(retrieval):
                self.retrieval = retrieval
                self.first_ms = self.first_ms or self._elapsed()
            case Waiting(ahead) if ahead:
                if self.waiting_since is None:
                    self.waiting_since = time.perf_counter()
                    self._tell_waits(True)
                return
            case Done():
                self.done = event
        self._waits_no_more()

    def ended(self) -> Asked:
        """All that is known of it now that it has ended."""
        self._waits_no_more()
        done, answer = self.done, self.done.answer if self.done else None
        found = self.retrieval
        stages = {**found.timings_ms, "retrieval": found.timings_ms["total"]} if found else {}
        if self.first_ms is not None:
            stages["first_evidence"] = self.first_ms
        stages |= {"total": self._elapsed(), **(done.timings_ms if done else {})}
        if self.waited_ms or (answer and answer.mode == "llm"):
            stages["waiting"] = self.waited_ms
        return Asked(
            id=self.id,
            at=datetime.now(UTC),
            by=self.asker,
            mode=answer.mode if answer else self.mode,
            outcome=self._outcome(),
            refusal=answer.refusal_kind if answer else "",
            fault=self.fault or (done.fault if done else ""),
            model=answer.model if answer else None,
            passages=len(found.passages) if found else 0,
            cited=tuple(c.provision_id for c in answer.citations)
            if answer and not answer.refused
            else (),
            stages_ms=stages,
            tokens=done.tokens if done else {},
        )

    def _outcome(self) -> Outcome:
        if self.fault:
            return "failed"
        if self.searched:
            return "answered"
        if self.done is None:
            return "stopped"
        if self.done.fault:
            return "timed_out" if self.done.fault == "LLMTimeout" else "fell_back"
        return "refused" if self.done.answer.refused else "answered"

    def _waits_no_more(self) -> None:
        if self.waiting_since is not None:
            self.waited_ms += (time.perf_counter() - self.waiting_since) * 1e3
            self.waiting_since = None
            self._tell_waits(False)

    def _tell_waits(self, waiting: bool) -> None:
        for watcher in self.watchers:
            watcher.waits(waiting)

    def _elapsed(self) -> float:
        return (time.perf_counter() - self.began) * 1e3
