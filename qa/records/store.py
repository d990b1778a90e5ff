"""One SQLite file, and the transactions on it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from qa.errors import RecordsError

_PATIENCE_MS = 10_000
"""How long a writer waits for another process."""
_RESTORE = "请停下程序，删去它和旁边的 -wal、-shm 文件，把 qa db backup 做的备份放到原处。"


class Store:
    """Transactions on the database: each is on the disk when its `with` block ends.

    Raises, from either kind of transaction:
        RecordsError: the file is busy, damaged, or cannot be written.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path = path
        self.now = now
        self.engine = _engine(path)
        self._writer = self.engine.execution_options(writes=True)
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """What was committed when the first row is read, and nothing later."""
        with failing(self.path), Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The only writer: nothing changes between what it reads and what it writes."""
        with self._turn, failing(self.path), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the file up."""
        self.engine.dispose()


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """What SQLite complains about, as a sentence."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise RecordsError(_sentence(path, error.orig)) from error
    except sqlite3.DatabaseError as error:
        raise RecordsError(_sentence(path, error)) from error


def _sentence(path: Path, error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"数据库文件 {path} 已损坏；{_RESTORE}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "数据库正忙，这一次没有存下来；请稍后再试。"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR")):
        return f"数据库文件 {path} 不能读写（{error}）；请检查文件夹的权限和磁盘空间。"
    return f"数据库文件 {path} 不可用（{error}）；{_RESTORE}"


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"isolation_level": None}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (f"busy_timeout={_PATIENCE_MS}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
