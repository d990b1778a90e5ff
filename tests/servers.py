"""Debian's servers for a test: each in a folder of its own, gone when the test is over."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

NOBODY = "postgres" if os.getuid() == 0 else None
"""PostgreSQL does not run as root; Debian's package makes this user."""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class Postgres:
    """A PostgreSQL that is up, reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"qa{next(self._numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tester:secret@/{name}?host={self.folder}"

    def _conninfo(self, name: str) -> str:
        return f"host={self.folder} user=tester dbname={name}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Debian's PostgreSQL, as a user without rights."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert found, "没有 PostgreSQL：运行 tests/install-servers.sh"
    folder = Path(tempfile.mkdtemp(prefix="qa-pg-", dir="/tmp"))
    if NOBODY:
        shutil.chown(folder, NOBODY, NOBODY)
    data = str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [found[-1] / program, "--pgdata", data, *arguments],
            user=NOBODY,
            group=NOBODY,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )

    try:
        run("initdb", "--username=tester", "--auth=trust", "--no-sync", "--encoding=UTF8")
        options = " ".join(f"-c {each}" for each in (*QUICK, f"unix_socket_directories={folder}"))
        run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={options}")
        try:
            yield Postgres(folder)
        finally:
            run("pg_ctl", "stop", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


@contextmanager
def nginx(conf: str, folder: Path) -> Iterator[None]:
    """Debian's nginx with the text of its whole configuration, in the foreground of a child."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "没有 nginx：运行 tests/install-servers.sh"
    file = folder / "nginx.conf"
    file.write_text(conf, encoding="utf-8")
    command = [program, "-p", str(folder), "-c", str(file), "-e", str(folder / "error.log")]
    subprocess.run([*command, "-t", "-q"], check=True)
    with subprocess.Popen([*command, "-g", "daemon off;"]) as process:
        try:
            yield
        finally:
            process.terminate()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    """Return when somebody listens at the port."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, f"nobody listens at {port}"
            time.sleep(0.05)
