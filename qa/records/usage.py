"""How the installation is used, in plain numbers. Days are those of China (UTC+8)."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, and_, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from qa.records.conversations import Facts, count
from qa.records.store import Store
from qa.records.tables import AskedRow, CitedRow, ConversationRow, EntryRow, FeedbackRow, UserRow
from qa.records.users import LOCAL

BEIJING = timezone(timedelta(hours=8))
_Took = tuple[float | None, float | None, bool]
"""The first evidence, the whole answer, and whether it was stopped."""


@dataclass(frozen=True)
class Day:
    """One day's counts."""

    date: date
    questions: int
    refused: int
    faults: int
    users: int
    """How many people asked."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds, wall clock; None where nothing was measured."""

    first_evidence_p50: float | None
    first_evidence_p95: float | None
    total_p50: float | None
    """Of answers that were not stopped."""
    total_p95: float | None


@dataclass(frozen=True)
class Unanswered:
    """A question that was refused, or whose answer got a thumbs-down."""

    entry_id: int
    question: str
    asked: datetime
    why: Literal["refused", "down"]


@dataclass(frozen=True)
class Totals:
    """Since the installation began."""

    users: int
    """Who may use it now."""
    conversations: int
    questions: int
    refused: int
    faults: int
    up: int
    down: int


class Usage:
    """What was asked, and how it went."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, user_id: int, facts: Facts) -> None:
        """Count a question that belongs to no conversation; its words are not stored."""
        with self._store.writing() as session:
            count(session, user_id, self._store.now(), facts)

    def by_day(self, days: int) -> list[Day]:
        """The last `days` days, today last; days without a question have zeros."""
        day = _Day(AskedRow.at)
        query = (
            select(
                day,
                func.count(),
                func.count().filter(AskedRow.refused),
                func.count(AskedRow.fault),
                func.count(AskedRow.user_id.distinct()),
            )
            .where(AskedRow.at >= self._since(days))
            .group_by(day)
        )
        with self._store.reading() as session:
            found = {date.fromisoformat(one): counts for one, *counts in session.execute(query)}
        return [Day(one, *found.get(one, (0, 0, 0, 0))) for one in self._days(days)]

    def latency(self, days: int) -> Latency:
        """How long answers took in the last `days` days."""
        return _latency([took for _, took in self._took(days)])

    def latency_by_day(self, days: int) -> dict[date, Latency]:
        """How long answers took on each of the last `days` days; all of them are keys."""
        took: dict[date, list[_Took]] = {day: [] for day in self._days(days)}
        for at, one in self._took(days):
            took[at.astimezone(BEIJING).date()].append(one)
        return {day: _latency(of_day) for day, of_day in took.items()}

    def _took(self, days: int) -> list[tuple[datetime, _Took]]:
        took = (AskedRow.first_evidence_ms, AskedRow.total_ms, AskedRow.stopped)
        query = select(AskedRow.at, *took).where(AskedRow.at >= self._since(days))
        with self._store.reading() as session:
            return [
                (at, (first, total, stopped))
                for at, first, total, stopped in session.execute(query)
            ]

    def top_cited(self, days: int, n: int) -> list[tuple[str, int]]:
        """The provisions that most answers of the last `days` days cited, with how many."""
        count = func.count()
        query = (
            select(CitedRow.provision_id, count)
            .join(AskedRow, CitedRow.asked_id == AskedRow.id)
            .where(AskedRow.at >= self._since(days))
            .group_by(CitedRow.provision_id)
            .order_by(count.desc(), CitedRow.provision_id)
            .limit(n)
        )
        with self._store.reading() as session:
            return [(provision, cited) for provision, cited in session.execute(query)]

    def unanswered(self, days: int, n: int) -> list[Unanswered]:
        """The newest of the last `days` days, as far as their conversations still exist."""
        down = and_(FeedbackRow.entry_id == EntryRow.id, FeedbackRow.verdict == "down")
        query = (
            select(EntryRow.id, EntryRow.question, EntryRow.added, AskedRow.refused)
            .join(AskedRow, AskedRow.entry_id == EntryRow.id)
            .outerjoin(FeedbackRow, down)
            .where(AskedRow.at >= self._since(days))
            .where(or_(AskedRow.refused, FeedbackRow.id.is_not(None)))
            .order_by(EntryRow.id.desc())
            .limit(n)
        )
        with self._store.reading() as session:
            return [
                Unanswered(id, question, asked, "refused" if refused else "down")
                for id, question, asked, refused in session.execute(query)
            ]

    def totals(self) -> Totals:
        """Everything counted once."""
        with self._store.reading() as session:
            return Totals(
                users=_count(session, UserRow.active & (UserRow.name != LOCAL)),
                conversations=_count(session, ConversationRow.id.is_not(None)),
                questions=_count(session, AskedRow.id.is_not(None)),
                refused=_count(session, AskedRow.refused.is_(True)),
                faults=_count(session, AskedRow.fault.is_not(None)),
                up=_count(session, FeedbackRow.verdict == "up"),
                down=_count(session, FeedbackRow.verdict == "down"),
            )

    def _days(self, days: int) -> list[date]:
        first = self._since(days).date()
        return [first + timedelta(days=n) for n in range(days)]

    def _since(self, days: int) -> datetime:
        today = self._store.now().astimezone(BEIJING).date()
        return datetime.combine(today - timedelta(days=days - 1), time(), BEIJING)


def _count(session: Session, rows: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(rows)) or 0


def _latency(took: Sequence[_Took]) -> Latency:
    first = _p50_p95([first for first, _, _ in took if first is not None])
    total = _p50_p95([total for _, total, stopped in took if total is not None and not stopped])
    return Latency(*first, *total)


def _p50_p95(values: Sequence[float]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    if len(values) == 1:
        return values[0], values[0]
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]


class _Day(GenericFunction[str]):
    """The day of a moment in China, as ISO 8601."""

    type = String()
    inherit_cache = True


@compiles(_Day, "sqlite")
def _day_in_sqlite(day: _Day, compiler: SQLCompiler, **how: Any) -> str:
    return f"date({compiler.process(day.clauses, **how)}, '+8 hours')"


@compiles(_Day, "postgresql")
def _day_in_postgresql(day: _Day, compiler: SQLCompiler, **how: Any) -> str:
    return f"to_char({compiler.process(day.clauses, **how)} + interval '8 hours', 'YYYY-MM-DD')"
