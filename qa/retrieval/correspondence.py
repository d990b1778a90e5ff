"""Which article of one text of a law is which of another."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from qa.ingest.editions import Editions
from qa.ingest.provision import Provision
from qa.ingest.versions import Change, difference

_KEPT = 32


class Correspondence:
    """Compares the texts of the laws of one corpus; what was compared is kept."""

    def __init__(
        self, provisions_of: Callable[[str], Sequence[Provision]], editions: Editions
    ) -> None:
        """Take what gives the provisions of a document by its id."""
        self._editions = editions
        # A method's cache would keep every index that was ever opened.
        self.changes = lru_cache(_KEPT)(
            lambda old, new: difference(provisions_of(old), provisions_of(new))
        )
        """What became of the provisions of a text in a later one, by the ids of both."""

    def change_of(self, provision: Provision, text: str) -> Change:
        """What became of a provision in a later text, or what it came from in an earlier one."""
        ids = [entry.id for entry in self._editions.of(text)]
        old, new = sorted((provision.document_id, text), key=ids.index)
        found: tuple[Change, ...] = self.changes(old, new)
        return next(c for c in found if provision.id in {p.id for p in (c.old, c.new) if p})

    def counterpart(self, provision: Provision, text: str) -> Provision | None:
        """The provision of another text that a provision became, or that it came from."""
        change = self.change_of(provision, text)
        return change.new if change.old and change.old.id == provision.id else change.old
