"""Documents enter the corpus, are replaced and leave it; a crash leaves all or nothing of it.

The text is written first, the catalog is replaced at once, and only then an old text goes: at any
moment the catalog names files that are there, and a file that it does not name is not read.
"""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit

from qa.errors import CatalogError
from qa.ingest import originals
from qa.ingest.catalog import Catalog, DocumentEntry, Provenance, load_catalog
from qa.ingest.corpus import PARSER_VERSION
from qa.ingest.editing import (
    AFTER,
    CATALOG,
    Editor,
    with_changes,
    without,
    write,
)
from qa.ingest.editions import Editions, chinese_date, start_of
from qa.ingest.errata import load_errata
from qa.ingest.intake import Proposal, file_name
from qa.ingest.originals import drop

_DESCRIBED = (
    "version_of",
    "issuer",
    "issued",
    "changed",
    "effective",
    "superseded",
    "status",
    "note",
)


class Outdated(CatalogError):
    """The document has changed since the new text was compared with it."""


class Shelf(Editor):
    """The documents of a corpus folder that have files of their own.

    Raises, from every method:
        QAError: it cannot be done; nothing has changed then.
    """

    def add(self, proposal: Proposal, entry: DocumentEntry, by: str) -> DocumentEntry:
        """Put a proposed document into the corpus; texts that it supersedes are marked."""
        with self._alone():
            file = entry.source
            assert file is not None
            entry = entry.model_copy(update={"provenance": _provenance(proposal, by)})
            catalog = self.catalog
            if entry.version_of:
                refuse_outdated(entry.version_of, proposal, catalog)
            originals.keep(self._folder, file, proposal.path, proposal.read)
            text = self._text()
            marks = _superseded(catalog, entry)
            for document_id, marking in marks.items():
                if document_id != entry.id:
                    text = _change(text, catalog, document_id, marking)
            text = f"{text.rstrip()}\n\n{_written(entry, marks.get(entry.id, {}))}"
            return self._set(text).document(entry.id)

    def replace(self, document_id: str, proposal: Proposal, by: str) -> DocumentEntry:
        """Put another file in the place of a document's own; its entry stays as it is."""
        with self._alone():
            refuse_outdated(document_id, proposal, self.catalog)
            before = self._own(document_id)
            assert before.source is not None
            file = file_name(before.title, proposal)
            originals.keep(self._folder, file, proposal.path, proposal.read)
            counts = {n: c for n, c in proposal.found.counts.model_dump().items() if c}
            provenance = _provenance(proposal, by).model_dump(exclude_none=True)
            new = {"source": file, "provenance": _inline(provenance), "expect": _inline(counts)}
            catalog = self._set(_change(self._text(), self.catalog, document_id, new))
            if file != before.source:
                drop(self._folder, before.source)
            return catalog.document(document_id)

    def remove(self, document_id: str) -> DocumentEntry:
        """Take a document out of the corpus; a text that it had superseded is in force again."""
        with self._alone():
            before = self._own(document_id)
            assert before.source is not None
            catalog = self.catalog
            editions = Editions(catalog.documents)
            texts = editions.of(document_id)
            if document_id in editions.several and before.version_of is None:
                raise CatalogError(f"《{before.title}》还有后来的文本；请先删去那些文本。")
            text = self._text()
            earlier = texts[texts.index(before) - 1] if texts.index(before) else None
            if earlier and earlier.superseded and earlier.superseded == before.effective:
                note = None if earlier.note == _note(earlier, before) else earlier.note
                status = None if note is None else earlier.status
                back = {"superseded": None, "status": status, "note": note}
                text = _change(text, catalog, earlier.id, back)
            at, count = _place(catalog, document_id)
            self._set(without(text, "document", at, count, CATALOG))
            drop(self._folder, before.source)
            return before

    def orphans(self) -> tuple[str, ...]:
        """Texts in the folder that the catalog does not name."""
        named = {source.file for source in self.catalog.sources}
        found = (p.name for p in self._folder.iterdir() if p.suffix in (".txt", ".md"))
        return tuple(sorted(n for n in found if n not in named and n != "README.md"))

    def _own(self, document_id: str) -> DocumentEntry:
        entry = self.catalog.document(document_id)
        if entry.source is None:
            raise CatalogError(
                f"《{entry.title}》印在汇编里，不能单独替换或删去；"
                f"有了新的文本，请用 qa corpus add 文件 --version-of {document_id} 收入。"
            )
        return entry

    def _text(self) -> str:
        return (self._folder / CATALOG).read_bytes().decode("utf-8-sig")

    def _set(self, new: str) -> Catalog:
        """Replace the catalog, once it can be read with the errata beside it."""
        with tempfile.TemporaryDirectory(prefix="qa-corpus-") as scratch:
            trial = Path(scratch)
            (trial / CATALOG).write_text(new, encoding="utf-8")
            errata = self._folder / "errata.toml"
            if errata.exists():
                (trial / errata.name).symlink_to(errata.resolve())
            catalog = load_catalog(trial)
            load_errata(trial, catalog)
        write(self._folder / CATALOG, new)
        return catalog


def refuse_outdated(document_id: str, proposal: Proposal, catalog: Catalog) -> None:
    """A new text takes the place of what was there when its preview was made, of nothing else.

    Raises:
        Outdated: it is not there any more, or another text.
    """
    seen, now = Editions(proposal.catalog.documents), Editions(catalog.documents)
    if document_id not in seen:
        return
    title = proposal.catalog.document(document_id).title
    if document_id not in now:
        raise Outdated(f"《{title}》刚被别人删去，这次没有收入；请核对后再决定。")
    before, texts = seen.of(document_id), now.of(document_id)
    if texts != before:
        known = {each.provenance for each in before}
        came = [each.provenance for each in texts if each.provenance not in known]
        who = came[-1].by if came and came[-1] else "别人"
        raise Outdated(
            f"《{title}》刚由{who}改过，这次没有收入；预览已按它现在的样子重新比对，"
            "请核对后再确认。"
        )


def _provenance(proposal: Proposal, by: str) -> Provenance:
    how = proposal.read.how
    return Provenance(
        file=proposal.path.name,
        sha256=proposal.sha256,
        added=datetime.now(UTC).isoformat(timespec="seconds"),
        by=by,
        parser=PARSER_VERSION,
        how=None if how in ("text", "markdown") else how,
    )


def _superseded(catalog: Catalog, entry: DocumentEntry) -> dict[str, dict[str, Any]]:
    """What is to be recorded of the text before a new one, and of the new one where one follows."""
    if entry.version_of is None:
        return {}
    texts = Editions((*catalog.documents, entry)).of(entry.id)
    at = [each.id for each in texts].index(entry.id)
    pairs = [(texts[n], texts[n + 1]) for n in (at - 1, at) if 0 <= n < len(texts) - 1]
    return {
        old.id: {
            "status": "amended",
            "superseded": start_of(new),
            "note": old.note or _note(old, new),
        }
        for old, new in pairs
    }


def _note(old: DocumentEntry, new: DocumentEntry) -> str:
    return f"《{old.title}》修改后的文本自{chinese_date(start_of(new))}起施行；这里是此前的文本。"


def _written(entry: DocumentEntry, marking: Mapping[str, Any]) -> str:
    """An entry as it stands in the catalog."""
    table = tomlkit.table()
    table.add("id", entry.id)
    table.add("title", entry.title)
    if entry.names:
        table.add("names", [*entry.names])
    table.add("level", entry.level)
    table.add("region", entry.region)
    for name in _DESCRIBED:
        value = marking.get(name, getattr(entry, name))
        if value is not None:
            table.add(name, value)
    table.add("source", entry.source)
    assert entry.provenance is not None
    table.add("provenance", _inline(entry.provenance.model_dump(exclude_none=True)))
    table.add("expect", _inline({n: c for n, c in entry.expect.model_dump().items() if c}))
    return f"[[document]]\n{table.as_string()}"


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(dict(values))
    return table


def _change(text: str, catalog: Catalog, document_id: str, changes: Mapping[str, Any]) -> str:
    at, count = _place(catalog, document_id)
    return with_changes(text, "document", at, count, CATALOG, changes, after=AFTER)


def _place(catalog: Catalog, document_id: str) -> tuple[int, int]:
    """Which of how many documents one is, in the order of the catalog."""
    ids = [entry.id for entry in catalog.documents]
    return ids.index(document_id), len(ids)
