"""The first page of the library: the tree of the volume, its list of documents, the speeches."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry, SourceEntry
from qa.ingest.editions import chinese_date
from qa.ingest.provision import Kind, Provision
from qa.web.library.addresses import Addresses
from qa.web.library.blocks import Table, table_of, top_headings
from qa.web.library.facts import badges, facts
from qa.web.library.typesetting import Typesetter


@dataclass(frozen=True)
class Link:
    """Words that lead to an address."""

    text: str
    url: str


@dataclass(frozen=True)
class Shelved:
    """A document in the tree."""

    entry: DocumentEntry
    url: str
    facts: tuple[str, ...]
    badges: tuple[tuple[str, str], ...]
    count: str
    """`55 条`, `84 项`."""
    chapters: tuple[Link, ...]


@dataclass(frozen=True)
class Shelf:
    """A part of a source; without a title before the first."""

    title: str
    documents: tuple[Shelved, ...]


@dataclass(frozen=True)
class Source:
    """A source of the corpus."""

    title: str
    note: str
    shelves: tuple[Shelf, ...]


@dataclass(frozen=True)
class Year:
    """The speeches of a year."""

    name: str
    url: str
    quotes: tuple[Link, ...]


_COUNTED: tuple[tuple[Kind, str], ...] = (
    ("article", "条"),
    ("quote", "段论述"),
    ("entry", "项"),
    ("section", "节"),
)


def sources(assistant: Assistant, addresses: Addresses) -> tuple[Source, ...]:
    """The whole volume: sources, parts, documents, chapters."""
    placed = assistant.reading.parts
    tree: list[Source] = []
    for title, of_source in groupby(assistant.documents, lambda e: placed[e.id][0].title):
        held = [*of_source]
        source = placed[held[0].id][0]
        shelves = tuple(
            Shelf(part, tuple(_shelved(entry, assistant, addresses) for entry in entries))
            for part, entries in groupby(held, lambda e: placed[e.id][1])
        )
        tree.append(Source(title, _compiled(source), shelves))
    return tuple(tree)


def lists(assistant: Assistant, addresses: Addresses) -> tuple[Table, ...]:
    """The lists of policy documents, each as one table."""
    typesetter = Typesetter(assistant, addresses)
    return tuple(
        table_of(entry.title, rows, typesetter, addresses)
        for entry in assistant.documents
        if (rows := [p for p in assistant.reading.provisions(entry.id) if p.kind == "entry"])
    )


def speeches(assistant: Assistant, addresses: Addresses) -> tuple[Year, ...]:
    """The quotes by year, in the order of the volume."""
    quotes = [
        p
        for e in assistant.documents
        for p in assistant.reading.provisions(e.id)
        if p.kind == "quote"
    ]
    return tuple(
        Year(
            name="".join(year.split()),
            url=addresses.document(held[0].document, held[0].headings[0] if year else ""),
            quotes=tuple(Link(quote.locator, addresses.place(quote)) for quote in held),
        )
        for year, of_year in groupby(quotes, lambda p: p.headings[0] if p.headings else "")
        if (held := [*of_year])
    )


def _shelved(entry: DocumentEntry, assistant: Assistant, addresses: Addresses) -> Shelved:
    provisions = assistant.reading.provisions(entry.id)
    return Shelved(
        entry=entry,
        url=addresses.document(entry.title),
        facts=facts(entry),
        badges=badges(entry),
        count=_count(provisions),
        chapters=tuple(
            Link(text, addresses.document(entry.title, place))
            for text, place in top_headings(provisions)
        ),
    )


def _count(provisions: Sequence[Provision]) -> str:
    kinds = Counter(provision.kind for provision in provisions)
    return next((f"{kinds[kind]} {unit}" for kind, unit in _COUNTED if kinds[kind]), "")


def _compiled(source: SourceEntry) -> str:
    when = f"{chinese_date(source.compiled)}编印" if source.compiled else ""
    return " · ".join(filter(None, (source.compiled_by, when)))
