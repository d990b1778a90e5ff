"""The tables. Whoever changes them adds a migration; a test compares the two."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_OWNED = "CASCADE"
_FRESH_NUMBERS = {"sqlite_autoincrement": True}


class Moment(TypeDecorator[datetime]):
    """A time with its zone; it lies in the database as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Out of the database."""
        return None if value is None else value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """What people write; the one character that PostgreSQL does not take becomes a mark."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Into the database."""
        return None if value is None else value.replace("\x00", "\N{REPLACEMENT CHARACTER}")


class Base(DeclarativeBase):
    """Every table; numbers of deleted rows are never given out again."""

    __table_args__: Any = _FRESH_NUMBERS
    type_annotation_map: ClassVar[Any] = {
        datetime: Moment,
        str: Words,
        float: Float,
        list[str]: JSON,
        dict[str, str]: JSON,
    }
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UserRow(Base):
    """A person; nobody is ever deleted, only deactivated."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(collation="NOCASE"), unique=True)
    role: Mapped[str]
    active: Mapped[bool]
    must_change: Mapped[bool]
    password: Mapped[str | None]
    """argon2; none for somebody who cannot sign in here."""
    created: Mapped[datetime]


class SessionRow(Base):
    """Somebody who is signed in."""

    __tablename__ = "sessions"
    __table_args__ = ()
    hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED), index=True)
    created: Mapped[datetime]
    used: Mapped[datetime]


class KeyRow(Base):
    """A key for programs."""

    __tablename__ = "api_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED), index=True)
    label: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime]
    used: Mapped[datetime | None]


class AttemptRow(Base):
    """An attempt to sign in that did not succeed."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class QuotaRow(Base):
    """How many requests of a kind somebody has had within a minute."""

    __tablename__ = "quotas"
    __table_args__ = ()
    whose: Mapped[str] = mapped_column(primary_key=True)
    """A user's id, or the address of somebody who is not signed in."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[int] = mapped_column(index=True)
    had: Mapped[int]


class InstallationRow(Base):
    """What belongs to this installation alone; one row."""

    __tablename__ = "installation"
    __table_args__ = ()
    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[bytes]


class ConversationRow(Base):
    """A conversation of one person."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "user_id", "updated"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED))
    title: Mapped[str]
    pinned: Mapped[bool]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class EntryRow(Base):
    """A question and what was answered."""

    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete=_OWNED), index=True
    )
    question: Mapped[str]
    data: Mapped[str]
    added: Mapped[datetime]


class AskedRow(Base):
    """What is counted of a question; it holds no words, and outlives its conversation."""

    __tablename__ = "asked"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("entries.id", ondelete="SET NULL"), unique=True
    )
    """None for what a program asked, and for what was deleted since."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    mode: Mapped[str]
    model: Mapped[str | None]
    refused: Mapped[bool]
    fault: Mapped[str | None]
    stopped: Mapped[bool]
    first_evidence_ms: Mapped[float | None]
    total_ms: Mapped[float | None]
    versions: Mapped[dict[str, str]]


class CitedRow(Base):
    """A provision that an answer cited."""

    __tablename__ = "cited"
    __table_args__ = ()
    asked_id: Mapped[int] = mapped_column(
        ForeignKey("asked.id", ondelete=_OWNED), primary_key=True, autoincrement=False
    )
    provision_id: Mapped[str] = mapped_column(primary_key=True)


class FeedbackRow(Base):
    """What somebody thinks of an answer."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("user_id", "entry_id"),
        _FRESH_NUMBERS,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete=_OWNED), index=True)
    verdict: Mapped[str]
    reasons: Mapped[list[str]]
    comment: Mapped[str]
    given: Mapped[datetime]


class ClipRow(Base):
    """Evidence that somebody put aside."""

    __tablename__ = "clips"
    __table_args__ = (
        UniqueConstraint("user_id", "provision_id", "quote"),
        _FRESH_NUMBERS,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED))
    place: Mapped[int]
    """Its place in the list of its owner, from 0."""
    provision_id: Mapped[str]
    title: Mapped[str]
    locator: Mapped[str]
    quote: Mapped[str]
    note: Mapped[str]
    added: Mapped[datetime]


class DraftRow(Base):
    """A draft of a briefing."""

    __tablename__ = "drafts"
    __table_args__ = (Index(None, "user_id", "changed"), _FRESH_NUMBERS)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=_OWNED))
    title: Mapped[str]
    request: Mapped[str]
    """JSON: what is asked for, and its outline."""
    briefing: Mapped[str | None]
    """JSON, with what was edited; none before it is written."""
    index: Mapped[str]
    """Fingerprint of the corpus that it was written from."""
    created: Mapped[datetime]
    changed: Mapped[datetime]


class ChangeRow(Base):
    """Something that was changed for everybody."""

    __tablename__ = "changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[str]
    detail: Mapped[str]
