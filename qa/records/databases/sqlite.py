"""One SQLite file."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from qa.errors import RecordsError

_PATIENCE_MS = 10_000
"""How long a writer waits for another process."""
_RESTORE = "请停下程序，用 qa db restore 恢复以前的备份。"
_SQLITE = b"SQLite format 3\x00"
_SIDES = ("", "-wal", "-shm")
"""The file, and those that SQLite keeps beside it."""


class Sqlite:
    """A file that this machine's processes share."""

    def __init__(self, path: str) -> None:
        self.path = Path(path).absolute()

    @property
    def name(self) -> str:
        """The file."""
        return f"数据库文件 {self.path}"

    def make(self) -> None:
        """An empty file, of its owner alone."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                self.path.touch(mode=0o600)  # it holds secrets; its side files get the same mode
        except OSError as error:
            raise RecordsError(
                f"{self.name} 建不了（{error.strerror}）；请检查文件夹的权限和磁盘空间。"
            ) from error

    def engine(self) -> Engine:
        """Every transaction that writes waits its turn before it reads."""
        url = URL.create("sqlite", database=str(self.path))
        engine = create_engine(url, connect_args={"isolation_level": None})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def sentence(self, error: BaseException | None) -> str:
        """By the names of SQLite's result codes."""
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return f"{self.name} 已损坏；{_RESTORE}"
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return "数据库正忙，这一次没有存下来；请稍后再试。"
        if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR")):
            return f"{self.name} 不能读写（{error}）；请检查文件夹的权限和磁盘空间。"
        return f"{self.name} 不可用（{error}）；{_RESTORE}"

    @contextmanager
    def upgrading(self, connection: Connection) -> Iterator[None]:
        """Tables may be made anew, so what refers to them is not looked at meanwhile.

        Before that the file is looked through, so that damage is told now and not by an answer.
        """
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise RecordsError(f"{self.name} 已损坏；{_RESTORE}")
        connection.rollback()
        _without_transaction(connection, "PRAGMA journal_mode=WAL")
        _without_transaction(connection, "PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            _without_transaction(connection, "PRAGMA foreign_keys=ON")

    def check(self, connection: Connection) -> None:
        """Whether every record has what it belongs to."""
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RecordsError(f"{self.name} 里的记录对不上；请用以前的备份恢复。")

    def backup(self, to: Path) -> None:
        """In one step: writers go on, the copy does not see them."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without side files
            whole = _is_whole(target)
        if not whole:
            raise RecordsError(f"{self.name} 有损坏，备份没有做成；请用以前的备份恢复。")
        with to.open("rb") as written:
            os.fsync(written.fileno())

    def is_backup(self, file: Path) -> bool:
        """By its first bytes; the database itself is none."""
        if self.path.exists() and file.samefile(self.path):
            return False
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE)) in (_SQLITE, b"")

    def restore(self, file: Path) -> str:
        """The old file, damaged or not, stays beside under another name."""
        part = self.path.with_name(self.path.name + ".part")
        try:
            self.make()
            part.touch(mode=0o600)
            shutil.copyfile(file, part)
            with closing(sqlite3.connect(part)) as copy:
                if not _is_whole(copy):
                    raise RecordsError(f"{file} 有损坏，没有恢复；请换一份备份。")
            self._be_alone()
            old = f"{self.path.name}.{datetime.now():%Y%m%d-%H%M%S}"
            for side in _SIDES:
                beside = self.path.with_name(self.path.name + side)
                if beside.exists():
                    beside.rename(self.path.with_name(old + side))
            part.rename(self.path)
        except OSError as error:
            raise RecordsError(
                f"{self.name} 恢复不了（{error.strerror}）；请检查文件夹的权限和磁盘空间。"
            ) from error
        finally:
            part.unlink(missing_ok=True)
        return f"原来的数据库留在旁边的 {old}，核对无误后可以删去。"

    def _be_alone(self) -> None:
        """Whoever has the file open holds a lock that this one cannot be beside."""
        with closing(sqlite3.connect(self.path, timeout=1, isolation_level=None)) as alone:
            try:
                alone.execute("PRAGMA locking_mode=EXCLUSIVE")
                alone.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                    raise RecordsError(
                        f"{self.name} 正在使用；请先停下程序，再恢复备份。"
                    ) from error


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (f"busy_timeout={_PATIENCE_MS}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_whole(database: sqlite3.Connection) -> bool:
    try:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False


def _without_transaction(connection: Connection, pragma: str) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute(pragma)
