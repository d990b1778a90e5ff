"""The log of what was changed for everybody."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from qa.records.store import Store
from qa.records.tables import ChangeRow, UserRow

COMMAND_LINE = "命令行"


@dataclass(frozen=True)
class Change:
    """Who changed what, and when."""

    when: datetime
    user: str
    """Their name; `命令行` for what came from there."""
    what: str
    detail: str


class Changes:
    """The log; nothing is ever taken out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def log(self, user_id: int | None, what: str, detail: str) -> None:
        """Append a line; `user_id` is None for the command line."""
        with self._store.writing() as session:
            session.add(ChangeRow(user_id=user_id, at=self._store.now(), what=what, detail=detail))

    def recent(self, n: int) -> list[Change]:
        """The last `n`, newest first."""
        query = (
            select(ChangeRow, UserRow.name)
            .outerjoin(UserRow, ChangeRow.user_id == UserRow.id)
            .order_by(ChangeRow.id.desc())
            .limit(n)
        )
        with self._store.reading() as session:
            return [
                Change(row.at, name or COMMAND_LINE, row.what, row.detail)
                for row, name in session.execute(query)
            ]
