"""The database of one installation."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from qa.errors import RecordsError
from qa.records.accounts import Accounts
from qa.records.changes import Changes
from qa.records.clips import Clips
from qa.records.conversations import Conversations
from qa.records.drafts import Drafts
from qa.records.feedback import Feedback
from qa.records.migrations import revision, upgrade
from qa.records.store import Store, failing
from qa.records.usage import Usage

_SQLITE = b"SQLite format 3\x00"


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class Records:
    """What people leave behind. Any number of threads may use it at once.

    Every method of its parts is one transaction, and on the disk when it returns.
    """

    def __init__(self, store: Store, session_hours: float) -> None:
        self._store = store
        self.accounts = Accounts(store, session_hours)
        self.conversations = Conversations(store)
        self.feedback = Feedback(store)
        self.clips = Clips(store)
        self.drafts = Drafts(store)
        self.usage = Usage(store)
        self.changes = Changes(store)

    @classmethod
    def open(
        cls, url: str, *, session_hours: float = 12, now: Callable[[], datetime] = utc_now
    ) -> Self:
        """The database at `url`, made where it is missing, with the tables of this program.

        Raises:
            RecordsError: the address is not one of a SQLite file; the file is damaged, cannot
                be written, is not ours, or comes from a newer program.
        """
        path = path_of(url)
        _make(path)
        store = Store(path, now)
        try:
            with failing(path):
                upgrade(store.engine, path)
                return cls(store, session_hours)
        except BaseException:
            store.close()
            raise

    def backup(self, to: Path) -> None:
        """Copy everything as it is at this moment, while the program goes on.

        Raises:
            RecordsError: the place cannot be written, or holds something else.
        """
        to = to.absolute()
        if to.is_dir() or (to.exists() and not _may_replace(to, self._store.path)):
            raise RecordsError(f"{to} 不是以前的备份，不能覆盖；请换一个文件名。")
        part = to.with_name(to.name + ".part")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            with failing(self._store.path):
                _copy(self._store.path, part)
            part.replace(to)
        except OSError as error:
            raise RecordsError(
                f"备份写不到 {to}（{error.strerror}）；请检查文件夹的权限和磁盘空间。"
            ) from error
        finally:
            if part.parent.is_dir():
                part.unlink(missing_ok=True)

    def try_writing(self) -> None:
        """Begin to write, and leave it at that.

        Raises:
            RecordsError: the file cannot be written.
        """
        with self._store.writing() as session:
            session.connection()

    @property
    def revision(self) -> str:
        """The step of the migrations that the tables stand at."""
        return revision(self._store.engine) or ""

    def close(self) -> None:
        """Give the file up."""
        self._store.close()


def path_of(url: str) -> Path:
    """The file of a database address such as `sqlite:////srv/qa/data/qa.sqlite`."""
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise RecordsError(_address(url)) from error
    if parts.get_backend_name() != "sqlite" or not parts.database or ":memory:" in parts.database:
        raise RecordsError(_address(url))
    return Path(parts.database).absolute()


def _address(url: str) -> str:
    return f"数据库地址 {url} 不可用；请把 database_url 设为 sqlite:///文件路径。"


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # it holds secrets; SQLite gives its side files the same mode
    except OSError as error:
        raise RecordsError(
            f"数据库文件 {path} 建不了（{error.strerror}）；请检查文件夹的权限和磁盘空间。"
        ) from error


def _may_replace(file: Path, database: Path) -> bool:
    if file.samefile(database):
        return False
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE)) in (_SQLITE, b"")


def _copy(database: Path, to: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)  # in one step: writers go on, the copy does not see them
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without side files
        ((verdict,), *_) = target.execute("PRAGMA integrity_check").fetchall()
    if verdict != "ok":
        raise RecordsError(f"数据库文件 {database} 有损坏，备份没有做成；请用以前的备份恢复。")
    with to.open("rb") as written:
        os.fsync(written.fileno())
