"""A briefing as the page shows it: its citations numbered as they come."""

from dataclasses import dataclass
from urllib.parse import quote

from qa.briefing.edits import is_marked, unmarked
from qa.briefing.model import Source
from qa.web.library.addresses import Addresses


@dataclass(frozen=True)
class Note:
    """A place of the volume that a briefing cites."""

    n: int
    name: str
    url: str
    notes: tuple[str, ...]
    """Recorded misprints within the words that are cited first, a sentence each."""


class Notes:
    """Gives each place that is cited its number; a template asks as it goes along."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._notes: dict[str, Note] = {}

    def cite(self, source: Source) -> Note:
        """The note of a citation, with a new number where the place is new."""
        new = Note(
            len(self._notes) + 1,
            source.name,
            self.url(source.document, source.locator),
            source.notes,
        )
        return self._notes.setdefault(source.name, new)

    def url(self, document: str, locator: str) -> str:
        """The place in 法规库."""
        return f"{self._addresses.document(document)}/{quote(locator, safe='')}"

    def all(self) -> tuple[Note, ...]:
        """Those that were given so far."""
        return tuple(self._notes.values())

    unmarked = staticmethod(unmarked)
    is_marked = staticmethod(is_marked)
