"""The corpus: sources and catalog in, documents and provisions out."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qa.errors import CatalogError, CorpusError
from qa.ingest import forms
from qa.ingest.articles import read_articles
from qa.ingest.catalog import Catalog, Counts, DocumentEntry, SourceEntry, Totals, load_catalog
from qa.ingest.draft import Draft, Outline
from qa.ingest.errata import Erratum, load_errata
from qa.ingest.forms import Form
from qa.ingest.outlines import read_outline
from qa.ingest.pages import read_pages
from qa.ingest.provision import Note, Provision
from qa.ingest.questions import load_questions
from qa.ingest.quotes import read_quotes
from qa.ingest.readers import Line, read_lines

PARSER_VERSION = 1
"""Raised with every change that alters what the parser gives; an older index is rebuilt."""

_READERS = {Form.ARTICLES: read_articles, Form.OUTLINE: read_outline, Form.QUOTES: read_quotes}


@dataclass(frozen=True)
class Corpus:
    """Everything that was read, in the order of the volume."""

    folder: Path
    catalog: Catalog
    provisions: tuple[Provision, ...]
    counts: dict[str, Counts]
    """What each document holds, by document id."""
    totals: dict[str, Totals]
    """What each source holds, by file name."""
    stray: tuple[str, ...]
    """Text that belongs to no provision."""
    idle: tuple[str, ...]
    """Ids in `questions.jsonl` of which there is no provision any more."""
    fingerprint: str

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
            for difference in source.expect.differences(self.totals[source.file])
        ]
        found += [f"不属于任何条文单元的文字：{text[:40]}" for text in self.stray]
        found += [f"questions.jsonl 里的 {name} 没有对应的条文" for name in self.idle]
        return tuple(found)


def read_corpus(corpus_dir: Path) -> Corpus:
    """Read and parse the corpus in a folder.

    Raises:
        CatalogError: the catalog or the errata are malformed or match nothing.
        CorpusError: a source cannot be read, or a document's title is not in it.
    """
    catalog = load_catalog(corpus_dir)
    errata = load_errata(corpus_dir, catalog)
    asked = load_questions(corpus_dir)
    provisions: dict[str, list[Provision]] = {}
    counts: dict[str, Counts] = {}
    totals: dict[str, Totals] = {}
    stray: list[str] = []
    for source in catalog.sources:
        joins = 0
        held: list[Counts] = []
        for entry, lines in split(read_lines(corpus_dir / source.file), source, catalog):
            outline, joined = parse(lines)
            counts[entry.id] = count(outline)
            provisions[entry.id] = [
                _provision(entry, draft, errata, asked) for draft in outline.drafts
            ]
            stray += outline.stray
            joins += joined
            held.append(counts[entry.id])
        summed = {name: sum(getattr(c, name) for c in held) for name in Counts.model_fields}
        totals[source.file] = Totals(documents=len(held), joins=joins, **summed)
    for entry in catalog.documents:
        if entry.id not in provisions:
            raise CorpusError(
                f"源文件里找不到《{entry.title}》的标题行；请核对 catalog.toml 的 title 与源文件。"
            )
    ordered = tuple(p for entry in catalog.documents for p in provisions[entry.id])
    _refuse_idle(errata, ordered)
    idle = sorted({*asked} - {provision.id for provision in ordered})
    return Corpus(
        folder=corpus_dir,
        catalog=catalog,
        provisions=ordered,
        counts=counts,
        totals=totals,
        stray=tuple(stray),
        idle=tuple(idle),
        fingerprint=fingerprint(corpus_dir, catalog),
    )


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
    titles = {forms.tight(d.title): d for d in catalog.documents}
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
    found: dict[str, tuple[SourceEntry, str]] = {}
    for source in catalog.sources:
        named = {forms.tight(name): name for name in source.parts}
        part = ""
        for _, text in _marks(read_lines(corpus_dir / source.file), source, catalog):
            part = named.get(text, part)
            if text in titles:
                found[titles[text].id] = (source, part)
    return found


def _marks(lines: Sequence[Line], source: SourceEntry, catalog: Catalog) -> list[tuple[int, str]]:
    """Where titles of documents and of parts stand in a source, without spaces, in its order."""
    known = {forms.tight(name) for name in (*source.parts, *(d.title for d in catalog.documents))}
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


def count(outline: Outline) -> Counts:
    """How many units of each kind a document holds."""
    kinds = [draft.kind for draft in outline.drafts]
    return Counts(
        articles=kinds.count("article"),
        chapters=outline.chapters,
        sections=outline.sections,
        quotes=kinds.count("quote"),
        boxes=kinds.count("box"),
        list_rows=kinds.count("entry"),
        table_rows=kinds.count("row"),
        duties=kinds.count("duty"),
    )


def _provision(
    entry: DocumentEntry,
    draft: Draft,
    errata: Sequence[Erratum],
    asked: Mapping[str, tuple[str, ...]],
) -> Provision:
    text = draft.text
    notes = tuple(
        Note(printed=e.printed, correct=e.correct, note=e.note)
        for e in errata
        if e.document == entry.id and e.locator in (None, draft.locator) and e.printed in text
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
        parts=tuple(draft.parts),
        text=text,
        search_text=f"{place}\n{text}{corrected}",
        questions=asked.get(provision_id, ()),
        departments=draft.departments,
        date=draft.date,
        errata=notes,
    )


def _refuse_idle(errata: Sequence[Erratum], provisions: Sequence[Provision]) -> None:
    """An erratum that stands beside no text is a mistake in the record."""
    used = {(p.document_id, note.printed, note.note) for p in provisions for note in p.errata}
    for erratum in errata:
        if (erratum.document, erratum.printed, erratum.note) not in used:
            raise CatalogError(
                f"errata.toml 的勘误“{erratum.printed}”（{erratum.document}）"
                "在条文里找不到；请核对 printed 和 locator。"
            )
