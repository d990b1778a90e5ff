"""`qa corpus add`, `replace`, `remove`: documents enter the corpus and leave it."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.index.embedding import Embedder
    from qa.index.store import Index
    from qa.ingest.catalog import DocumentEntry
    from qa.ingest.intake import Proposal

File = Annotated[Path, typer.Argument(help="要收入的文件。", show_default=False)]
Id = Annotated[str, typer.Argument(help="文件的 id，见 qa corpus list。", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问。")]
Text = Annotated[str | None, typer.Option()]


def add(
    file: File,
    title: Annotated[str | None, typer.Option(help="标题；默认从文中认。")] = None,
    level: Annotated[str | None, typer.Option(help="效力层级，例如 法律、行政法规。")] = None,
    region: Annotated[str | None, typer.Option(help="国家或山东。")] = None,
    issuer: Annotated[str | None, typer.Option(help="发文单位。")] = None,
    issued: Annotated[str | None, typer.Option(help="发布日期，例如 2024-09-24。")] = None,
    changed: Annotated[
        str | None, typer.Option(help="这份文本最近一次修改的日期，例如 2024-12-28。")
    ] = None,
    effective: Annotated[str | None, typer.Option(help="施行日期，例如 2025-01-01。")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="简称；可以重复。")] = None,
    document_id: Annotated[str | None, typer.Option("--id", help="代号；默认自动取。")] = None,
    version_of: Annotated[
        str | None, typer.Option("--version-of", help="它是这份文件（id）修改后的文本。")
    ] = None,
    note: Annotated[str | None, typer.Option(help="给读者的一句说明。")] = None,
    yes: Yes = False,
) -> None:
    """收入一份文件：先给出认出的内容和疑点，确认后才写入语料、更新索引。"""
    from qa.ingest.intake import entry_for
    from qa.ingest.shelf import Shelf

    shelf = Shelf(opening.settings().corpus_dir)
    proposal, desk = _proposed(file, title)
    entry = entry_for(
        proposal,
        shelf.catalog,
        id=document_id,
        title=title,
        level=level,
        region=region,
        issuer=issuer,
        issued=issued,
        changed=changed,
        effective=effective,
        names=tuple(name or ()),
        version_of=version_of,
        note=note,
    )
    _show(proposal, entry)
    if not _confirmed("收入这份文件？", yes):
        return
    added = shelf.add(proposal, entry, getpass.getuser())
    _renew(desk)
    print(f"已收入《{added.title}》（{added.id}）。")


def replace(document_id: Id, file: File, yes: Yes = False) -> None:
    """用另一个文件换掉一份文件的文本（例如更清楚的扫描件）；登记的内容不变。"""
    from qa.ingest.shelf import Shelf

    shelf = Shelf(opening.settings().corpus_dir)
    entry = shelf.catalog.document(document_id)
    proposal, desk = _proposed(file, entry.title)
    _show(proposal, entry)
    if not _confirmed(f"用它替换《{entry.title}》现在的文本？", yes):
        return
    shelf.replace(document_id, proposal, getpass.getuser())
    _renew(desk)
    print(f"已替换《{entry.title}》的文本。")


def remove(document_id: Id, yes: Yes = False) -> None:
    """删去一份单独收入的文件；印在汇编里的不能删。"""
    from qa.ingest.shelf import Shelf

    shelf = Shelf(opening.settings().corpus_dir)
    entry = shelf.catalog.document(document_id)
    if not _confirmed(f"删去《{entry.title}》？", yes):
        return
    shelf.remove(document_id)
    _renew(None)
    print(f"已删去《{entry.title}》。")


def _proposed(file: Path, title: str | None) -> "tuple[Proposal, tuple[Embedder, Index | None]]":
    """A file as it is read, and what the index will go on from."""
    from qa.index.embedding import Embedder
    from qa.index.store import latest
    from qa.index.vectorstore import vector_store
    from qa.ingest.corpus import read_corpus
    from qa.ingest.formats import Limits
    from qa.ingest.intake import propose

    settings = opening.settings()
    embedder = Embedder(settings)
    kept = vector_store(settings, embedder.fingerprint)
    known = latest(settings.indexes_dir, embedder.fingerprint + kept.mark, kept)
    corpus = read_corpus(settings.corpus_dir, known.before if known else None)
    limits = Limits.of(settings)
    proposal = propose(file, corpus.shared, corpus.catalog, limits, title or "")
    return proposal, (embedder, known)


def _show(proposal: "Proposal", entry: "DocumentEntry") -> None:
    counts = entry.expect if entry.source is None else proposal.found.counts
    held = [
        f"{field.title} {getattr(counts, name)}"
        for name, field in type(counts).model_fields.items()
        if getattr(counts, name)
    ]
    rows = {
        "标题": entry.title,
        "代号": entry.id,
        "简称": "、".join(entry.names),
        "层级": f"{entry.level}，{entry.region}",
        "发文单位": entry.issuer,
        "发布": entry.issued,
        "修改": entry.changed,
        "施行": entry.effective,
        "修改前的文本": entry.version_of,
        "内容": "，".join(held) or f"{len(proposal.found.drafts)} 段",
    }
    for label, value in rows.items():
        if value:
            print(f"{label}：{value}")
    places = [draft.locator for draft in proposal.found.drafts]
    print(f"条文：{'、'.join(places[:3])}{' … ' + places[-1] if len(places) > 3 else ''}")
    for warning in proposal.warnings:
        print(f"注意：{warning}")


def _confirmed(question: str, yes: bool) -> bool:
    if yes:
        return True
    if sys.stdin.isatty() and typer.confirm(question):
        return True
    print("没有改动任何内容；确认后请加 --yes。")
    return False


def _renew(known: "tuple[Embedder, Index | None] | None") -> None:
    """Bring the index up to the corpus; unchanged provisions cost nothing."""
    from qa.volume import build_index

    embedder, index = known or (None, None)
    with opening.progress("更新索引") as report:
        build_index(opening.settings(), embedder, report, known=index)
