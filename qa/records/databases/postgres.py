"""A database of a PostgreSQL server, which several machines may share."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event

from qa.errors import RecordsError

_PATIENCE = "10s"
"""How long a writer waits for another process."""
_CONNECT_S = 5
_WRITER = 0x716164622D777274
"""The number of the lock that whoever writes holds; any, but the same for all workers."""
_DUMP = b"PGDMP"
_BUSY = ("55P03", "40P01", "57014", "53300")
"""SQLSTATE: lock not available, deadlock, statement cancelled, too many connections."""
_UNWRITABLE = ("25006", "42501", "53100", "58030")
"""SQLSTATE: read-only, no privilege, disk full, I/O error."""


class Postgres:
    """PostgreSQL 14 or newer, built with ICU, as Debian's is."""

    def __init__(self, url: URL) -> None:
        """Take its address.

        Raises:
            RecordsError: the driver is not installed.
        """
        if importlib.util.find_spec("psycopg") is None:
            raise RecordsError(
                "用 PostgreSQL 要先安装它的驱动：pip install 'data-law-qa[postgres]'；"
                "或者把 database_url 设为 sqlite:///文件路径。"
            )
        self._url = url.set(drivername="postgresql+psycopg")

    @property
    def name(self) -> str:
        """The address without its password."""
        return f"数据库 {self._url.render_as_string()}"

    def make(self) -> None:
        """The database itself is made by whoever runs the server."""

    def engine(self) -> Engine:
        """A writer waits its turn before it reads; a reader sees one moment."""
        engine = create_engine(
            self._url,
            pool_pre_ping=True,  # a restart of the server costs nobody an answer
            connect_args={
                "connect_timeout": _CONNECT_S,
                "options": f"-c lock_timeout={_PATIENCE} -c timezone=UTC",
            },
        )
        event.listen(engine, "begin", _begin)
        return engine

    def sentence(self, error: BaseException | None) -> str:
        """By SQLSTATE."""
        state = getattr(error, "sqlstate", None) or ""
        if state in _BUSY:
            return "数据库正忙，这一次没有存下来；请稍后再试。"
        said = " ".join(str(error).split())
        if state in _UNWRITABLE:
            return f"{self.name} 不能写（{said}）；请检查它的权限和磁盘空间。"
        if not state or state.startswith(("08", "28", "3D", "57P")):
            return (
                f"{self.name} 连不上（{said}）；请检查 database_url，并确认 PostgreSQL 正在运行。"
            )
        return f"{self.name} 不可用（{said}）；请查看 PostgreSQL 的日志。"

    @contextmanager
    def upgrading(self, connection: Connection) -> Iterator[None]:
        """Its transactions hold changes of tables too."""
        yield

    def check(self, connection: Connection) -> None:
        """The server looks after what refers to what at every moment."""

    def backup(self, to: Path) -> None:
        """What `pg_dump` writes in one transaction of its own."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")

    def is_backup(self, file: Path) -> bool:
        """By its first bytes."""
        with file.open("rb") as opened:
            return opened.read(len(_DUMP)) in (_DUMP, b"")

    def restore(self, file: Path) -> str:
        """In one transaction of `pg_restore`: everything, or nothing."""
        how = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        self._run("pg_restore", *how, str(file))
        return "原来的内容已由备份代替。"

    def _run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program)
        if found is None:
            raise RecordsError(
                f"没有找到 {program}；请安装 PostgreSQL 的客户端（Debian：postgresql-client），"
                "或在数据库服务器上备份和恢复。"
            )
        bare = self._url.set(drivername="postgresql", password=None)
        ran = subprocess.run(
            [found, f"--dbname={bare.render_as_string()}", *arguments],
            # not among the arguments, which every user of the machine may read
            env={**os.environ, "PGPASSWORD": str(self._url.password or "")},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            said = " ".join(ran.stderr.split())[-300:]
            raise RecordsError(f"{program} 没有做成（{said}）；请检查 {self.name}。")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
