"""Asking: one question to the assistant, as a growing conversation."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from qa.answering.answer import Delta, Done, Event, Retrieved, Waiting
from qa.errors import QAError
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters, Turn
from qa.web.conversation import Conversation, Exchange, history

log = logging.getLogger(__name__)

_LEAVING_S = 5.0
"""How long a page that is left may take to have shown its last words."""


class Answerer(Protocol):
    """What this module needs of the assistant."""

    def ask(
        self, question: str, history: tuple[Turn, ...], filters: Filters, *, stop: Stop
    ) -> Iterator[Event]:
        """The events of one answer; raises `QAError` for a question it cannot take."""


class Asking:
    """A question on its way to its answer, in a thread of its own, for a page to watch.

    Only who watches shows anything, so no word can arrive after a stop was shown.
    """

    def __init__(
        self, assistant: Answerer, question: str, before: Conversation, filters: Filters
    ) -> None:
        """Ask it; `before` is the conversation so far."""
        self._assistant = assistant
        self._before = before
        self._filters = filters
        self._exchange = Exchange(len(before) + 1, question)
        self._changed = threading.Condition()
        self._given_up = Stop()
        self._watched = threading.Lock()
        threading.Thread(target=self._ask, name="asking", daemon=True).start()

    def watch(self) -> Iterator[Conversation]:
        """The conversation with this question, again whenever more of the answer is there."""
        with self._watched:
            shown: Exchange | None = None
            while shown is None or shown.pending:
                with self._changed:
                    self._changed.wait_for(lambda: self._exchange is not shown)  # noqa: B023
                    shown = self._exchange
                yield (*self._before, shown)

    def stop(self) -> None:
        """Give the answer up, unless it is there; who watches sees that it was stopped."""
        with self._changed:
            if self._exchange.pending:
                self._become(replace(self._exchange, stopped=True))
        self._given_up()

    def leave(self) -> None:
        """Give it up, and return when nobody watches any more."""
        self.stop()
        if self._watched.acquire(timeout=_LEAVING_S):
            self._watched.release()

    def _ask(self) -> None:
        asked = self._exchange
        try:
            for event in self._assistant.ask(
                asked.question, history(self._before), self._filters, stop=self._given_up
            ):
                with self._changed:
                    if self._exchange.pending:
                        self._become(_grown(self._exchange, event))
        except QAError as error:
            self._fail(replace(self._exchange, fault=str(error)))
        except Exception:
            self._fail(broken(asked))

    def _fail(self, exchange: Exchange) -> None:
        with self._changed:
            if self._exchange.pending:
                self._become(exchange)

    def _become(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._changed.notify_all()


def broken(exchange: Exchange) -> Exchange:
    """The exchange after an error that nobody foresaw; called while that error is handled."""
    log.exception("回答时出现意外错误，问题：%r", exchange.question[:200])
    now = datetime.now().astimezone()
    fault = f"系统出了意外的错误，请再试一次；若仍如此，请把时间（{now:%H:%M:%S}）告诉管理员。"
    return replace(exchange, fault=fault)


def _grown(exchange: Exchange, event: Event) -> Exchange:
    match event:
        case Retrieved(retrieval):
            return replace(exchange, retrieval=retrieval)
        case Waiting(ahead):
            return replace(exchange, ahead=ahead)
        case Delta(text):
            return replace(exchange, text=exchange.text + text)
        case Done(answer, timings_ms):
            return replace(exchange, answer=answer, timings_ms=timings_ms)
