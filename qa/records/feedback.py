"""What people think of answers."""

import builtins
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import select

from qa.errors import NotFound, RecordsError
from qa.records.conversations import owned
from qa.records.store import Store
from qa.records.tables import AskedRow, EntryRow, FeedbackRow, UserRow

Verdict = Literal["up", "down"]
REASONS = ("引用不对", "没答到点上", "过时", "其他")
COMMENT_CHARS = 1000


@dataclass(frozen=True)
class Given:
    """A verdict with the exchange that it is about."""

    entry_id: int
    user: str
    verdict: Verdict
    reasons: tuple[str, ...]
    comment: str
    given: datetime
    question: str
    data: str
    """The exchange as the page made it: answer and passages."""
    versions: dict[str, str]


class Feedback:
    """Verdicts on exchanges: one a person and exchange."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(
        self,
        user_id: int,
        entry_id: int,
        verdict: Verdict,
        reasons: Collection[str] = (),
        comment: str = "",
    ) -> None:
        """Set the verdict; a newer one replaces it.

        Raises:
            NotFound: the exchange does not exist or belongs to somebody else.
            RecordsError: an unknown reason, or a comment that is too long.
        """
        if verdict not in get_args(Verdict) or not set(reasons) <= set(REASONS):
            raise RecordsError(f"反馈的理由只能是{'、'.join(REASONS)}；请重新选择。")
        if len(comment) > COMMENT_CHARS:
            raise RecordsError(f"说明最多 {COMMENT_CHARS} 个字；请写短一些。")
        with self._store.writing() as session:
            entry = session.get(EntryRow, entry_id)
            if entry is None:
                raise NotFound("没有找到这个对话；请从对话列表里另选一个。")
            owned(session, user_id, entry.conversation_id)
            row = session.scalar(
                select(FeedbackRow).where(
                    FeedbackRow.user_id == user_id, FeedbackRow.entry_id == entry_id
                )
            ) or FeedbackRow(user_id=user_id, entry_id=entry_id)
            row.verdict, row.comment, row.given = verdict, comment, self._store.now()
            row.reasons = [one for one in REASONS if one in reasons]
            session.add(row)

    def of(self, user_id: int, conversation_id: str) -> dict[int, Verdict]:
        """The verdicts in a conversation, by exchange.

        Raises:
            NotFound: the conversation does not exist or belongs to somebody else.
        """
        query = (
            select(FeedbackRow.entry_id, FeedbackRow.verdict)
            .join(EntryRow)
            .where(EntryRow.conversation_id == conversation_id, FeedbackRow.user_id == user_id)
        )
        with self._store.reading() as session:
            owned(session, user_id, conversation_id)
            return {entry: cast(Verdict, verdict) for entry, verdict in session.execute(query)}

    def all(self, limit: int = 200, verdict: Verdict | None = None) -> builtins.list[Given]:
        """Everybody's, newest first: for those who run the installation."""
        query = (
            select(FeedbackRow, EntryRow, UserRow.name, AskedRow.versions)
            .join(EntryRow, FeedbackRow.entry_id == EntryRow.id)
            .join(UserRow, FeedbackRow.user_id == UserRow.id)
            .join(AskedRow, AskedRow.entry_id == EntryRow.id)
            .order_by(FeedbackRow.given.desc(), FeedbackRow.id.desc())
            .limit(limit)
        )
        if verdict is not None:
            query = query.where(FeedbackRow.verdict == verdict)
        with self._store.reading() as session:
            return [
                Given(
                    entry_id=entry.id,
                    user=name,
                    verdict=cast(Verdict, row.verdict),
                    reasons=tuple(row.reasons),
                    comment=row.comment,
                    given=row.given,
                    question=entry.question,
                    data=entry.data,
                    versions=versions,
                )
                for row, entry, name, versions in session.execute(query)
            ]
