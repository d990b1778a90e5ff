"""The texts of one law through time: which one is in force on a day."""

import datetime
from collections.abc import Iterable

from qa.ingest.catalog import DocumentEntry


class Editions:
    """Knows which documents are texts of the same law. Days are ISO dates."""

    def __init__(self, documents: Iterable[DocumentEntry]) -> None:
        """Take the documents of a catalog."""
        self._entries = {entry.id: entry for entry in documents}
        self._first = {entry.id: entry.version_of or entry.id for entry in self._entries.values()}
        self._texts: dict[str, list[DocumentEntry]] = {}
        for entry in self._entries.values():
            self._texts.setdefault(self._first[entry.id], []).append(entry)
        for texts in self._texts.values():
            texts.sort(key=start_of)
        self.several = frozenset(first for first, held in self._texts.items() if len(held) > 1)
        """The ids of the first texts of those laws of which there are several."""

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._entries

    def first(self, document_id: str) -> str:
        """The id by which the law of a document goes: that of its first text."""
        return self._first[document_id]

    def of(self, document_id: str) -> tuple[DocumentEntry, ...]:
        """All texts of a document's law, the oldest first."""
        return tuple(self._texts[self._first[document_id]])

    def at(self, document_id: str, day: str = "") -> str:
        """The text in force on a day, today by default; the oldest one on days before it."""
        texts = self.of(document_id)
        begun = [entry for entry in texts if start_of(entry) <= (day or today())]
        return (begun or texts)[-1 if begun else 0].id

    def before(self, document_id: str) -> str | None:
        """The text that a text has superseded."""
        ids = [entry.id for entry in self.of(document_id)]
        at = ids.index(document_id)
        return ids[at - 1] if at else None

    def standing(self, day: str = "") -> frozenset[str]:
        """The documents that are in force on a day.

        Without a day it is today's text of every law, whatever else is known of it: what is not
        in force yet, or repealed, says so itself.
        """
        texts = {self.at(first, day) for first in self._texts}
        if not day:
            return frozenset(texts)
        begun = (e for e in map(self._entries.__getitem__, texts) if start_of(e) <= day)
        return frozenset(e.id for e in begun if not e.superseded or day < e.superseded)

    def superseded(self) -> frozenset[str]:
        """The documents that are no text of today's."""
        return frozenset(self._entries) - self.standing()


def start_of(entry: DocumentEntry) -> str:
    """From when on a text is in force: an ISO day, month or year; empty where nothing is known."""
    return entry.effective or entry.changed or entry.issued or ""


def chinese_date(iso: str) -> str:
    """`2021-06-10`, `2021-06` or `2021` in Chinese."""
    return "".join(
        f"{int(number)}{unit}" for number, unit in zip(iso.split("-"), "年月日", strict=False)
    )


def today() -> str:
    """The ISO date of today."""
    return datetime.date.today().isoformat()
