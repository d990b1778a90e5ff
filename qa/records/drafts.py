"""Drafts of briefings: what was asked for, and what has become of it so far."""

import builtins
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError
from qa.records.store import Store
from qa.records.tables import DraftRow, UserRow

TITLE_CHARS = 100
LONGEST = 1_000_000
"""Characters of a draft: ten times those of a long one."""
MOST = 200
"""Drafts of one person."""


@dataclass(frozen=True)
class Summary:
    """A draft in the list of its owner."""

    id: int
    title: str
    written: bool
    """There is a briefing, not only an outline."""
    index: str
    created: datetime
    changed: datetime


@dataclass(frozen=True)
class Draft:
    """A draft as it was saved last."""

    id: int
    title: str
    request: str
    """JSON: what is asked for, and its outline."""
    briefing: str | None
    """JSON, with what was edited; None before it is written."""
    index: str
    """Fingerprint of the corpus that it was written from."""
    changed: datetime


class Drafts:
    """The drafts of everybody.

    Raises, from every method that takes a draft's id:
        NotFound: the draft does not exist or belongs to somebody else.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(
        self,
        user_id: int,
        title: str,
        request: str,
        briefing: str | None,
        index: str,
        id: int | None = None,
    ) -> int:
        """Keep a draft, a new one where there is no `id` yet; its id.

        Raises:
            RecordsError: the draft is too long, or one too many.
        """
        if len(request) + len(briefing or "") > LONGEST:
            raise RecordsError("这份简报太长，没有存下来；请减少条文或部分，或者分成几份。")
        now = self._store.now()
        with self._store.writing() as session:
            row = _owned(session, user_id, id) if id is not None else _new(session, user_id, now)
            row.title, row.request = _titled(title), request
            row.briefing, row.index, row.changed = briefing, index, now
            session.add(row)
            session.flush()
            return row.id

    def list(self, user_id: int) -> builtins.list[Summary]:
        """Those of one person, the one that was changed last first."""
        written = DraftRow.briefing.is_not(None)
        columns = (DraftRow.index, DraftRow.created, DraftRow.changed)
        query = (
            select(DraftRow.id, DraftRow.title, written, *columns)
            .where(DraftRow.user_id == user_id)
            .order_by(DraftRow.changed.desc(), DraftRow.id.desc())
        )
        with self._store.reading() as session:
            return [Summary(*row) for row in session.execute(query)]

    def open(self, user_id: int, id: int) -> Draft:
        """The whole draft."""
        with self._store.reading() as session:
            row = _owned(session, user_id, id)
            return Draft(row.id, row.title, row.request, row.briefing, row.index, row.changed)

    def rename(self, user_id: int, id: int, title: str) -> None:
        """Give it another title.

        Raises:
            RecordsError: the title is empty.
        """
        if not title.strip():
            raise RecordsError("标题不能是空的；请写一个标题。")
        with self._store.writing() as session:
            _owned(session, user_id, id).title = _titled(title)

    def delete(self, user_id: int, id: int) -> None:
        """Throw it away."""
        with self._store.writing() as session:
            session.delete(_owned(session, user_id, id))


def _new(session: Session, user_id: int, now: datetime) -> DraftRow:
    if session.get(UserRow, user_id) is None:
        raise NotFound("没有这个用户；请重新登录。")
    count = select(func.count()).select_from(DraftRow).where(DraftRow.user_id == user_id)
    if session.scalar(count) == MOST:
        raise RecordsError(f"简报草稿最多存 {MOST} 份；请先删去不用的。")
    return DraftRow(user_id=user_id, created=now)


def _owned(session: Session, user_id: int, id: int) -> DraftRow:
    row = session.get(DraftRow, id)
    if row is None or row.user_id != user_id:
        raise NotFound("没有找到这份简报草稿；它可能已经删去，请从草稿列表里打开。")
    return row


def _titled(title: str) -> str:
    return " ".join(title.split())[:TITLE_CHARS]
