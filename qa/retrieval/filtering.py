"""What the restrictions that a user has chosen admit: provisions, and the documents of these."""

from collections.abc import Collection, Sequence

import numpy as np

from qa.ingest.catalog import Catalog, DocumentEntry
from qa.ingest.editions import Editions
from qa.ingest.provision import Provision
from qa.retrieval.fusion import Mask
from qa.retrieval.listed import region
from qa.retrieval.passage import Filters

_UNDATED = 0


class Filtering:
    """Knows level, region, document and year of every provision of one corpus."""

    def __init__(self, provisions: Sequence[Provision], catalog: Catalog) -> None:
        """Learn them, in the order of the provisions."""
        entries = [catalog.document(p.document_id) for p in provisions]
        pairs = [*zip(provisions, entries, strict=True)]
        self._catalog = catalog
        self.editions = Editions(catalog.documents)
        self.owners = np.array([p.document_id for p in provisions])
        self.regions = np.array([region(p, entry.region) for p, entry in pairs])
        self._levels = np.array([entry.level for entry in entries])
        self._years = np.array([_year(p, entry) for p, entry in pairs])

    @property
    def years(self) -> tuple[int, ...]:
        """The years from which there is something, the newest first."""
        return tuple(int(year) for year in np.unique(self._years)[::-1] if year != _UNDATED)

    def year(self, position: int) -> int | None:
        """The year of the provision at a position in the corpus; None where it has none."""
        return int(self._years[position]) or None

    def mask(self, filters: Filters, named: Collection[str] = (), as_of: str = "") -> Mask:
        """Which provisions are admitted; what has no year is not, where years are chosen.

        Of the texts of one law it is the one in force, on the day of the filters, else as of the
        time that a question asks for, else today; and any that is chosen or `named` itself.
        """
        allowed: Mask = np.ones(len(self.owners), dtype=bool)
        standing = self.editions.standing(filters.as_of)
        if as_of and not filters.as_of:
            others = (self.editions.at(first, as_of) for first in self.editions.several)
            several = {e.id for first in self.editions.several for e in self.editions.of(first)}
            standing = (standing - several) | {*others}
        if len(standing) < len(self._catalog.documents):
            allowed &= np.isin(self.owners, [*standing, *filters.documents, *named])
        for chosen, held in (
            (filters.levels, self._levels),
            (filters.regions, self.regions),
            (filters.documents, self.owners),
            (filters.years, self._years),
        ):
            if chosen:
                allowed &= np.isin(held, chosen)
        return allowed

    def documents(self, filters: Filters) -> tuple[DocumentEntry, ...]:
        """The documents of which something is admitted, in the order of the volume."""
        admitted = frozenset(map(str, np.unique(self.owners[self.mask(filters)])))
        return tuple(entry for entry in self._catalog.documents if entry.id in admitted)


def _year(provision: Provision, entry: DocumentEntry) -> int:
    """Of the speech or the listed document itself, else of its document."""
    date = provision.date or entry.issued or entry.effective
    return int(date[:4]) if date else _UNDATED
