"""API keys: for the programs of one person."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError
from qa.records.passwords import digest
from qa.records.tables import KeyRow

PREFIX = "dlq_"
LABEL_CHARS = 60


@dataclass(frozen=True)
class Key:
    """A key as its owner sees it; the key itself is shown once, when it is made."""

    id: int
    label: str
    created: datetime
    last_used: datetime | None


def create(session: Session, user_id: int, label: str, now: datetime) -> str:
    """A new key.

    Raises:
        RecordsError: the label is empty or too long.
    """
    label = " ".join(label.split())
    if not 0 < len(label) <= LABEL_CHARS:
        raise RecordsError(f"密钥的名称要有 1 至 {LABEL_CHARS} 个字；请写明用在哪里。")
    key = PREFIX + secrets.token_urlsafe(32)
    session.add(KeyRow(user_id=user_id, label=label, hash=digest(key), created=now, used=None))
    return key


def of(session: Session, user_id: int) -> list[Key]:
    """Oldest first."""
    query = select(KeyRow).where(KeyRow.user_id == user_id).order_by(KeyRow.id)
    return [Key(row.id, row.label, row.created, row.used) for row in session.scalars(query)]


def revoke(session: Session, user_id: int, key_id: int) -> None:
    """It is worth nothing any more.

    Raises:
        NotFound: the key does not exist or belongs to somebody else.
    """
    row = session.get(KeyRow, key_id)
    if row is None or row.user_id != user_id:
        raise NotFound("没有这个密钥；请刷新页面再看。")
    session.delete(row)
