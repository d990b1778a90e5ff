"""One database, and the transactions on it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session

from qa.errors import RecordsError
from qa.records.databases import Database


class Store:
    """Transactions on the database: each is on the disk when its `with` block ends.

    Raises, from either kind of transaction:
        RecordsError: the database is busy, damaged, out of reach, or cannot be written.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now
        self.engine = database.engine()
        self._writer = self.engine.execution_options(writes=True)
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """What was committed when the first row is read, and nothing later."""
        with failing(self.database), Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The only writer: nothing changes between what it reads and what it writes."""
        with self._turn, failing(self.database), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the database up."""
        self.engine.dispose()


@contextmanager
def failing(database: Database) -> Iterator[None]:
    """What the database complains about, as a sentence."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise RecordsError(database.sentence(error.orig)) from error
    except sqlite3.DatabaseError as error:  # of a statement past SQLAlchemy
        raise RecordsError(database.sentence(error)) from error
    except NoConnectionLeft as error:
        raise RecordsError("数据库正忙，这一次没有存下来；请稍后再试。") from error
