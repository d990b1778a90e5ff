"""Failed attempts to sign in, and how long they make somebody wait."""

import math
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from qa.errors import SignInError
from qa.records.tables import AttemptRow

WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 20


def count_in(session: Session, name: str, address: str | None, now: datetime) -> None:
    """Count an attempt before its password is looked at, so that many at once are no way round.

    `address`: None for somebody who is signed in already.

    Raises:
        SignInError: there were too many; this one is not counted.
    """
    # one that lies ahead was made before the clock was set back
    over = (AttemptRow.at <= now - WINDOW) | (AttemptRow.at > now)
    session.execute(delete(AttemptRow).where(over))
    free = _free(session, AttemptRow.name == _folded(name), MOST_BY_NAME, now)
    if address is not None:
        free = max(free, _free(session, AttemptRow.address == address, MOST_BY_ADDRESS, now))
    if free > now:
        minutes = math.ceil((free - now) / timedelta(minutes=1))
        raise SignInError(f"登录失败次数过多；请过 {minutes} 分钟再试。")
    session.add(AttemptRow(name=_folded(name), address=address, at=now))


def forget(session: Session, name: str) -> None:
    """The name has signed in, or has a new password."""
    session.execute(delete(AttemptRow).where(AttemptRow.name == _folded(name)))


def _free(session: Session, whose: ColumnElement[bool], most: int, now: datetime) -> datetime:
    """When fewer than `most` lie within the window."""
    query = select(AttemptRow.at).where(whose).order_by(AttemptRow.at.desc()).offset(most - 1)
    nth = session.scalar(query.limit(1))
    return now if nth is None else nth + WINDOW


def _folded(name: str) -> str:
    return name.casefold()
