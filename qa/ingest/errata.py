"""The errata: printed errors of the volume, recorded in `errata.toml`, never corrected there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from qa.errors import CatalogError
from qa.ingest.catalog import Catalog, Text
from qa.ingest.entries import read_entries, read_toml
from qa.ingest.provision import Frozen, Provision

Basis = Literal["与公开文本比对", "汇编内部比对", "通读判断"]


def load_errata(corpus_dir: Path, catalog: Catalog) -> "tuple[Erratum, ...]":
    """The errata of a corpus folder; none when it has no `errata.toml`."""
    path = corpus_dir / "errata.toml"
    if not path.exists():
        return ()
    errata = read_entries(path, read_toml(path, allowed=("erratum",)), "erratum", Erratum)
    known = {document.id for document in catalog.documents}
    seen: dict[tuple[str, str | None, str], int] = {}
    for number, erratum in enumerate(errata, start=1):
        entry = f"{path.name} 的第 {number} 个 [[erratum]]"
        if erratum.document not in known:
            raise CatalogError(
                f"{entry}的字段 document 是“{erratum.document}”，"
                "catalog.toml 里没有这个 id；请改成已登记文件的 id。"
            )
        first = seen.setdefault((erratum.document, erratum.locator, erratum.printed), number)
        if first != number:
            raise CatalogError(
                f"{entry}与第 {first} 个重复（document、locator、printed 都相同）；请删去一个。"
            )
    return errata


def refuse_idle(errata: "Sequence[Erratum]", of: Mapping[str, Sequence[Provision]]) -> None:
    """An erratum that stands beside no text of its document is a mistake in the record.

    Raises:
        CatalogError: there is one.
    """
    named = {erratum.document for erratum in errata}
    used = {
        (document_id, note.printed, note.note)
        for document_id in named
        for provision in of.get(document_id, ())
        for note in provision.errata
    }
    for erratum in errata:
        if (erratum.document, erratum.printed, erratum.note) not in used:
            raise CatalogError(
                f"errata.toml 的勘误“{erratum.printed}”（{erratum.document}）"
                "在条文里找不到；请核对 printed 和 locator。"
            )


class Erratum(Frozen):
    """A printed error of one document."""

    document: str
    """The id of the document."""
    locator: str | None = None
    """Only this provision; absent: every provision of the document that has `printed`."""
    printed: Text
    """Words of the provision's text, page-end cuts joined."""
    correct: Text | None = None
    """What should stand for `printed`; absent when that cannot be told."""
    note: Text
    """The Chinese sentence that a reader sees beside the text."""
    basis: Basis

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if self.correct == self.printed:
            raise PydanticCustomError(
                "entry", "correct 与 printed 相同；不知道正确写法时请删去 correct"
            )
        return self
