import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect

from qa.errors import RecordsError
from qa.records import migrations
from qa.records.databases import database_of
from qa.records.migrations import revision, upgrade
from qa.records.records import Records
from qa.records.store import Store
from qa.records.tables import Base
from tests.records.conftest import only_sqlite, rows, run

FIRST = "0001"
DAY = "2026-01-05 08:00:00.000000"
SECRET = {"sqlite": "x'00ff'", "postgresql": "'\\x00ff'"}


FILLING = {
    int: 1,
    str: "1",
    bool: True,
    float: 1.5,
    bytes: b"\x00\xff",
    object: {"index": "a1"},
    datetime: datetime(2026, 1, 5, 8),
}
"""What goes into a column of each kind; all keys are alike, so that references lead somewhere."""


def revisions() -> list[str]:
    """Of all versions, the oldest first."""
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    return [step.revision for step in script.walk_revisions()][::-1]


@pytest.fixture
def first(url: str) -> str:
    """A database as the first version made it, with a row in each of its tables."""
    database = database_of(url)
    database.make()
    store = Store(database, lambda: datetime.now(UTC))
    upgrade(store.engine, database, FIRST)
    store.close()
    run(
        url,
        f"INSERT INTO users VALUES (7, 'ada', 'admin', true, false, 'x', '{DAY}')",
        f"INSERT INTO sessions VALUES ('h', 7, '{DAY}', '{DAY}')",
        f"INSERT INTO api_keys VALUES (3, 7, '脚本', 'k', '{DAY}', NULL)",
        f"INSERT INTO attempts VALUES (1, 'bo', '10.0.0.7', '{DAY}')",
        f"INSERT INTO installation VALUES (1, {SECRET[store.engine.dialect.name]})",
        f"INSERT INTO conversations VALUES ('c', 7, '处罚', true, '{DAY}', '{DAY}')",
        f"INSERT INTO entries VALUES (5, 'c', '如何处罚？', '{{}}', '{DAY}')",
        "INSERT INTO asked VALUES (9, 5, 7, "
        f"'{DAY}', 'extract', NULL, true, NULL, false, 1.5, 2.5, '{{\"index\": \"a1\"}}')",
        "INSERT INTO cited VALUES (9, 'dsl-45')",
    )
    return url


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return sorted({*inspect(engine).get_table_names()} - {"alembic_version"})
    finally:
        engine.dispose()


def test_a_database_of_the_first_version_is_upgraded_with_its_rows(first: str) -> None:
    old = tables(first)
    before = {table: rows(first, f"SELECT * FROM {table}") for table in old}
    assert "conversations" in old and "feedback" not in old and all(before.values())
    with closing(Records.open(first)) as records:
        ada = records.accounts.named("ada")
        assert records.conversations.list(ada.id)[0].title == "处罚"
        assert records.conversations.entries(ada.id, "c")[0].id == 5
        assert records.accounts.keys(ada.id)[0].created == datetime(2026, 1, 5, 8, tzinfo=UTC)
        assert records.accounts.secret() == b"\x00\xff"
        records.feedback.give(ada.id, 5, "down")
        assert records.feedback.all()[0].versions == {"index": "a1"}
    columns = {table: rows(first, f"SELECT * FROM {table}") for table in old}
    assert columns == before


@pytest.mark.parametrize("step", revisions())
def test_a_database_of_every_earlier_version_keeps_all_its_rows(step: str, url: str) -> None:
    """With a row in each table that there was, made of what its columns take."""
    database = database_of(url)
    database.make()
    with closing(Store(database, lambda: datetime.now(UTC))) as store:
        upgrade(store.engine, database, step)
        assert revision(store.engine) == step
        held = MetaData()
        held.reflect(store.engine)
        held.remove(held.tables["alembic_version"])
        with store.engine.execution_options(writes=True).begin() as connection:
            for table in held.sorted_tables:
                row = {c.name: FILLING[c.type.as_generic().python_type] for c in table.columns}
                connection.execute(table.insert().values(row))
        before = {t.name: rows(url, f"SELECT * FROM {t.name}") for t in held.sorted_tables}
    assert len(before) >= 9 and all(before.values())
    with closing(Records.open(url)) as records:
        assert records.revision == revisions()[-1]
    for table in held.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        assert rows(url, f"SELECT {columns} FROM {table.name}") == before[table.name]


@only_sqlite  # PostgreSQL does not let them lose it
def test_an_upgrade_does_not_hide_records_that_lost_what_they_belong_to(first: str) -> None:
    run(first, "DELETE FROM users")
    with pytest.raises(RecordsError, match=r"对不上.*备份.*。$"):
        Records.open(first)


def test_the_migrations_lead_to_the_tables_of_the_program(records: Records, url: str) -> None:
    with create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables(url) == sorted(Base.metadata.tables)


def test_the_comparison_sees_a_table_that_no_migration_makes(first: str) -> None:
    with create_engine(first).connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert {change[1].name for change in found if change[0] == "add_table"} >= {"feedback", "clips"}


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(first: str) -> None:
    run(first, "CREATE VIEW drafts AS SELECT 1")  # in the way of the last new table
    before = tables(first)
    with pytest.raises(RecordsError, match=r"。$"):
        Records.open(first)
    assert tables(first) == before
    assert rows(first, "SELECT version_num FROM alembic_version") == [(FIRST,)]


def test_several_programs_may_start_on_an_old_database_at_once(first: str) -> None:
    code = "import sys; from qa.records.records import Records; Records.open(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, first]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
