"""The corpus to be read: documents, places in them, what belongs together, exact search."""

import difflib
from dataclasses import dataclass
from functools import cached_property

from qa.index.store import Index
from qa.ingest import corpus
from qa.ingest.catalog import Catalog, DocumentEntry, SourceEntry
from qa.ingest.provision import Provision
from qa.retrieval.counterparts import Counterparts
from qa.retrieval.filtering import Filtering
from qa.retrieval.fulltext import FullText, folded, spans_of, terms_of
from qa.retrieval.links import Links
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.passage import Filters
from qa.retrieval.references import references
from qa.settings import Settings

_NO_NAMES = DocumentNames(())
_MARKS = str.maketrans("", "", "《》〈〉“”\"‘’'")


@dataclass(frozen=True)
class Place:
    """A provision, or a 款 or 项 of it."""

    provision: Provision
    part: str = ""
    """`第二款`, `第一款第（三）项`; empty for the whole provision."""

    @property
    def locator(self) -> str:
        """The one spelling of it: `第四十八条第二款`."""
        return f"{self.provision.locator}{self.part}"


@dataclass(frozen=True)
class Related:
    """What belongs to a provision elsewhere in the corpus."""

    cites: tuple[Provision, ...]
    cited_in: tuple[Provision, ...]
    counterparts: tuple[Provision, ...]
    """On the same subject at the other level, national or provincial."""


class Reading:
    """One corpus as its readers see it; nothing here needs a model."""

    def __init__(
        self,
        index: Index,
        catalog: Catalog,
        links: Links,
        counterparts: Counterparts,
        filtering: Filtering,
        settings: Settings,
    ) -> None:
        """Take what the search has learned of the corpus; all else is read when it is needed."""
        self._index = index
        self._provisions = index.provisions
        self._catalog = catalog
        self._links = links
        self._counterparts = counterparts
        self._filtering = filtering
        self._corpus_dir = settings.corpus_dir
        self._exact_up_to = settings.exact_up_to
        self.editions = filtering.editions
        self._named = {
            _spoken(name): self.editions.at(entry.id)
            for entry in catalog.documents
            for name in entry.names
        }
        # An id and a title are those of one text; a title that came first stays with its text.
        for entry in reversed(catalog.documents):
            self._named |= {_spoken(entry.id): entry.id, _spoken(entry.title): entry.id}

    @cached_property
    def parts(self) -> dict[str, tuple[SourceEntry, str]]:
        """The source of each document, by its id, and the part of it; empty before the first.

        Raises:
            CorpusError: a source cannot be read.
        """
        return corpus.parts(self._corpus_dir, self._catalog)

    def warm(self) -> None:
        """Read and fold now what would otherwise be when it is first asked for.

        Raises:
            CorpusError: a source cannot be read.
        """
        _ = self.parts, self._text

    @property
    def years(self) -> tuple[int, ...]:
        """The years by which it can be restricted, the newest first."""
        return self._filtering.years

    def admitted(self, filters: Filters) -> tuple[DocumentEntry, ...]:
        """The documents in which something is left under these restrictions."""
        return self._filtering.documents(filters)

    def admits(self, filters: Filters, provision: Provision) -> bool:
        """Whether a provision is left under these restrictions."""
        return bool(self._filtering.mask(filters)[self._provisions.position(provision.id)])

    def year(self, provision: Provision) -> int | None:
        """The year by which a provision can be restricted; None where it has none."""
        return self._filtering.year(self._provisions.position(provision.id))

    def named(self, name: str) -> str | None:
        """The id of the document that has exactly this id, title or name."""
        return self._named.get(_spoken(name))

    def nearest(self, name: str, count: int = 4) -> tuple[DocumentEntry, ...]:
        """The documents whose names are most like a name, best first; none where none is."""
        close = difflib.get_close_matches(_spoken(name)[:60], self._named, n=4 * count, cutoff=0.3)
        ids = dict.fromkeys(self._named[found] for found in close)
        return tuple(self._catalog.document(each) for each in [*ids][:count])

    def nearest_places(self, document_id: str, locator: str) -> tuple[Provision, ...]:
        """The provisions of a document whose locators are most like a locator, best first."""
        held = {_tight(p.locator): p for p in self._provisions.of(document_id)}
        close = difflib.get_close_matches(_tight(locator)[:60], held, n=3, cutoff=0.3)
        return tuple(held[found] for found in close)

    def provisions(self, document_id: str) -> tuple[Provision, ...]:
        """All provisions of a document, in its order."""
        return tuple(self._provisions.of(document_id))

    def locate(self, document_id: str, locator: str) -> Place | None:
        """The place with this locator in any spelling: 第48条第2款, 48条, 二、(一)1."""
        wanted = _tight(locator)
        by_locator = {_tight(p.locator): p for p in self._provisions.of(document_id)}
        if wanted in by_locator:
            return Place(by_locator[wanted])
        for length in range(len(wanted) - 1, 0, -1):
            held = by_locator.get(wanted[:length])
            if held and (place := _place_in(held, wanted[length:])):
                return place
        spelled = plain(locator)
        for text in (spelled, f"第{spelled}"):
            read = references(text, _NO_NAMES)
            if len(read) == 1 and not read[0].is_place_alone and not read[0].stranger:
                held = by_locator.get(_tight(read[0].locator.removesuffix(read[0].place)))
                return _place_in(held, _tight(read[0].place)) if held else None
        return None

    def related(self, provision: Provision) -> Related:
        """What a provision cites, what cites it, and its counterpart at the other level."""
        at = self._provisions.position(provision.id)
        return Related(
            cites=tuple(self._provisions[n] for n in self._links.cited_by(at)),
            cited_in=tuple(self._provisions[n] for n in self._links.citing(at)),
            counterparts=tuple(self._provisions[n] for n, _ in self._counterparts.of(at)),
        )

    def find(self, query: str, filters: Filters | None = None) -> tuple[Provision, ...]:
        """The provisions that have every word of a query, in the order of the corpus."""
        allowed = self._filtering.mask(filters or Filters())
        return self._text.find(query, allowed)

    def spans(self, text: str, query: str) -> tuple[tuple[int, int], ...]:
        """The places of a query's words in any text; offsets as in a slice."""
        return spans_of(text, terms_of(query))

    def has_all(self, text: str, query: str) -> bool:
        """A text has every word of a query."""
        terms, within = terms_of(query), folded(text)
        return bool(terms) and all(term in within for term in terms)

    @cached_property
    def _text(self) -> FullText:
        return FullText(self._provisions, self._index.lexical, self._exact_up_to)


def _place_in(provision: Provision, wanted: str) -> Place | None:
    """The 款 or 项 of a provision; an article of one 款 is that 款."""
    labels = {_tight(part.label): part.label for part in provision.parts if part.label}
    if provision.kind == "article" and not any("款" in label for label in labels):
        wanted = wanted.removeprefix("第一款")
    if not wanted:
        return Place(provision)
    if wanted in labels:
        return Place(provision, labels[wanted])
    ends = [label for tight, label in labels.items() if tight.endswith(wanted)]
    if wanted.startswith("第(") and len(ends) == 1:  # the item of the only 款 that has one such
        return Place(provision, ends[0])
    return None


def _tight(locator: str) -> str:
    return folded(locator)


def _spoken(name: str) -> str:
    return folded(name).translate(_MARKS)
