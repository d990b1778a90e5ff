"""Debian's servers for a test: each in a folder of its own, gone when the test is over."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

NOBODY = "postgres" if os.getuid() == 0 else None
"""PostgreSQL does not run as root; Debian's package makes this user."""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


Process = subprocess.Popen[str]


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


_AROUND = """\
{user}
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    add_header X-Worker $upstream_addr always;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


@contextmanager
def nginx(site: str, folder: Path) -> Iterator[None]:
    """Debian's nginx with one site's configuration; every answer says which worker gave it."""
    user = "user root;" if os.getuid() == 0 else ""
    conf = _AROUND.format(user=user, folder=folder, site=site)
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


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[tuple[str, Process]]:
    """The address of `qa serve`, and its process; its records lie in the folder.

    Args:
        options: besides `--llm none`.
        environment: settings, by their names without `QA_`, in capitals.
    """
    told = {
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{folder}/qa.sqlite",
        "RUNS_DIR": f"{folder}/runs",
        **environment,
    }
    command = [Path(sys.executable).with_name("qa"), "serve", "--llm", "none", *options]
    with subprocess.Popen(
        command,
        env={**os.environ, **{f"QA_{name}": value for name, value in told.items()}},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line, "qa serve did not start"
            yield line.partition("：")[2].split()[0], process
        finally:
            process.kill()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
