"""摘录夹: the evidence that somebody put aside, in an order of their own."""

import builtins
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError
from qa.records.store import Store
from qa.records.tables import ClipRow, UserRow

NOTE_CHARS = 1000


@dataclass(frozen=True)
class Clip:
    """A quote from a provision, with a note of whoever put it aside."""

    id: int
    provision_id: str
    title: str
    locator: str
    quote: str
    note: str
    added: datetime


class Clips:
    """The clips of everybody.

    Raises, from every method that takes a clip's id:
        NotFound: the clip does not exist or belongs to somebody else.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, user_id: int, provision_id: str, title: str, locator: str, quote: str) -> int:
        """Append a clip; its id, also where the same quote is there already."""
        with self._store.writing() as session:
            if session.get(UserRow, user_id) is None:
                raise NotFound("没有这个用户；请重新登录。")
            there = _of(session, user_id)
            for row in there:
                if (row.provision_id, row.quote) == (provision_id, quote):
                    return row.id
            row = ClipRow(
                user_id=user_id,
                place=len(there),
                provision_id=provision_id,
                title=title,
                locator=locator,
                quote=quote,
                note="",
                added=self._store.now(),
            )
            session.add(row)
            session.flush()
            return row.id

    def annotate(self, user_id: int, id: int, note: str) -> None:
        """Set its note.

        Raises:
            RecordsError: the note is too long.
        """
        if len(note) > NOTE_CHARS:
            raise RecordsError(f"备注最多 {NOTE_CHARS} 个字；请写短一些。")
        with self._store.writing() as session:
            _owned(session, user_id, id).note = note

    def move(self, user_id: int, id: int, to: int) -> None:
        """Put it at place `to`, from 0; beyond the end is the end."""
        with self._store.writing() as session:
            moved = _owned(session, user_id, id)
            rows = [row for row in _of(session, user_id) if row is not moved]
            rows.insert(max(to, 0), moved)
            _number(rows)

    def remove(self, user_id: int, id: int) -> None:
        """Take it out."""
        with self._store.writing() as session:
            removed = _owned(session, user_id, id)
            _number([row for row in _of(session, user_id) if row is not removed])
            session.delete(removed)

    def clear(self, user_id: int) -> None:
        """Take all of them out."""
        with self._store.writing() as session:
            session.execute(delete(ClipRow).where(ClipRow.user_id == user_id))

    def list(self, user_id: int) -> builtins.list[Clip]:
        """In the order of their owner."""
        with self._store.reading() as session:
            return [
                Clip(
                    row.id,
                    row.provision_id,
                    row.title,
                    row.locator,
                    row.quote,
                    row.note,
                    row.added,
                )
                for row in _of(session, user_id)
            ]


def _of(session: Session, user_id: int) -> list[ClipRow]:
    query = select(ClipRow).where(ClipRow.user_id == user_id)
    return list(session.scalars(query.order_by(ClipRow.place, ClipRow.id)))


def _owned(session: Session, user_id: int, id: int) -> ClipRow:
    row = session.get(ClipRow, id)
    if row is None or row.user_id != user_id:
        raise NotFound("摘录夹里没有这一条；请刷新页面再看。")
    return row


def _number(rows: list[ClipRow]) -> None:
    for place, row in enumerate(rows):
        row.place = place
