"""`qa corpus show`, `diff`, `export`: what the corpus holds, for people and for programs."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.ingest.corpus import Corpus
    from qa.ingest.provision import Provision
    from qa.ingest.versions import Change

Name = Annotated[str, typer.Argument(help="文件的 id、标题或简称。", show_default=False)]
_KINDS = {"moved": "移位", "changed": "修改", "added": "新增", "deleted": "删去"}


def show(name: Name, as_json: opening.Json = False) -> None:
    """查看一份文件：登记的内容、来历、各次文本和条文。"""
    corpus = _corpus()
    document_id = _named(corpus, name)
    entry = corpus.catalog.document(document_id)
    held = _provisions(corpus, document_id)
    if as_json:
        told = entry.model_dump(exclude_none=True)
        opening.print_json(told | {"provisions": [p.model_dump() for p in held]})
        return
    for field, value in entry.model_dump(exclude_none=True, exclude={"expect"}).items():
        print(f"{field}: {value}")
    for provision in held:
        print(f"\n{' / '.join(provision.headings)}\n{provision.text}".rstrip())


def diff(old: Name, new: Name, as_json: opening.Json = False) -> None:
    """逐条对照两份文本：哪条移了位、改了什么、新增和删去了哪些。"""
    from qa.ingest.versions import difference

    corpus = _corpus()
    changes = difference(*(_provisions(corpus, _named(corpus, name)) for name in (old, new)))
    if as_json:
        opening.print_json([_told(change) for change in changes])
        return
    for change in changes:
        if change.kind != "same":
            print("\n".join(_lines(change)) + "\n")
    counts = [
        f"{label} {sum(c.kind == kind for c in changes)} 条" for kind, label in _KINDS.items()
    ]
    print(f"{'，'.join(counts)}，未变 {sum(c.kind == 'same' for c in changes)} 条。")


def export(
    folder: Annotated[Path, typer.Argument(help="写到这个文件夹。", show_default=False)],
    form: Annotated[
        Literal["jsonl", "akn"], typer.Option("--format", help="JSON Lines 或 Akoma Ntoso XML。")
    ] = "jsonl",
) -> None:
    """导出整个语料：jsonl 每个条文单元一行；akn 每份文件一个 XML，都合于标准的模式。"""
    from qa.ingest.exporting import write_akoma_ntoso, write_jsonl

    corpus = _corpus()
    written = write_jsonl(corpus, folder) if form == "jsonl" else write_akoma_ntoso(corpus, folder)
    print(f"已写入 {len(written)} 个文件：{folder}")


def _corpus() -> "Corpus":
    from qa.ingest.corpus import read_corpus

    return read_corpus(opening.settings().corpus_dir)


def _named(corpus: "Corpus", name: str) -> str:
    """The id of the document that has this id, title or name; a name means today's text."""
    from qa.errors import QuestionError
    from qa.ingest.editions import Editions
    from qa.ingest.forms import tight

    for entry in corpus.catalog.documents:
        if tight(name) in (entry.id, tight(entry.title)):
            return entry.id
    for entry in corpus.catalog.documents:
        if tight(name) in map(tight, entry.names):
            return Editions(corpus.catalog.documents).at(entry.id)
    raise QuestionError(f"没有叫“{name}”的文件；用 qa corpus list 查看全部文件。")


def _provisions(corpus: "Corpus", document_id: str) -> "list[Provision]":
    return [p for p in corpus.provisions if p.document_id == document_id]


def _told(change: "Change") -> dict[str, object]:
    return {
        "kind": change.kind,
        "old": change.old and change.old.locator,
        "new": change.new and change.new.locator,
        "words": [asdict(words) for words in change.words],
    }


def _lines(change: "Change") -> list[str]:
    places = [p.locator for p in (change.old, change.new) if p]
    head = f"【{_KINDS[change.kind]}】{' → '.join(dict.fromkeys(places))}"
    if change.words:
        marks = {"equal": "{}", "insert": "[+{}+]", "delete": "[-{}-]"}
        return [head, "".join(marks[w.edit].format(w.text) for w in change.words)]
    held = change.new or change.old
    return [head, *([held.text] if held and change.kind != "moved" else [])]
