"""A file before it enters the corpus: what it is taken for, and what to look at first."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa.errors import CatalogError
from qa.ingest import forms
from qa.ingest.catalog import Catalog, DocumentEntry
from qa.ingest.clauses import Shared, clauses_of
from qa.ingest.dates import days_in
from qa.ingest.editions import Editions
from qa.ingest.formats import Limits, OnPage, Read, read_guarded
from qa.ingest.recognise import Recognised, recognise, short_names

_NEAR = 0.2
"""From this share of common clauses on, two documents are told to be alike."""
_VERSION_MARK = re.compile(r"（\d{4}年\S{0,6}）$")


@dataclass(frozen=True)
class Alike:
    """A document of the corpus that has much of the same text."""

    entry: DocumentEntry
    share: float
    """Of the clauses of the new text, in (0, 1]; 1: nothing in it is new."""


@dataclass(frozen=True)
class Proposal:
    """A file that was read, and what it is taken for."""

    path: Path
    sha256: str
    read: Read
    found: Recognised
    alike: tuple[Alike, ...]
    """The most alike first."""
    catalog: Catalog
    """Of the corpus with which it was compared."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to look at before it is added, a Chinese sentence each."""
        near = [
            f"与已有的《{each.entry.title}》（{each.entry.id}）有 {each.share:.0%} 的文字相同。"
            for each in self.alike
        ]
        doubts = len(self.read.uncertain)
        doubtful = [f"有 {doubts} 处文字识别把握不大，请核对。"] if doubts else []
        told = (*self.found.warnings, *self.undated)
        return (*told, *near, *self.read.warnings, *doubtful, *self.read.hidden)

    @property
    def undated(self) -> tuple[str, ...]:
        """A day in the file's name of which the text says nothing, a Chinese sentence each."""
        days = self.found.days
        known = max(days.issued, days.changed)
        return tuple(
            f"文件名里有日期 {day}，文中写明的发布、修改日期没有这么晚的；请核对这三个日期。"
            for day in days_in(self.path.stem)
            if day > known and day != days.effective
        )


def propose(
    path: Path,
    shared: Shared,
    catalog: Catalog,
    limits: Limits,
    title: str = "",
    on_page: OnPage = lambda page, pages: None,
    unwanted: Callable[[], bool] = lambda: False,
) -> Proposal:
    """Read a file and say what it is taken for; nothing is changed.

    Args:
        shared: of the corpus with which it is compared.
        on_page: told after every page that was read.
        unwanted: asked all the time, from another thread; once it is so, the reading ends.

    Raises:
        DocumentError: it is refused, cannot be read, or is no longer wanted.
    """
    read = read_guarded(path, limits, on_page, unwanted)
    found = recognise(read.lines, forms.tight(title))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Proposal(path, digest, read, found, _alike(found, shared, catalog), catalog)


def compared(proposal: Proposal, shared: Shared, catalog: Catalog) -> Proposal:
    """The proposal beside a corpus that has changed since."""
    return replace(proposal, alike=_alike(proposal.found, shared, catalog), catalog=catalog)


def retitled(proposal: Proposal, title: str) -> Proposal:
    """What the file is taken for under a corrected title."""
    title = forms.tight(title)
    if not title or title == proposal.found.title:
        return proposal
    return replace(proposal, found=recognise(proposal.read.lines, title))


def entry_for(proposal: Proposal, catalog: Catalog, **given: Any) -> DocumentEntry:
    """The catalog's entry of a proposed document; `given` are the fields as somebody has set them.

    Raises:
        CatalogError: a field is wrong or missing, or the title is taken.
    """
    found = proposal.found
    fields = {name: value for name, value in given.items() if value not in (None, "", ())}
    title = forms.tight(str(fields.get("title", found.title)))
    fields["title"] = title
    editions = Editions(catalog.documents)
    if "version_of" in fields:
        before = catalog.document(str(fields["version_of"]))
        fields["version_of"] = editions.first(before.id)
        found = replace(found, **of_law(before))
    days = found.days
    read = {
        "level": found.level,
        "region": found.region,
        "issuer": found.issuer,
        "issued": days.issued,
        "changed": days.changed,
        "effective": days.effective,
    }
    fields = {name: value for name, value in read.items() if value} | fields
    taken = catalog.by_title(title)
    if "version_of" in fields:
        fields["title"] = _title_of_version(title, catalog, found, fields)
    elif taken is not None:
        raise CatalogError(
            f"已经有《{title}》（{taken.id}）；它的新文本请用 --version-of {taken.id} 收入，"
            f"同一文本换文件请用 qa corpus replace {taken.id}。"
        )
    fields.setdefault("id", _free_id(catalog, fields))
    fields.setdefault("names", _free_names(catalog, fields, (*found.names, *short_names(title))))
    fields["expect"] = {n: c for n, c in found.counts.model_dump().items() if c}
    fields["source"] = file_name(str(fields["title"]), proposal)
    try:
        return DocumentEntry.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "effective"
        raise CatalogError(f"字段 {field} 不可用：{first['msg']}；请改正后再试。") from error


def of_law(entry: DocumentEntry) -> dict[str, Any]:
    """What a later text of a law has of an earlier one, whatever is read in its header."""
    described = {name: getattr(entry, name) for name in ("level", "region", "issuer")}
    return {name: value for name, value in described.items() if value}


def file_name(title: str, proposal: Proposal) -> str:
    """The name under which the text lies in the corpus; another text has another one."""
    bare = re.sub(r'[\\/:*?"<>|\s.]', "", title)[:60]
    suffix = ".md" if proposal.read.how == "markdown" else ".txt"
    return f"{bare}-{proposal.sha256[:8]}{suffix}"


def _title_of_version(
    title: str, catalog: Catalog, found: Recognised, fields: dict[str, Any]
) -> str:
    """With the year of the change behind it, where other texts have the same title."""
    if catalog.by_title(title) is None:
        return title
    day = found.days.changed or str(fields.get("effective", ""))
    if not day:
        raise CatalogError("新的文本要写自哪天起施行；请加上 --effective，例如 2026-01-01。")
    return f"{title}（{day[:4]}年{'修正' if found.days.changed else '文本'}）"


def _free_id(catalog: Catalog, fields: dict[str, Any]) -> str:
    taken = {entry.id for entry in catalog.documents}
    if "version_of" in fields:
        year = re.match(r"\d{4}", str(fields.get("effective", "")))
        base = f"{fields['version_of']}-{year[0] if year else 'later'}"
    else:
        digest = hashlib.sha256(str(fields["title"]).encode()).hexdigest()
        base = f"doc-{digest[:8]}"
    ids = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3)))
    return next(each for each in ids if each not in taken)


def _free_names(catalog: Catalog, fields: dict[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """The short names that lead to no other law."""
    family = fields.get("version_of")
    others = {
        forms.tight(name)
        for entry in catalog.documents
        if family is None or family not in (entry.id, entry.version_of)
        for name in (entry.title, *entry.names)
    }
    own = {_VERSION_MARK.sub("", str(fields["title"])): None, **dict.fromkeys(names)}
    return tuple(n for n in own if n not in others and n != fields["title"])


def _alike(found: Recognised, shared: Shared, catalog: Catalog) -> tuple[Alike, ...]:
    clauses = clauses_of(draft.text for draft in found.drafts)
    near = [
        Alike(catalog.document(document_id), common / len(clauses))
        for document_id, common in shared(clauses).items()
        if common >= _NEAR * len(clauses)
    ]
    return tuple(sorted(near, key=lambda each: -each.share))
