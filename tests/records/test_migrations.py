import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from qa.errors import RecordsError
from qa.records.migrations import upgrade
from qa.records.records import Records, path_of
from qa.records.store import Store
from qa.records.tables import Base
from tests.records.conftest import rows

FIRST = "0001"


@pytest.fixture
def first(url: str) -> Iterator[Path]:
    """A database as the first version made it, with a row in each of its tables."""
    path = path_of(url)
    path.parent.mkdir()
    store = Store(path, lambda: datetime.now(UTC))
    upgrade(store.engine, path, FIRST)
    store.close()
    day = "2026-01-05 08:00:00.000000"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(f"""
            INSERT INTO users VALUES (7, 'ada', 'admin', 1, 0, 'x', '{day}');
            INSERT INTO sessions VALUES ('h', 7, '{day}', '{day}');
            INSERT INTO api_keys VALUES (3, 7, '脚本', 'k', '{day}', NULL);
            INSERT INTO attempts VALUES (1, 'bo', '10.0.0.7', '{day}');
            INSERT INTO installation VALUES (1, x'00ff');
            INSERT INTO conversations VALUES ('c', 7, '处罚', 1, '{day}', '{day}');
            INSERT INTO entries VALUES (5, 'c', '如何处罚？', '{{}}', '{day}');
            INSERT INTO asked VALUES
                (9, 5, 7, '{day}', 'extract', NULL, 1, NULL, 0, 1.5, 2.5, '{{"index": "a1"}}');
            INSERT INTO cited VALUES (9, 'dsl-45');
        """)
    yield path


def tables(file: Path) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return sorted(str(name) for (name,) in rows(file, query) if name != "alembic_version")


def test_a_database_of_the_first_version_is_upgraded_with_its_rows(first: Path, url: str) -> None:
    old = tables(first)
    before = {table: rows(first, f"SELECT * FROM {table}") for table in old}
    assert "conversations" in old and "feedback" not in old and all(before.values())
    with closing(Records.open(url)) as records:
        ada = records.accounts.named("ada")
        assert records.conversations.list(ada.id)[0].title == "处罚"
        assert records.conversations.entries(ada.id, "c")[0].id == 5
        assert records.accounts.keys(ada.id)[0].created == datetime(2026, 1, 5, 8, tzinfo=UTC)
        assert records.accounts.secret() == b"\x00\xff"
        records.feedback.give(ada.id, 5, "down")
        assert records.feedback.all()[0].versions == {"index": "a1"}
    columns = {table: rows(first, f"SELECT * FROM {table}") for table in old}
    assert columns == before


def test_an_upgrade_does_not_hide_records_that_lost_what_they_belong_to(
    first: Path, url: str
) -> None:
    with closing(sqlite3.connect(first)) as connection, connection:
        connection.execute("DELETE FROM users")
    with pytest.raises(RecordsError, match=r"对不上.*备份.*。$"):
        Records.open(url)


def test_the_migrations_lead_to_the_tables_of_the_program(records: Records, url: str) -> None:
    with create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables(path_of(url)) == sorted(Base.metadata.tables)


def test_the_comparison_sees_a_table_that_no_migration_makes(first: Path, url: str) -> None:
    with create_engine(url).connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert {change[1].name for change in found if change[0] == "add_table"} >= {"feedback", "clips"}


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(first: Path, url: str) -> None:
    with closing(sqlite3.connect(first)) as connection, connection:
        connection.execute("CREATE VIEW drafts AS SELECT 1")  # in the way of the last new table
    before = tables(first)
    with pytest.raises(RecordsError, match=r"。$"):
        Records.open(url)
    assert tables(first) == before
    assert rows(first, "SELECT version_num FROM alembic_version") == [(FIRST,)]


def test_several_programs_may_start_on_an_old_database_at_once(first: Path, url: str) -> None:
    code = "import sys; from qa.records.records import Records; Records.open(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
