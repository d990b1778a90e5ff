"""The documents that were added, on the tab 文件收入: where they came from, and how they go."""

from datetime import datetime
from typing import Any

import gradio as gr

from qa.errors import NotFound
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions
from qa.ingest.shelf import Shelf
from qa.web.admin import renewing
from qa.web.admin.office import Office, Shown, clock, confirming, rows, table, told
from qa.web.events import PRIVATE, user_of
from qa.web.library.addresses import Addresses
from qa.web.spans import escape

_HERE = Addresses("..")
_HEADERS = ("标题", "原文件", "收入时间", "谁", "状态")


def lay_out(office: Office, spoken: gr.HTML, wish: gr.State) -> Shown:
    """Put the list into the Blocks; `wish` gets the id of a document that is to be replaced."""
    shelf = Shelf(office.settings.corpus_dir)

    def listed() -> str:
        found: list[tuple[str, list[str]]] = []

        def read() -> str:
            own = [entry for entry in shelf.catalog.documents if entry.source]
            found.extend((entry.id, _row(office, entry)) for entry in reversed(own))
            return ""

        return told(read) or rows("单独收入的文件", _HEADERS, found)

    def picked(event: gr.EventData) -> tuple[Any, ...]:
        found: list[str] = []

        def read() -> str:
            found.append(_details(office, shelf.catalog.document(str(event.key))))
            return ""

        fault = told(read)
        if not found:
            return fault, "", None, gr.Row(visible=False)
        return "", found[0], str(event.key), gr.Row(visible=True)

    def replace(document_id: str | None) -> tuple[Any, ...]:
        held: list[DocumentEntry] = []

        def act() -> str:
            held.append(shelf.catalog.document(_chosen(document_id)))
            return f"请把《{held[0].title}》的新文件拖到上面；确认之前，什么都不变。"

        return told(act), document_id if held else None

    def about(document_id: str | None) -> str:
        entry = shelf.catalog.document(_chosen(document_id))
        return f"要删去《{entry.title}》吗？它的文本和原件都删去；印在汇编里的不受影响。"

    def delete(document_id: str | None, request: gr.Request) -> tuple[Any, ...]:
        gone: list[DocumentEntry] = []

        def act() -> str:
            gone.append(shelf.remove(_chosen(document_id)))
            entry = gone[0]
            office.log(request, "删去文件", f"《{entry.title}》（{entry.id}）{_origin(entry)}")
            renewing.follow(office, user_of(request))
            return f"已删去《{entry.title}》，正在更新索引。"

        spoken_now = told(act)
        if not gone:
            return spoken_now, gr.skip(), document_id, gr.skip(), *show_index()
        return spoken_now, "", None, gr.Row(visible=False), *show_index()

    document = gr.State(None)
    gr.HTML("<h2>单独收入的文件</h2>", apply_default_css=False)
    documents = table("added")
    show_index, index_parts = renewing.lay_out(office, spoken, listed, documents)
    details = gr.HTML("", elem_id="added-details", apply_default_css=False)
    with gr.Row(elem_classes="acts", visible=False) as acts:
        replacing = gr.Button("用另一个文件替换", elem_id="added-replace")
        deleting = gr.Button("删去", elem_id="added-delete")
    chosen: list[Any] = [details, document, acts]
    documents.click(picked, None, [spoken, *chosen], **PRIVATE)
    replacing.click(replace, document, [spoken, wish], **PRIVATE)
    confirming(deleting, about, delete, [document], [spoken, *chosen, *index_parts], spoken)
    return show_index, index_parts


def _chosen(document_id: str | None) -> str:
    if not document_id:
        raise NotFound("请先点列表中的一行，选一份文件。")
    return document_id


def _row(office: Office, entry: DocumentEntry) -> list[str]:
    came = entry.provenance
    if came is None:  # put into the catalog by hand
        return [entry.title, entry.source or "", "", "", _state(office, entry)]
    when = clock(datetime.fromisoformat(came.added))
    return [entry.title, came.file, when, came.by, _state(office, entry)]


def _state(office: Office, entry: DocumentEntry) -> str:
    """Whether answers rest on it yet."""
    used = {each.source for each in office.assistant.documents}
    return "使用中" if entry.source in used else "等待更新索引"


def _origin(entry: DocumentEntry) -> str:
    came = entry.provenance
    return f"，{came.file}，{came.sha256[:12]}" if came else ""


def _details(office: Office, entry: DocumentEntry) -> str:
    came = entry.provenance
    facts = {"代号": entry.id, "简称": "、".join(entry.names), "施行": entry.effective or ""}
    if came:
        facts |= {
            "原文件": came.file,
            "SHA-256": came.sha256,
            "收入时间": clock(datetime.fromisoformat(came.added)),
            "谁": came.by,
            "读法": came.how or "文本",
            "解析器版本": str(came.parser),
        }
    shown = "".join(f"<dt>{n}</dt><dd>{escape(v)}</dd>" for n, v in facts.items() if v)
    links = "".join(
        f'<li><a href="{escape(url)}" target="_blank">{escape(text)}</a></li>'
        for text, url in _links(office, entry)
    )
    return f"<article><h3>{escape(entry.title)}</h3><dl>{shown}</dl><ul>{links}</ul></article>"


def _links(office: Office, entry: DocumentEntry) -> list[tuple[str, str]]:
    """Into 法规库, as far as that has the document by now."""
    known = {each.id for each in office.assistant.documents}
    if entry.id not in known:
        return []
    links = [("在法规库打开", _HERE.document(entry.title))]
    if office.assistant.original(entry.id):
        links.append(("看原件", _HERE.page(entry.title, 1)))
    held = Editions(office.assistant.documents).of(entry.id)
    for other in held:
        if other.id != entry.id:
            old, new = sorted((entry, other), key=held.index)
            links.append((f"与《{other.title}》逐条对照", _HERE.compare(a=old.title, b=new.title)))
    return links
