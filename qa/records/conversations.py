"""Conversations: each belongs to one person, and nobody else can tell that it exists."""

import builtins
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError
from qa.records.store import Store
from qa.records.tables import AskedRow, CitedRow, ConversationRow, EntryRow, UserRow

TITLE_CHARS = 60


@dataclass(frozen=True)
class Summary:
    """A conversation in the list."""

    id: str
    title: str
    pinned: bool
    updated: datetime


@dataclass(frozen=True)
class Entry:
    """One exchange."""

    id: int
    data: str
    """JSON of the page's making, opaque here."""


@dataclass(frozen=True)
class Facts:
    """What is counted of an exchange. Times in milliseconds, wall clock."""

    question: str
    mode: str
    model: str | None
    refused: bool
    fault: str | None
    stopped: bool
    cited: tuple[str, ...]
    """The ids of provisions."""
    first_evidence_ms: float | None
    total_ms: float | None
    versions: dict[str, str]
    """Of index, model and prompts."""


class Conversations:
    """The conversations of everybody.

    Raises, from every method that takes a conversation's id:
        NotFound: the conversation does not exist or belongs to somebody else.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, user_id: int, title: str) -> str:
        """A new conversation's id; a long title is cut."""
        title = " ".join(title.split())
        if len(title) > TITLE_CHARS:
            title = title[: TITLE_CHARS - 1] + "…"
        with self._store.writing() as session:
            if session.get(UserRow, user_id) is None:
                raise NotFound("没有这个用户；请重新登录。")
            now = self._store.now()
            row = ConversationRow(
                id=uuid.uuid4().hex,
                user_id=user_id,
                title=title or "新对话",
                pinned=False,
                created=now,
                updated=now,
            )
            session.add(row)
            return row.id

    def list(self, user_id: int, search: str = "", limit: int = 200) -> builtins.list[Summary]:
        """Pinned ones first, then the newest; `search` is looked for in titles and questions."""
        query = select(ConversationRow).where(ConversationRow.user_id == user_id)
        if search := search.strip():
            asked = select(EntryRow.conversation_id).where(
                EntryRow.question.icontains(search, autoescape=True)
            )
            title = ConversationRow.title.icontains(search, autoescape=True)
            query = query.where(or_(title, ConversationRow.id.in_(asked)))
        query = query.order_by(
            ConversationRow.pinned.desc(), ConversationRow.updated.desc(), ConversationRow.id
        )
        with self._store.reading() as session:
            return [
                Summary(row.id, row.title, row.pinned, row.updated)
                for row in session.scalars(query.limit(limit))
            ]

    def entries(self, user_id: int, id: str) -> builtins.list[Entry]:
        """Its exchanges, oldest first."""
        with self._store.reading() as session:
            owned(session, user_id, id)
            return [Entry(row.id, row.data) for row in _of(session, id)]

    def summary(self, user_id: int, id: str) -> Summary:
        """How the list shows it."""
        with self._store.reading() as session:
            row = owned(session, user_id, id)
            return Summary(row.id, row.title, row.pinned, row.updated)

    def add(
        self, user_id: int, id: str, data: str, facts: Facts, *, after: int | None = None
    ) -> int:
        """Append an exchange; its id.

        Args:
            after: put it behind the first so many exchanges, in place of all that follow them.
        """
        with self._store.writing() as session:
            conversation = owned(session, user_id, id)
            if after is not None:
                replaced = [row.id for row in _of(session, id)][max(after, 0) :]
                session.execute(delete(EntryRow).where(EntryRow.id.in_(replaced)))
            conversation.updated = now = self._store.now()
            entry = EntryRow(conversation_id=id, question=facts.question, data=data, added=now)
            session.add(entry)
            session.flush()
            count(session, user_id, now, facts, entry.id)
            return entry.id

    def rename(self, user_id: int, id: str, title: str) -> None:
        """Give it another title.

        Raises:
            RecordsError: the title is empty or too long.
        """
        title = " ".join(title.split())
        if not 0 < len(title) <= TITLE_CHARS:
            raise RecordsError(f"标题要有 1 至 {TITLE_CHARS} 个字；请改一改再保存。")
        with self._store.writing() as session:
            owned(session, user_id, id).title = title

    def pin(self, user_id: int, id: str, pinned: bool) -> None:
        """Keep it at the top of the list, or no longer."""
        with self._store.writing() as session:
            owned(session, user_id, id).pinned = pinned

    def delete(self, user_id: int, id: str) -> None:
        """Delete its words for good; only the counts of its questions stay."""
        with self._store.writing() as session:
            session.delete(owned(session, user_id, id))


def count(
    session: Session, user_id: int, at: datetime, facts: Facts, entry_id: int | None = None
) -> None:
    """Put what is counted of a question, without its words, beside its entry if it has one."""
    asked = AskedRow(
        entry_id=entry_id,
        user_id=user_id,
        at=at,
        mode=facts.mode,
        model=facts.model,
        refused=facts.refused,
        fault=facts.fault,
        stopped=facts.stopped,
        first_evidence_ms=facts.first_evidence_ms,
        total_ms=facts.total_ms,
        versions=facts.versions,
    )
    session.add(asked)
    session.flush()
    session.add_all(
        CitedRow(asked_id=asked.id, provision_id=one) for one in dict.fromkeys(facts.cited)
    )


def owned(session: Session, user_id: int, id: str) -> ConversationRow:
    """The conversation, where it belongs to that user."""
    row = session.get(ConversationRow, id)
    if row is None or row.user_id != user_id:
        raise NotFound("没有找到这个对话；请从对话列表里另选一个。")
    return row


def _of(session: Session, id: str) -> list[EntryRow]:
    query = select(EntryRow).where(EntryRow.conversation_id == id).order_by(EntryRow.id)
    return list(session.scalars(query))
