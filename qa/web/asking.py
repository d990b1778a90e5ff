"""Asking: one question to the assistant, as a growing conversation."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from qa.answering.answer import Delta, Done, Event, Retrieved, Waiting
from qa.errors import QAError
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters, Turn
from qa.web.conversation import Conversation, Exchange, history
from qa.web.monitoring.asked import id_of

log = logging.getLogger(__name__)

_LEAVING_S = 5.0
"""How long a page that is left may take to have shown its last words."""


class Answerer(Protocol):
    """What this module needs of the assistant."""

    def ask(
        self, question: str, history: tuple[Turn, ...], filters: Filters, *, stop: Stop
    ) -> Iterator[Event]:
        """The events of one answer; raises `QAError` for a question it cannot take."""


Keep = Callable[[Exchange], Exchange]
"""Stores an exchange that has come to its end; it returns when that is durable."""


class Asking:
    """A question on its way to its answer, in a thread of its own, for pages to watch.

    It goes on when nobody watches. Whatever ends it first, an answer, a fault or a stop, is
    stored and then shown, and nothing comes after it.
    """

    def __init__(
        self,
        assistant: Answerer,
        question: str,
        before: Conversation,
        filters: Filters,
        keep: Keep = lambda exchange: exchange,
    ) -> None:
        """Ask it; `before` is the conversation so far."""
        self._assistant = assistant
        self._before = before
        self._filters = filters
        self._keep = keep
        self._exchange = Exchange(len(before) + 1, question)
        self._ended = False
        self._watchers = 0
        self._changed = threading.Condition()
        self._given_up = Stop()
        threading.Thread(target=self._ask, name="asking", daemon=True).start()

    @property
    def pending(self) -> bool:
        """Not yet at its end, or that end not yet stored."""
        return self._exchange.pending

    def watch(self) -> Iterator[Conversation]:
        """The conversation with this question, again whenever more of the answer is there."""
        with self._changed:
            self._watchers += 1
        try:
            shown: Exchange | None = None
            while shown is None or shown.pending:
                with self._changed:
                    self._changed.wait_for(lambda: self._exchange is not shown)  # noqa: B023
                    shown = self._exchange
                yield (*self._before, shown)
        finally:
            with self._changed:
                self._watchers -= 1
                self._changed.notify_all()

    def stop(self) -> None:
        """Give the answer up, unless it is there; who watches sees that it was stopped."""
        self._end(lambda exchange: replace(exchange, stopped=True))
        self._given_up()

    def leave(self) -> None:
        """Give it up, and return when nobody watches any more."""
        self.stop()
        with self._changed:
            self._changed.wait_for(lambda: not self._watchers, timeout=_LEAVING_S)

    def _ask(self) -> None:
        asked = self._exchange
        try:
            for event in self._assistant.ask(
                asked.question, history(self._before), self._filters, stop=self._given_up
            ):
                if isinstance(event, Done):
                    self._end(lambda exchange: _grown(exchange, event))  # noqa: B023
                else:
                    self._grow(event)
        except QAError as error:
            fault = str(error)
            self._end(lambda exchange: replace(exchange, fault=fault))
        except Exception as error:
            fault = broken(error)
            self._end(lambda exchange: replace(exchange, fault=fault))

    def _grow(self, event: Event) -> None:
        with self._changed:
            if not self._ended:
                self._become(_grown(self._exchange, event))

    def _end(self, ending: Callable[[Exchange], Exchange]) -> None:
        with self._changed:
            if self._ended:
                return
            self._ended = True
            ended = ending(self._exchange)
        try:
            ended = self._keep(ended)
        except QAError as error:
            ended = replace(ended, unkept=f"这一问没有存下来：{error}")
        except Exception as error:
            ended = replace(ended, unkept=f"这一问没有存下来。{broken(error)}")
        with self._changed:
            self._become(ended)

    def _become(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._changed.notify_all()


def broken(error: Exception) -> str:
    """A sentence for an error that nobody foresaw; the log has the error, by the same id."""
    log.error("回答时出现意外错误", exc_info=error)
    id = id_of(error)
    told = f"编号（{id}）" if id else f"时间（{datetime.now().astimezone():%H:%M:%S}）"
    return f"系统出了意外的错误，请再试一次；若仍如此，请把{told}告诉管理员。"


def _grown(exchange: Exchange, event: Event) -> Exchange:
    match event:
        case Retrieved(retrieval):
            return replace(exchange, retrieval=retrieval, ahead=0)
        case Waiting(ahead):
            return replace(exchange, ahead=ahead)
        case Delta(text):
            return replace(exchange, text=exchange.text + text)
        case Done(answer, timings_ms):
            return replace(exchange, answer=answer, timings_ms=timings_ms)
