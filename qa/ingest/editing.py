"""Changes to `catalog.toml` and `errata.toml` by program: comments stay, and nothing half-done."""

import fcntl
import os
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Comment, Item, Table, Whitespace
from tomlkit.toml_document import TOMLDocument

from qa.errors import CatalogError
from qa.ingest.catalog import Catalog, DocumentEntry, Status, load_catalog
from qa.ingest.corpus import read_corpus
from qa.ingest.entries import read_toml
from qa.ingest.errata import Erratum, load_errata

CATALOG = "catalog.toml"
_ERRATA = "errata.toml"
AFTER = "region"
"""Every document has it; what is recorded anew stands behind it."""
_ONE_AT_A_TIME = threading.Lock()

Change = Any
"""A new value, as TOML has it; None takes the key out."""


@dataclass(frozen=True)
class Marking:
    """What an administrator records of a document."""

    status: Status | None
    draft: bool
    note: str

    @classmethod
    def of(cls, entry: DocumentEntry) -> "Marking":
        """What is recorded of it now."""
        return cls(entry.status, entry.draft, entry.note or "")


class Editor:
    """Edits what is recorded beside the sources; the corpus is read whole before a file changes.

    Raises, from every method that changes something:
        QAError: the change is wrong, the files were wrong before, or they cannot be written;
            nothing has changed then.
    """

    def __init__(self, corpus_dir: Path) -> None:
        """Name the folder."""
        self._folder = corpus_dir

    @property
    def catalog(self) -> Catalog:
        """The catalog as it lies there now."""
        return load_catalog(self._folder)

    @property
    def errata(self) -> tuple[Erratum, ...]:
        """The errata as they lie there now."""
        return load_errata(self._folder, self.catalog)

    def mark(self, before: DocumentEntry, marking: Marking) -> None:
        """Record what became of a document; `before` is how it stood when somebody chose it."""
        with self._alone():
            document_id = before.id
            now = self.catalog.document(document_id)
            if Marking.of(now) != Marking.of(before):
                raise CatalogError(f"《{now.title}》的状态刚被别人改过；请重新选它再改。")
            text = self._parsed(CATALOG, "document")
            documents = tables_of(text, "document")
            at = next(n for n, table in enumerate(documents) if table["id"] == document_id)
            changes: dict[str, Change] = {
                "draft": marking.draft or None,
                "status": marking.status,
                "note": marking.note.strip() or None,
            }
            replace(documents, at, changed(documents[at], changes, after=AFTER))
            self._put(CATALOG, tomlkit.dumps(text))

    def add_erratum(self, fields: Mapping[str, str]) -> None:
        """Record a printed error, by the names of the fields; empty ones are left out."""
        with self._alone():
            text = self._parsed(_ERRATA, "erratum")
            table = tomlkit.table()
            for name, value in fields.items():
                if value.strip():
                    table.add(name, value.strip())
            if "erratum" not in text:
                text["erratum"] = tomlkit.aot()
            _end_with_empty_line(text)
            tables_of(text, "erratum").append(table)
            self._put(_ERRATA, tomlkit.dumps(text))

    def change_erratum(self, before: Erratum, fields: Mapping[str, str]) -> None:
        """Change a recorded error; `before` is how it stood when somebody began to change it."""
        with self._alone():
            errata = self.errata
            if before not in errata:
                raise CatalogError("这条勘误刚被别人改过；请重新选它再改。")
            text = self._parsed(_ERRATA, "erratum")
            tables = tables_of(text, "erratum")
            at = errata.index(before)
            changes: dict[str, Change] = {
                name: value.strip() or None for name, value in fields.items()
            }
            replace(tables, at, changed(tables[at], changes, after="document"))
            self._put(_ERRATA, tomlkit.dumps(text))

    def remove_erratum(self, recorded: Erratum) -> None:
        """Take a recorded error out again; `recorded` is how it stood when somebody chose it."""
        with self._alone():
            errata = self.errata
            if recorded not in errata:
                raise CatalogError("这条勘误刚被别人改过；请重新选它再删。")
            text = (self._folder / _ERRATA).read_bytes().decode("utf-8-sig")
            self._put(
                _ERRATA, without(text, "erratum", errata.index(recorded), len(errata), _ERRATA)
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes the corpus meanwhile, in this process or in another one."""
        path = self._folder / ".lock"
        try:
            lock = path.open("w")
        except OSError as error:
            raise unwritable(path, error) from error
        with _ONE_AT_A_TIME, lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _parsed(self, name: str, key: str) -> TOMLDocument:
        path = self._folder / name
        if not path.exists():
            return tomlkit.document()
        allowed = ("source", "document") if key == "document" else (key,)
        read_toml(path, allowed)  # says in Chinese what is wrong
        return tomlkit.parse(path.read_bytes().decode("utf-8-sig"))

    def _put(self, name: str, new: str) -> None:
        """Replace a file, once the corpus can be read with the new one in its place."""
        with tempfile.TemporaryDirectory(prefix="qa-corpus-") as scratch:
            trial = Path(scratch)
            for path in self._folder.iterdir():
                if path.name != name and path.is_file():
                    (trial / path.name).symlink_to(path.resolve())
            (trial / name).write_text(new, encoding="utf-8")
            read_corpus(trial)
        write(self._folder / name, new)


def without(text: str, key: str, at: int, count: int, name: str) -> str:
    """The entries without one of them; a comment behind its last key is about what follows."""
    start, end = _span(text, key, at, count, name)
    lines = text[start:end].splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#")
    return text[:start] + "".join(lines[last + 1 :]).lstrip("\n") + text[end:]


def with_changes(
    text: str, key: str, at: int, count: int, name: str, changes: Mapping[str, Change], after: str
) -> str:
    """The entries with other values in one of them; of a long file only that one is parsed."""
    start, end = _span(text, key, at, count, name)
    parsed = tomlkit.parse(text[start:end])
    tables = tables_of(parsed, key)
    replace(tables, 0, changed(tables[0], changes, after))
    return text[:start] + tomlkit.dumps(parsed) + text[end:]


def _span(text: str, key: str, at: int, count: int, name: str) -> tuple[int, int]:
    """Where one of the entries stands, with what is between it and the next one."""
    heading = re.compile(rf"^[ \t]*\[\[[ \t]*{key}[ \t]*\]\]", re.MULTILINE)
    starts = [match.start() for match in heading.finditer(text)]
    if len(starts) != count:
        raise CatalogError(f"{name} 的写法本程序改不了；请用文本编辑器改这一条。")
    return starts[at], starts[at + 1] if at + 1 < count else len(text)


def tables_of(text: TOMLDocument, key: str) -> AoT:
    """The entries `[[key]]`."""
    tables = text[key]
    assert isinstance(tables, AoT)  # the loader has accepted the file
    return tables


def changed(table: Table, changes: Mapping[str, Change], after: str) -> Table:
    """The table with other values; None takes a key out, and new keys stand behind `after`.

    Keys that are appended would stand behind the heading of the next table, which is a comment.
    """
    new = tomlkit.table()
    if table.trivia.comment:
        new.comment(table.trivia.comment.removeprefix("#").strip())
    for key, item in table.value.body:
        if key is None:
            assert isinstance(item, Comment | Whitespace)
            new.add(item)
            continue
        if key.key not in changes:
            new.add(key, item)
        elif (value := changes[key.key]) is not None:
            new.add(key, item if item.unwrap() == value else _with_comment_of(item, value))
        if key.key == after:
            for name, value in changes.items():
                if value is not None and name not in table:
                    new.add(name, value)
    return new


def _with_comment_of(old: Item, value: Change) -> Item:
    item: Item = tomlkit.item(value)
    item.trivia.comment_ws, item.trivia.comment = old.trivia.comment_ws, old.trivia.comment
    return item


def replace(tables: AoT, at: int, new: Table) -> None:
    """Put another table in the place of one."""
    del tables[at]
    tables.insert(at, new)


def _end_with_empty_line(text: TOMLDocument) -> None:
    tables = tables_of(text, "erratum")
    if tables and not tables[-1].as_string().endswith("\n\n"):
        tables[-1].add(tomlkit.nl())


def write(path: Path, text: str) -> None:
    """Replace a file at once; a crash leaves the old one."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> CatalogError:
    """What is said where a file of the corpus cannot be written."""
    return CatalogError(f"写不了 {path}（{error.strerror}）；请检查文件夹的权限和磁盘空间。")
