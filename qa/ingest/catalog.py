"""The catalog: what the corpus holds, as an administrator records it in `catalog.toml`."""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from qa.errors import CatalogError
from qa.ingest.entries import read_entries, read_toml
from qa.ingest.provision import Frozen

Level = Literal[
    "法律",
    "行政法规",
    "部门规章",
    "司法解释",
    "国家政策文件",
    "地方性法规",
    "省政府规章",
    "省政策文件",
    "讲话",
    "清单",
]
Region = Literal["国家", "山东"]
Status = Literal["amended", "repealed"]


OWN = "汇编之外收入的文件"
"""The title of the sources that hold one document each, added one by one."""


def load_catalog(corpus_dir: Path) -> "Catalog":
    """The catalog of a corpus folder, or a `CatalogError` that says what to mend."""
    path = corpus_dir / "catalog.toml"
    if not path.is_file():
        raise CatalogError(f"找不到目录文件 {path}；请放回该文件，或检查设置项 corpus_dir。")
    table = read_toml(path, allowed=("source", "document"))
    catalog = Catalog(
        sources=read_entries(path, table, "source", SourceEntry),
        documents=read_entries(path, table, "document", DocumentEntry),
    )
    own = [SourceEntry(file=d.source, title=OWN) for d in catalog.documents if d.source]
    catalog = catalog.model_copy(update={"sources": (*catalog.sources, *own)})
    for key, entries in (("source", catalog.sources), ("document", catalog.documents)):
        if not entries:
            raise CatalogError(f"{path.name} 里没有 [[{key}]]；至少要有一项。")
    _refuse_repeats(path, "source", "file", ((s.file, s.file) for s in catalog.sources))
    _refuse_repeats(path, "document", "id", ((d.id, d.id) for d in catalog.documents))
    _refuse_repeats(path, "document", "title", ((d.title, d.id) for d in catalog.documents))
    _refuse_shared_names(path, catalog.documents)
    _refuse_loose_ends(path, catalog)
    return catalog


def _plain_file_name(value: str) -> str:
    if Path(value).name != value or "\\" in value:
        raise PydanticCustomError("file_name", "应为 corpus/ 中的文件名，不带文件夹")
    return value


def _iso_date(value: object) -> str:
    """A TOML date, or a string of a year, a month or a day, as an ISO string."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d{2}){0,2}", value):
        first_day = f"{value}-01-01"[:10]  # of the year, the month, or the day itself
        try:
            datetime.date.fromisoformat(first_day)
        except ValueError:
            pass
        else:
            return value
    raise PydanticCustomError("iso_date", '应为日期，写作 2021-06-10、"2021-06" 或 "2021"')


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FileName = Annotated[Text, AfterValidator(_plain_file_name)]
IsoDate = Annotated[str, BeforeValidator(_iso_date)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Count = Annotated[int, Field(strict=True, ge=0)]


class Counts(Frozen):
    """How many units of each kind a document holds."""

    articles: Count = Field(0, title="条")
    chapters: Count = Field(0, title="章")
    sections: Count = Field(0, title="节")
    quotes: Count = Field(0, title="论述")
    boxes: Count = Field(0, title="专栏")
    list_rows: Count = Field(0, title="清单行")
    table_rows: Count = Field(0, title="表格行")
    duties: Count = Field(0, title="部门职责")

    def differences(self, found: Self) -> tuple[str, ...]:
        """What `found` has otherwise than expected here: `条：应为 55，实为 54`."""
        return tuple(
            f"{field.title}：应为 {getattr(self, name)}，实为 {getattr(found, name)}"
            for name, field in type(self).model_fields.items()
            if getattr(self, name) != getattr(found, name)
        )


class Totals(Counts):
    """How many units a whole source holds."""

    documents: Count = Field(0, title="文件")
    joins: Count = Field(0, title="跨页接句")


class SourceEntry(Frozen):
    """A file of the corpus."""

    file: FileName
    title: Text
    compiled_by: Text | None = None
    compiled: IsoDate | None = None
    """When it was compiled: ISO year, month or day."""
    parts: tuple[Text, ...] = ()
    """Lines of the body that divide it into parts and belong to no document."""
    expect: Totals = Totals()


class Provenance(Frozen):
    """Where the text of a document came from, recorded when it was added."""

    file: Text
    """The name under which the file was handed over."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of that file."""
    added: Text
    """ISO time, UTC."""
    by: Text
    parser: Count
    """`PARSER_VERSION` at that time."""
    how: Text | None = None
    """How its text was read where it is no plain text: `PDF`, `OCR` …"""


class DocumentEntry(Frozen):
    """A titled law, regulation, plan or list. Absent means: the volume does not say."""

    id: Slug
    title: Text
    """The whole title line as printed, without spaces."""
    names: tuple[Text, ...] = ()
    """What people call it besides its title; each belongs to one document only."""
    level: Level
    region: Region
    issuer: Text | None = None
    issued: IsoDate | None = None
    """When it was first published: ISO year, month or day."""
    changed: IsoDate | None = None
    """When the text that is held was last amended: ISO year, month or day."""
    effective: IsoDate | None = None
    """From when on this text is in force: ISO year, month or day."""
    draft: StrictBool = False
    status: Status | None = None
    """What became of it after the volume; absent when nothing is known."""
    note: Text | None = None
    version_of: Slug | None = None
    """The id of the first text of the same law, of which this is a later one."""
    superseded: IsoDate | None = None
    """The first day on which it is not in force any more."""
    source: FileName | None = None
    """The file that holds it, and nothing else; absent: it stands in one of the sources."""
    provenance: Provenance | None = None
    expect: Counts = Counts()

    @model_validator(mode="after")
    def _explained(self) -> Self:
        if self.note is None and (self.status is not None or self.draft):
            raise PydanticCustomError(
                "entry", "写了 status 或 draft = true，还要写 note：给读者的一句说明"
            )
        return self

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.version_of is not None and self.effective is None:
            raise PydanticCustomError("entry", "写了 version_of，还要写 effective：自哪天起施行")
        return self

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences that go with every answer that cites the document."""
        return () if self.note is None else (self.note,)


class Catalog(Frozen):
    """All sources and documents of the corpus, in the order of the volume."""

    sources: tuple[SourceEntry, ...]
    documents: tuple[DocumentEntry, ...]

    def document(self, document_id: str) -> DocumentEntry:
        """The document with this id."""
        if document_id in self._by_id:
            return self._by_id[document_id]
        raise CatalogError(f"catalog.toml 里没有 id 为“{document_id}”的文件；请先登记它。")

    @cached_property
    def _by_id(self) -> dict[str, DocumentEntry]:
        return {entry.id: entry for entry in self.documents}

    def by_title(self, title: str) -> DocumentEntry | None:
        """The document whose title is this line, spaces ignored."""
        wanted = "".join(title.split())
        return next((d for d in self.documents if "".join(d.title.split()) == wanted), None)


def _refuse_repeats(path: Path, key: str, field: str, values: Iterable[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for value, owner in values:
        if value in seen:
            raise CatalogError(
                f"{path.name} 有两个 [[{key}]]（{seen[value]}、{owner}）的字段 {field} "
                f"都是“{value}”；每项必须不同。"
            )
        seen[value] = owner


def _refuse_shared_names(path: Path, documents: tuple[DocumentEntry, ...]) -> None:
    """No title or name leads to two documents, nor stands twice in one; versions share theirs."""
    owners: dict[str, str] = {}
    first = {document.id: document.version_of or document.id for document in documents}
    for document in documents:
        _refuse_repeats(path, "document", "names", ((n, document.id) for n in document.names))
        for name in (document.title, *document.names):
            owner = owners.setdefault(_folded(name), document.id)
            if first[owner] != first[document.id]:
                raise CatalogError(
                    f"{path.name} 的 [[document]] {owner} 和 {document.id} 在 title 或 names 里"
                    f"都用了“{name}”；一个名称只能指一份文件，请从其中一项删去。"
                )


def _refuse_loose_ends(path: Path, catalog: Catalog) -> None:
    """The law of which a document is a later text is there, by its first one."""
    firsts = {d.id for d in catalog.documents if d.version_of is None}
    for entry in catalog.documents:
        if entry.version_of is not None and entry.version_of not in firsts:
            raise CatalogError(
                f"{path.name} 的 [[document]] {entry.id} 的 version_of 是“{entry.version_of}”；"
                "应为这部法最早一份文本的 id。"
            )


def _folded(name: str) -> str:
    """A name as readers hear it: without case, width, spaces and punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
