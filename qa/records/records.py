"""The database of one installation."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from qa.errors import RecordsError
from qa.records.accounts import Accounts
from qa.records.changes import Changes
from qa.records.clips import Clips
from qa.records.conversations import Conversations
from qa.records.databases import Sqlite, database_of
from qa.records.drafts import Drafts
from qa.records.feedback import Feedback
from qa.records.migrations import revision, upgrade
from qa.records.quotas import Quotas
from qa.records.store import Store, failing
from qa.records.usage import Usage


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class Records:
    """What people leave behind. Any number of threads and processes may use it at once.

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
        self.quotas = Quotas(store)

    @classmethod
    def open(
        cls, url: str, *, session_hours: float = 12, now: Callable[[], datetime] = utc_now
    ) -> Self:
        """The database at `url`, made where it is missing, with the tables of this program.

        Raises:
            RecordsError: the address is none of a database; the database is damaged, out of
                reach, cannot be written, is not ours, or comes from a newer program.
        """
        database = database_of(url)
        database.make()
        store = Store(database, now)
        try:
            with failing(database):
                upgrade(store.engine, database)
                return cls(store, session_hours)
        except BaseException:
            store.close()
            raise

    def backup(self, to: Path) -> None:
        """Copy everything as it is at this moment, while the program goes on.

        Raises:
            RecordsError: the place cannot be written, or holds something else.
        """
        to, database = to.absolute(), self._store.database
        if to.is_dir() or (to.exists() and not database.is_backup(to)):
            raise RecordsError(f"{to} 不是以前的备份，不能覆盖；请换一个文件名。")
        part = to.with_name(to.name + ".part")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            with failing(database):
                database.backup(part)
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
            RecordsError: the database cannot be written.
        """
        with self._store.writing() as session:
            session.connection()

    @property
    def revision(self) -> str:
        """The step of the migrations that the tables stand at."""
        return revision(self._store.engine) or ""

    def close(self) -> None:
        """Give the database up."""
        self._store.close()


def path_of(url: str) -> Path | None:
    """The file of a SQLite database; None where a server keeps it."""
    database = database_of(url)
    return database.path if isinstance(database, Sqlite) else None


def restore(url: str, file: Path) -> str:
    """Put a backup in the place of everything in the database at `url`; a sentence on the old.

    Raises:
        RecordsError: the file is no whole backup of such a database, or this one is in use.
    """
    database = database_of(url)
    if not file.is_file() or not file.stat().st_size or not database.is_backup(file):
        raise RecordsError(f"{file} 不是 qa db backup 为这种数据库做的备份；请换一个文件。")
    with failing(database):
        return database.restore(file)
