"""From the tables of any earlier version to those of this one, in one transaction.

A new step is a file in `versions/`, written by hand: once released it is never changed.
"""

import sqlite3
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from qa.errors import RecordsError

_turn = threading.Lock()  # Alembic's own context is one for the whole process


def upgrade(engine: Engine, path: Path, to: str = "head") -> None:
    """Bring the file to revision `to`; a failure leaves it as it was.

    Raises:
        RecordsError: the file is not ours, or a newer program made it.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    wanted = script.get_current_head() if to == "head" else to
    known = {step.revision for step in script.walk_revisions()}
    with _turn, engine.execution_options(writes=True).connect() as connection:
        _without_transaction(connection, "PRAGMA journal_mode=WAL")
        _without_transaction(connection, "PRAGMA foreign_keys=OFF")  # tables may be made anew
        try:
            with connection.begin():
                if _current(connection, path, known) != wanted:
                    config.attributes["connection"] = connection
                    command.upgrade(config, to)
                    _check(connection, path)
        finally:
            _without_transaction(connection, "PRAGMA foreign_keys=ON")


def revision(engine: Engine) -> str | None:
    """The step that the database has reached."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _current(connection: Connection, path: Path, known: set[str]) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and inspect(connection).get_table_names():
        raise RecordsError(f"{path} 不是本程序的数据库；请给 database_url 换一个文件。")
    if current is not None and current not in known:
        raise RecordsError(
            f"数据库文件 {path} 由更新的版本建立；请用新版本的程序，或恢复旧版本的备份。"
        )
    return current


def _check(connection: Connection, path: Path) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RecordsError(f"数据库文件 {path} 里的记录对不上；请用以前的备份恢复。")


def _without_transaction(connection: Connection, pragma: str) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute(pragma)
