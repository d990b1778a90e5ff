"""What the records need of a database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine


class Database(Protocol):
    """One database, made where it is missing and spoken of in sentences."""

    @property
    def name(self) -> str:
        """What people know it by; never with a password."""

    def make(self) -> None:
        """See that it can be opened.

        Raises:
            RecordsError: it can neither be found nor be made.
        """

    def engine(self) -> Engine:
        """Connections whose transactions are the only writer with the option `writes`."""

    def sentence(self, error: BaseException | None) -> str:
        """What its driver complains about, in Chinese, with what to do."""

    def upgrading(self, connection: Connection) -> AbstractContextManager[None]:
        """What has to be around the transaction that changes the tables."""

    def check(self, connection: Connection) -> None:
        """Look at what an upgrade has made.

        Raises:
            RecordsError: its records do not belong together.
        """

    def backup(self, to: Path) -> None:
        """Write all of it, as it is at this moment, into a new file.

        Raises:
            RecordsError: it cannot be read, or is damaged.
        """

    def is_backup(self, file: Path) -> bool:
        """Whether a file looks like one that `backup` has written, or is empty."""

    def restore(self, file: Path) -> str:
        """Put what `backup` has written in the place of everything; a sentence on the old.

        Raises:
            RecordsError: the file is no whole backup, or the database is in use.
        """
