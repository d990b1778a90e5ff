"""The corpus: sources and catalog in, documents and provisions out."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from qa.errors import CorpusError
from qa.ingest import forms
from qa.ingest.accounting import Account, account
from qa.ingest.articles import read_articles
from qa.ingest.catalog import (
    OWN,
    Catalog,
    Counts,
    DocumentEntry,
    SourceEntry,
    Totals,
    load_catalog,
)
from qa.ingest.clauses import Shared, clauses_of
from qa.ingest.draft import Draft, Outline, count
from qa.ingest.editions import Editions, start_of
from qa.ingest.errata import Erratum, load_errata, refuse_idle
from qa.ingest.forms import Form
from qa.ingest.originals import pages_of
from qa.ingest.outlines import read_outline
from qa.ingest.pages import read_pages
from qa.ingest.provision import Frozen, Note, Provision
from qa.ingest.questions import inherited, load_questions
from qa.ingest.quotes import read_quotes
from qa.ingest.readers import Line, read_lines
from qa.ingest.titles import behind_title, front_of

PARSER_VERSION = 5
"""Raised with every change that alters what the parser gives; an older index is rebuilt."""

_READERS = {Form.ARTICLES: read_articles, Form.OUTLINE: read_outline, Form.QUOTES: read_quotes}


class Parsed(Frozen):
    """What reading a document with a file of its own has given, besides its provisions."""

    mark: str
    """A hash of all that the provisions come from."""
    counts: Counts
    totals: Totals
    stray: tuple[str, ...]


@dataclass(frozen=True)
class Before:
    """A corpus as it was read earlier."""

    parsed: Mapping[str, Parsed]
    of: Callable[[str], Sequence[Provision]]
    """The provisions of a document, by its id."""
    shared: Shared


@dataclass(frozen=True)
class Corpus:
    """Everything that was read, in the order of the volume."""

    folder: Path
    catalog: Catalog
    of: dict[str, Sequence[Provision]]
    """The provisions of each document, by its id, in the order of the volume.

    Those of a document that has not changed are the earlier ones, and read when asked for."""
    marks: dict[str, str]
    """By document id a hash of all that its provisions come from: the same, the same provisions."""
    counts: dict[str, Counts]
    """What each document holds, by document id."""
    totals: dict[str, Totals]
    """What each source holds, by file name."""
    stray: tuple[str, ...]
    """What is lost, or held twice, a Chinese sentence each."""
    idle: tuple[str, ...]
    """Ids in `questions.jsonl` of which there is no provision any more."""
    fingerprint: str
    parsed: "dict[str, Parsed]"
    """By document id, of those that have a file of their own."""
    before: Before | None = None
    """The corpus as it was read earlier, where something of it has not changed."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """By document id, of those that were read now, where their characters are."""

    @cached_property
    def provisions(self) -> tuple[Provision, ...]:
        """All provisions, in the order of the volume."""
        return tuple(provision for held in self.of.values() for provision in held)

    def shared(self, clauses: frozenset[int]) -> dict[str, int]:
        """Of some clauses, how many each document has; what has not changed is not read for it."""
        known = self.before.shared(clauses) if self.before else {}
        found = {
            document_id: known.get(document_id, 0)
            if self._is_as_before(document_id)
            else len(clauses & clauses_of(each.text for each in held))
            for document_id, held in self.of.items()
        }
        return {document_id: count for document_id, count in found.items() if count}

    def _is_as_before(self, document_id: str) -> bool:
        now = self.parsed.get(document_id)
        return bool(self.before and now and self.before.parsed.get(document_id) == now)

    def differences(self) -> tuple[str, ...]:
        """How the corpus departs from what the catalog expects, a Chinese sentence each."""
        found = [
            f"《{entry.title}》{difference}"
            for entry in self.catalog.documents
            for difference in entry.expect.differences(self.counts[entry.id])
        ]
        found += [
            f"{source.file} {difference}"
            for source in self.catalog.sources
            if source.title != OWN
            for difference in source.expect.differences(self.totals[source.file])
        ]
        idle = [f"questions.jsonl 里的 {name} 没有对应的条文" for name in self.idle]
        return (*found, *self.stray, *idle)


def read_corpus(corpus_dir: Path, before: Before | None = None) -> Corpus:
    """Read and parse the corpus in a folder.

    Args:
        before: the same corpus as it was read earlier; of what has not changed since, nothing is
            read again.

    Raises:
        CatalogError: the catalog or the errata are malformed or match nothing.
        CorpusError: a source cannot be read, or a document's title is not in it.
    """
    catalog = load_catalog(corpus_dir)
    errata = load_errata(corpus_dir, catalog)
    asked = load_questions(corpus_dir)
    own_of = {entry.source: entry for entry in catalog.documents if entry.source}
    editions = Editions(catalog.documents)
    told_of = _Told(errata, asked)
    read: list[DocumentEntry] = []
    held: dict[str, Sequence[Provision]] = {}
    marks: dict[str, str] = {}
    counts: dict[str, Counts] = {}
    totals: dict[str, Totals] = {}
    accounts: dict[str, Account] = {}
    stray: list[str] = []
    parsed: dict[str, Parsed] = {}
    for source in catalog.sources:
        own = own_of.get(source.file)
        if own:
            marks[own.id] = mark = _mark(corpus_dir, own, told_of, editions)
            told = before.parsed.get(own.id) if before else None
            if before and told and told.mark == mark:
                held[own.id] = before.of(own.id)
                counts[own.id], totals[source.file] = told.counts, told.totals
                stray += told.stray
                parsed[own.id] = told
                continue
        joins, strays, found = 0, len(stray), list[Counts]()
        printed_on = pages_of(corpus_dir, source.file)
        printed = read_lines(corpus_dir / source.file)
        for entry, lines in split(printed, source, catalog):
            outline, joined = parse_whole(printed, own.title) if own else parse(lines)
            counts[entry.id] = count(outline)
            held[entry.id] = [
                _provision(entry, draft, told_of, printed_on) for draft in outline.drafts
            ]
            read.append(entry)
            whole = (printed, own.title) if own else (lines, "")
            accounts[entry.id] = account(*whole, outline.drafts)
            stray += [f"《{entry.title}》{fault}" for fault in accounts[entry.id].faults]
            joins += joined
            found.append(counts[entry.id])
        summed = {name: sum(getattr(c, name) for c in found) for name in Counts.model_fields}
        totals[source.file] = Totals(documents=len(found), joins=joins, **summed)
        if own:
            parsed[own.id] = Parsed(
                mark=mark,
                counts=counts[own.id],
                totals=totals[source.file],
                stray=tuple(stray[strays:]),
            )
    for entry in catalog.documents:
        if entry.id not in held:
            raise CorpusError(
                f"源文件里找不到《{entry.title}》的标题行；请核对 catalog.toml 的 title 与源文件。"
            )
    for entry in sorted(read, key=start_of):
        if before_it := editions.before(entry.id):
            held[entry.id] = inherited(held[before_it], held[entry.id])
        marks.setdefault(entry.id, _mark_of(held[entry.id]))
    ordered = {entry.id: held[entry.id] for entry in catalog.documents}
    refuse_idle(errata, ordered)
    return Corpus(
        folder=corpus_dir,
        catalog=catalog,
        of=ordered,
        marks={document_id: marks[document_id] for document_id in ordered},
        counts=counts,
        totals=totals,
        stray=tuple(stray),
        accounts=accounts,
        idle=_idle(asked, ordered),
        fingerprint=fingerprint(corpus_dir, catalog),
        parsed=parsed,
        before=before,
    )


class _Told:
    """What is recorded beside the sources, by document."""

    def __init__(self, errata: Sequence[Erratum], asked: Mapping[str, tuple[str, ...]]) -> None:
        self.asked = asked
        self.errata: dict[str, list[Erratum]] = {}
        self._asked_of: dict[str, list[str]] = {}
        for erratum in errata:
            self.errata.setdefault(erratum.document, []).append(erratum)
        for provision_id in asked:
            self._asked_of.setdefault(_document_of(provision_id), []).append(provision_id)

    def lines(self, document_id: str) -> list[str]:
        told = [erratum.model_dump_json() for erratum in self.errata.get(document_id, ())]
        return told + [f"{key}{self.asked[key]}" for key in self._asked_of.get(document_id, ())]


def _mark(corpus_dir: Path, entry: DocumentEntry, told_of: _Told, editions: Editions) -> str:
    """A hash of all that the provisions of a document with its own file come from."""
    assert entry.source is not None
    digest = hashlib.sha256(f"{PARSER_VERSION}\n{entry.model_dump_json()}\n".encode())
    pages = str(sorted(pages_of(corpus_dir, entry.source).items()))
    digest.update("\n".join((*told_of.lines(entry.id), pages)).encode())
    path = corpus_dir / entry.source
    if not path.exists():
        raise CorpusError(f"找不到源文件 {path.name}；请把它放回 {corpus_dir.name} 文件夹。")
    digest.update(path.read_bytes())
    for earlier in editions.of(entry.id):  # of which it inherits the questions
        if start_of(earlier) < start_of(entry):
            digest.update(f"{earlier.model_dump_json()}\n".encode())
            digest.update("\n".join(told_of.lines(earlier.id)).encode())
            if earlier.source and (own := corpus_dir / earlier.source).exists():
                digest.update(own.read_bytes())
    return digest.hexdigest()


def _mark_of(held: Sequence[Provision]) -> str:
    """A hash of provisions that are read anew each time."""
    digest = hashlib.sha256()
    for provision in held:
        digest.update(provision.model_dump_json().encode())
    return digest.hexdigest()


def _document_of(provision_id: str) -> str:
    return provision_id.rpartition("-")[0]


def fingerprint(corpus_dir: Path, catalog: Catalog) -> str:
    """SHA-256 over the sources, what is recorded beside them, and the parser's version.

    Raises:
        CorpusError: a source is missing.
    """
    digest = hashlib.sha256(f"parser {PARSER_VERSION}".encode())
    recorded = ("catalog.toml", "errata.toml", "questions.jsonl")
    for name in (*recorded, *(source.file for source in catalog.sources)):
        path = corpus_dir / name
        if path.exists():
            digest.update(f"\n{name}\n".encode())
            digest.update(path.read_bytes())
        elif name not in recorded:
            raise CorpusError(f"找不到源文件 {name}；请把它放回 {corpus_dir.name} 文件夹。")
    return digest.hexdigest()


def split(
    lines: Sequence[Line], source: SourceEntry, catalog: Catalog
) -> Iterator[tuple[DocumentEntry, Sequence[Line]]]:
    """The documents of a source, each with the lines between its title and the next."""
    if own := _own(source, catalog):
        yield own, lines[behind_title(lines, own.title) :]
        return
    titles = {forms.tight(d.title): d for d in catalog.documents if d.source is None}
    ordered = _marks(lines, source, catalog)
    for (start, text), (end, _) in pairwise([*ordered, (len(lines), "")]):
        if text in titles:
            yield titles[text], lines[start + 1 : end]


def parts(corpus_dir: Path, catalog: Catalog) -> dict[str, tuple[SourceEntry, str]]:
    """The source that holds each document, by its id, and the part of it; empty before the first.

    Raises:
        CorpusError: a source cannot be read.
    """
    titles = {forms.tight(d.title): d for d in catalog.documents}
    own_of = {entry.source: entry for entry in catalog.documents if entry.source}
    found: dict[str, tuple[SourceEntry, str]] = {}
    for source in catalog.sources:
        if own := own_of.get(source.file):
            found[own.id] = (source, "")
            continue
        named = {forms.tight(name): name for name in source.parts}
        part = ""
        for _, text in _marks(read_lines(corpus_dir / source.file), source, catalog):
            part = named.get(text, part)
            if text in titles:
                found[titles[text].id] = (source, part)
    return found


def _own(source: SourceEntry, catalog: Catalog) -> DocumentEntry | None:
    """The document to which a source belongs as a whole."""
    return next((d for d in catalog.documents if d.source == source.file), None)


def _marks(lines: Sequence[Line], source: SourceEntry, catalog: Catalog) -> list[tuple[int, str]]:
    """Where titles of documents and of parts stand in a source, without spaces, in its order."""
    titles = (d.title for d in catalog.documents if d.source is None)
    known = {forms.tight(name) for name in (*source.parts, *titles)}
    marks: dict[str, int] = {}
    for position, line in enumerate(lines):
        text = forms.tight(forms.unmarked(line.text))
        if text in known:
            # A contents page may print the bare title too; the last one stands above the text.
            marks[text] = position
    return sorted((position, text) for text, position in marks.items())


def parse(lines: Sequence[Line]) -> tuple[Outline, int]:
    """The drafts of one document, and how many cut sentences were joined."""
    form = forms.form_of(line.text for line in lines)
    pages = read_pages(lines, form)
    return _READERS[form](pages.blocks), pages.joins


def parse_whole(lines: Sequence[Line], title: str) -> tuple[Outline, int]:
    """As `parse`, of a text with its title and what is printed above it, which is kept."""
    outline, joins = parse(lines[behind_title(lines, title) :])
    outline.drafts[:0] = front_of(lines, title)
    return outline, joins


def _provision(
    entry: DocumentEntry,
    draft: Draft,
    told_of: _Told,
    printed_on: Mapping[int, int],
) -> Provision:
    text = draft.text
    parts = [p.model_copy(update={"page": printed_on.get(p.line)}) for p in draft.parts]
    notes = tuple(
        Note(printed=e.printed, correct=e.correct, note=e.note)
        for e in told_of.errata.get(entry.id, ())
        if e.locator in (None, draft.locator) and e.printed in text
    )
    place = " ".join((entry.title, *draft.headings))
    corrected = "".join(f"\n{note.correct}" for note in notes if note.correct)
    digest = hashlib.sha256(f"{entry.id}\n{draft.locator}\n{text}".encode()).hexdigest()
    provision_id = f"{entry.id}-{digest[:12]}"
    return Provision(
        id=provision_id,
        document_id=entry.id,
        document=entry.title,
        kind=draft.kind,
        locator=draft.locator,
        headings=draft.headings,
        parts=tuple(parts if printed_on else draft.parts),
        text=text,
        search_text=f"{place}\n{text}{corrected}",
        questions=told_of.asked.get(provision_id, ()),
        departments=draft.departments,
        date=draft.date,
        errata=notes,
    )


def _idle(
    asked: Mapping[str, tuple[str, ...]], of: Mapping[str, Sequence[Provision]]
) -> tuple[str, ...]:
    """The ids with recorded questions of which there is no provision."""
    known = {p.id for name in {*map(_document_of, asked)} for p in of.get(name, ())}
    return tuple(sorted({*asked} - known))
