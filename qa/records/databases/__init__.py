"""The databases that records may lie in, behind one set of words."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from qa.errors import RecordsError
from qa.records.databases.database import Database
from qa.records.databases.postgres import Postgres
from qa.records.databases.sqlite import Sqlite

__all__ = ["Database", "Postgres", "Sqlite", "database_of"]

_MEMORY = ":memory:"


def database_of(url: str) -> Database:
    """The database of an address: `sqlite:////srv/qa/data/qa.sqlite`, `postgresql://qa@host/qa`.

    Raises:
        RecordsError: the address is neither, or what PostgreSQL needs is not installed.
    """
    try:
        parts = make_url(url)
    except ArgumentError:
        raise _address(url) from None  # the words of the other error may hold a password
    match parts.get_backend_name():
        case "sqlite" if parts.database and _MEMORY not in parts.database:
            return Sqlite(parts.database)
        case "postgresql" if parts.database:
            return Postgres(parts)
    raise _address(parts.render_as_string())


def _address(url: str) -> RecordsError:
    return RecordsError(
        f"数据库地址 {url} 不可用；请把 database_url 设为 sqlite:///文件路径，"
        "或 postgresql+psycopg://用户:密码@主机/数据库。"
    )
