"""Conversations as they are stored: every exchange is JSON that reads back as it was."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from qa.answering.answer import Answer
from qa.errors import QAError
from qa.records.conversations import Facts
from qa.records.records import Records
from qa.web.asking import Asking, Keep
from qa.web.conversation import Conversation, Exchange

_ADAPTER = TypeAdapter(Exchange)
_UNREADABLE = "这一问的记录已经读不出来了。"


def dumped(exchange: Exchange) -> str:
    """The exchange as it is stored; what the database itself knows of it is left out."""
    bare = replace(exchange, entry=None, verdict=None, unkept="")
    return _ADAPTER.dump_json(bare, exclude_defaults=True).decode()


def loaded(data: str, number: int) -> Exchange:
    """The exchange that was stored; of a form of old that is no longer read, question and text."""
    try:
        return replace(_ADAPTER.validate_json(data), number=number)
    except ValidationError:
        return _words_of(data, number)


def facts_of(exchange: Exchange, versions: dict[str, str]) -> Facts:
    """What is counted of an exchange."""
    answer = exchange.answer
    answered = answer is not None and not answer.refused
    return Facts(
        question=exchange.question,
        mode=answer.mode if answer else "extract",
        model=answer.model if answer else None,
        refused=answer is not None and answer.refused,
        fault=exchange.fault,
        stopped=exchange.stopped,
        cited=tuple(c.provision_id for c in answer.citations) if answer and answered else (),
        first_evidence_ms=exchange.timings_ms.get("first_evidence"),
        total_ms=exchange.timings_ms.get("total"),
        versions=versions,
    )


class Kept:
    """The stored conversations of everybody, and the questions that are being answered now."""

    def __init__(self, records: Records, versions: Callable[[], dict[str, str]]) -> None:
        """Store into `records`; `versions` says what an answer of this moment rests on."""
        self._records = records
        self._versions = versions
        self._asking: dict[str, Asking] = {}
        self._lock = threading.Lock()

    def open(self, user_id: int, id: str) -> Conversation:
        """All finished exchanges of a conversation.

        Raises:
            NotFound: the conversation does not exist or belongs to somebody else.
        """
        entries = self._records.conversations.entries(user_id, id)
        verdicts = self._records.feedback.of(user_id, id)
        return tuple(
            replace(loaded(entry.data, n), entry=entry.id, verdict=verdicts.get(entry.id))
            for n, entry in enumerate(entries, start=1)
        )

    def judged(self, user_id: int, id: str, conversation: Conversation) -> Conversation:
        """The conversation with what its owner thinks of it by now."""
        try:
            verdicts = self._records.feedback.of(user_id, id)
        except QAError:  # deleted meanwhile, in another window
            return conversation
        return tuple(
            replace(exchange, verdict=verdicts.get(exchange.entry)) if exchange.entry else exchange
            for exchange in conversation
        )

    def keeper(self, user_id: int, id: str, *, instead_of: int | None = None) -> Keep:
        """What stores the next exchange; `instead_of`: in place of those from this number on."""
        versions = self._versions()
        after = None if instead_of is None else instead_of - 1

        def keep(exchange: Exchange) -> Exchange:
            entry = self._records.conversations.add(
                user_id, id, dumped(exchange), facts_of(exchange, versions), after=after
            )
            return replace(exchange, entry=entry)

        return keep

    def watched(self, id: str, asking: Asking) -> None:
        """Remember which question of a conversation is being answered."""
        with self._lock:
            running = {key: each for key, each in self._asking.items() if each.pending}
            self._asking = {**running, id: asking}

    def asking(self, id: str) -> Asking | None:
        """The question of a conversation that is being answered now."""
        with self._lock:
            asking = self._asking.get(id)
        return asking if asking and asking.pending else None


def _words_of(data: str, number: int) -> Exchange:
    try:
        stored: Any = json.loads(data)
    except ValueError:
        stored = None
    held = stored if isinstance(stored, dict) else {}
    answer = held.get("answer")
    text = answer.get("text") if isinstance(answer, dict) else held.get("text")
    said = next((each for each in (text, held.get("fault")) if isinstance(each, str)), _UNREADABLE)
    question = held.get("question")
    asked = question if isinstance(question, str) else ""
    return Exchange(number, asked, answer=Answer(said))
