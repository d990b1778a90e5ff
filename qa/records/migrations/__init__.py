"""From the tables of any earlier version to those of this one, in one transaction.

A new step is a file in `versions/`, written by hand: once released it is never changed.
"""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from qa.errors import RecordsError
from qa.records.databases import Database

_turn = threading.Lock()  # Alembic's own context is one for the whole process


def upgrade(engine: Engine, database: Database, to: str = "head") -> None:
    """Bring the database to revision `to`; a failure leaves it as it was.

    Raises:
        RecordsError: the database is not ours, or a newer program made it.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    wanted = script.get_current_head() if to == "head" else to
    known = {step.revision for step in script.walk_revisions()}
    with (
        _turn,
        engine.execution_options(writes=True).connect() as connection,
        database.upgrading(connection),
        connection.begin(),
    ):
        if _current(connection, database, known) != wanted:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            database.check(connection)


def revision(engine: Engine) -> str | None:
    """The step that the database has reached."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _current(connection: Connection, database: Database, known: set[str]) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and inspect(connection).get_table_names():
        raise RecordsError(f"{database.name} 不是本程序的；请给 database_url 换一个地址。")
    if current is not None and current not in known:
        raise RecordsError(
            f"{database.name} 由更新的版本建立；请用新版本的程序，或恢复旧版本的备份。"
        )
    return current
