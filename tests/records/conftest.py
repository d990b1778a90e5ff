"""A real database on the disk, and a clock that tests set."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.records.accounts import Role, User
from qa.records.conversations import Facts
from qa.records.records import Records

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


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


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


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'qa.sqlite'}"


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
