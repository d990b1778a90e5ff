"""Asking: one question to the assistant, as a growing conversation."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from qa.answering.answer import Delta, Done, Event, Retrieved, Waiting
from qa.errors import QAError
from qa.retrieval.passage import Filters, Turn
from qa.web.conversation import Conversation, Exchange, history

log = logging.getLogger(__name__)


class Answerer(Protocol):
    """What this module needs of the assistant."""

    def ask(self, question: str, history: tuple[Turn, ...], filters: Filters) -> Iterator[Event]:
        """The events of one answer; raises `QAError` for a question it cannot take."""


def ask(
    assistant: Answerer, question: str, before: Conversation, filters: Filters
) -> Iterator[Conversation]:
    """The conversation with this question added, again after each event.

    A `QAError` ends it with its sentence; anything else is for the caller and `broken`.
    """
    exchange = Exchange(len(before) + 1, question)
    yield (*before, exchange)
    try:
        for event in assistant.ask(question, history(before), filters):
            exchange = _grown(exchange, event)
            yield (*before, exchange)
    except QAError as error:
        yield (*before, replace(exchange, fault=str(error)))


def broken(exchange: Exchange) -> Exchange:
    """The exchange after an error that nobody foresaw; called while that error is handled."""
    log.exception("回答时出现意外错误，问题：%r", exchange.question[:200])
    now = datetime.now().astimezone()
    fault = f"系统出了意外的错误，请再试一次；若仍如此，请把时间（{now:%H:%M:%S}）告诉管理员。"
    return Exchange(exchange.number, exchange.question, fault=fault)


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
