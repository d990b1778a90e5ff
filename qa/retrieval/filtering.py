"""What the restrictions that a user has chosen admit: provisions, and the documents of these."""

from collections.abc import Collection, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.index.provisions import Provisions
from qa.ingest.catalog import Catalog, DocumentEntry
from qa.ingest.editions import Editions, today
from qa.ingest.provision import Provision
from qa.retrieval.fusion import Mask
from qa.retrieval.listed import region
from qa.retrieval.passage import Filters

_UNDATED = 0
_MASKS_KEPT = 16
_REGIONS = ("国家", "山东")


class Filtering:
    """Knows level, region, document and year of every provision of one corpus."""

    def __init__(self, provisions: Provisions, catalog: Catalog) -> None:
        """Learn them from the catalog, and from the provisions that have a date of their own."""
        entries = [catalog.document(document_id) for document_id in provisions.documents]
        self._catalog = catalog
        self.editions = Editions(catalog.documents)
        # A method's cache would keep every index that was ever opened.
        self._known = lru_cache(_MASKS_KEPT)(self._mask)
        self.documents_by_number = [entry.id for entry in entries]
        self.owners = provisions.owners
        self._levels = [entry.level for entry in entries]
        self._regions = _coded((entry.region for entry in entries), self.owners)
        years = np.array([_year(None, entry) for entry in entries], dtype=np.int16)
        self._years = years[self.owners]
        for position in provisions.noted.tolist():
            provision, entry = provisions[position], entries[self.owners[position]]
            self._regions[position] = _REGIONS.index(region(provision, entry.region))
            self._years[position] = _year(provision, entry)

    @property
    def years(self) -> tuple[int, ...]:
        """The years from which there is something, the newest first."""
        return tuple(int(year) for year in np.unique(self._years)[::-1] if year != _UNDATED)

    def year(self, position: int) -> int | None:
        """The year of the provision at a position in the corpus; None where it has none."""
        return int(self._years[position]) or None

    def region(self, position: int) -> str:
        """`国家` or `山东`."""
        return _REGIONS[int(self._regions[position])]

    def document(self, position: int) -> str:
        """The id of the document of a provision."""
        return self.documents_by_number[int(self.owners[position])]

    def mask(
        self,
        filters: Filters,
        named: Collection[str] = (),
        as_of: str = "",
        former: bool = False,
    ) -> Mask:
        """Which provisions are admitted; what has no year is not, where years are chosen.

        Of the texts of one law it is the one that is chosen or `named`; else the one in force, on
        the day of the filters, else as of the time that a question asks for, else today, or the
        one before that, the `former` one.
        """
        return self._known(filters, tuple(named), as_of, former, today())

    def _mask(
        self, filters: Filters, named: tuple[str, ...], as_of: str, former: bool, _today: str
    ) -> Mask:
        allowed: Mask = np.ones(len(self.owners), dtype=bool)
        editions = self.editions
        standing = {*editions.standing(filters.as_of)}
        if (as_of or former) and not filters.as_of:
            at = [editions.at(first, as_of) for first in editions.several]
            others = {(former and editions.before(each)) or each for each in at}
            standing = self._replaced(standing, others)
        standing = self._replaced(standing, {*named, *filters.documents})
        if len(standing) < len(self._catalog.documents):
            allowed &= self._of(ids=standing)
        if filters.levels:
            allowed &= self._where(level in filters.levels for level in self._levels)
        if filters.regions:
            chosen = [n for n, name in enumerate(_REGIONS) if name in filters.regions]
            allowed &= np.isin(self._regions, chosen)
        if filters.documents:
            allowed &= self._of(ids={*filters.documents})
        if filters.years:
            allowed &= np.isin(self._years, filters.years)
        allowed.flags.writeable = False
        return allowed

    def _replaced(self, standing: set[str], by: set[str]) -> set[str]:
        """The documents with those of a law's texts that are meant, and no others of that law."""
        laws = {self.editions.first(each) for each in by}
        return by | {each for each in standing if self.editions.first(each) not in laws}

    def admitted(self, mask: Mask) -> frozenset[str]:
        """The ids of the documents of which something is admitted."""
        found = np.flatnonzero(np.bincount(self.owners[mask]))
        return frozenset(self.documents_by_number[n] for n in found.tolist())

    def _of(self, ids: Collection[str]) -> Mask:
        return self._where(each in ids for each in self.documents_by_number)

    def _where(self, flags: Iterable[bool]) -> Mask:
        """The provisions of documents, by a flag for each document."""
        mask: Mask = np.fromiter(flags, dtype=np.bool_)[self.owners]
        return mask

    def documents(self, filters: Filters) -> tuple[DocumentEntry, ...]:
        """The documents of which something is admitted, in the order of the volume."""
        admitted = self.admitted(self.mask(filters))
        return tuple(entry for entry in self._catalog.documents if entry.id in admitted)


def _coded(regions: Iterable[str], owners: NDArray[np.int32]) -> NDArray[np.int8]:
    codes = np.array([_REGIONS.index(each) for each in regions], dtype=np.int8)
    return codes[owners]


def _year(provision: Provision | None, entry: DocumentEntry) -> int:
    """Of the speech or the listed document itself, else of its document."""
    date = (provision and provision.date) or entry.issued or entry.effective
    return int(date[:4]) if date else _UNDATED
