"""Real databases, a SQLite file and one of PostgreSQL's, and a clock that tests set."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

from qa.records.accounts import Role, User
from qa.records.conversations import Facts
from qa.records.records import Records
from tests.servers import Postgres, postgres

NOON = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
"""Noon in Beijing."""
FACTS = Facts(
    question="未履行数据安全保护义务如何处罚？",
    mode="extract",
    model=None,
    refused=False,
    fault=None,
    stopped=False,
    cited=("dsl-45", "dsl-27"),
    first_evidence_ms=120.0,
    total_ms=480.0,
    versions={"index": "a1", "model": "", "prompts": "b2"},
)
XSS = "<img src=x onerror=\"alert('1')\"></script>&amp;\u202e"


def facts(**changes: object) -> Facts:
    return replace(FACTS, **changes)  # type: ignore[arg-type]


only_sqlite = pytest.mark.parametrize("another", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("another", ["postgresql"], indirect=True)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query finds in the database at an address."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def run(url: str, *statements: str) -> None:
    """Change the database at an address behind the program's back."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def file_of(url: str) -> Path:
    """The file of a SQLite database."""
    return Path(url.removeprefix("sqlite:///"))


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def another(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """Addresses of new databases, all of one kind."""
    if request.param == "postgresql":
        # SQLite's tests have seen the real cost of a hash
        cheap = partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
        monkeypatch.setattr("qa.records.passwords.PasswordHasher", cheap)
        running: Postgres = request.getfixturevalue("server")
        return running.database
    numbers = itertools.count(1)
    return lambda: f"sqlite:///{tmp_path / f'data{next(numbers)}' / 'qa.sqlite'}"


@pytest.fixture
def url(another: Callable[[], str]) -> str:
    return another()


@pytest.fixture
def records(url: str, clock: Clock) -> Iterator[Records]:
    with closing(Records.open(url, session_hours=12, now=clock)) as opened:
        yield opened


@pytest.fixture
def person(records: Records) -> Callable[..., User]:
    """Makes a user."""

    def make(name: str, role: Role = "user") -> User:
        records.accounts.create(name, role)
        return records.accounts.named(name)

    return make


@pytest.fixture
def ada(person: Callable[..., User]) -> User:
    return person("ada")


@pytest.fixture
def bo(person: Callable[..., User]) -> User:
    return person("bo")
