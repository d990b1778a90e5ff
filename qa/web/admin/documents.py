"""The tab 文件状态: what became of each document, and what is misprinted in it."""

from typing import Any

import gradio as gr

from qa.errors import CatalogError
from qa.ingest.catalog import DocumentEntry, Status
from qa.ingest.editing import Marking
from qa.web.admin import errata, renewing
from qa.web.admin.office import Office, Shown, rows, said, table, told
from qa.web.events import PRIVATE

_STATUSES: dict[Status | None, str] = {None: "未记录", "amended": "已修改", "repealed": "已废止"}
_BY_NAME = {label: status for status, label in _STATUSES.items()}
_HEADERS = ("标题", "效力层级", "状态", "说明")


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    editor = office.editor

    def show() -> tuple[Any, ...]:
        found: list[DocumentEntry] = []

        def read() -> str:
            found.extend(editor.catalog.documents)
            return ""

        fault = told(read)
        listed = [
            (entry.id, [entry.title, entry.level, _state(entry), entry.note or ""])
            for entry in found
        ]
        choices = [(entry.title, entry.id) for entry in found]
        return (
            fault,
            rows("文件", _HEADERS, listed),
            gr.update(choices=choices),
            *show_errata(),
            *show_index(),
        )

    def entry_of(document_id: str | None) -> DocumentEntry:
        if not document_id:
            raise CatalogError("请先选一份文件。")
        return editor.catalog.document(document_id)

    def recorded(document_id: str | None) -> tuple[Any, ...]:
        found: list[DocumentEntry] = []

        def read() -> str:
            found.append(entry_of(document_id))
            return ""

        fault = told(read)
        if not found:
            return fault, None, *[gr.skip()] * 3
        entry = found[0]
        return gr.skip(), entry, _STATUSES[entry.status], entry.draft, entry.note or ""

    def save(
        document_id: str | None,
        chosen: DocumentEntry | None,
        status: str,
        draft: bool,
        note: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        saved: list[DocumentEntry] = []

        def act() -> str:
            before = chosen if chosen and chosen.id == document_id else entry_of(document_id)
            editor.mark(before, Marking(_BY_NAME[status], draft, note))
            after = editor.catalog.document(before.id)
            saved.append(after)
            office.log(
                request,
                "记录文件状态",
                f"《{after.title}》{_state(before)} → {_state(after)}；"
                f"说明：{before.note or '无'} → {after.note or '无'}",
            )
            return f"已记录《{after.title}》：{_state(after)}。重建索引后，回答会带上新的说明。"

        spoken = told(act)
        return spoken, saved[0] if saved else gr.skip(), *show()[1:]

    def picked(event: gr.EventData) -> tuple[Any, ...]:
        return str(event.key), *recorded(str(event.key))

    spoken = said()
    show_index, index_parts = renewing.lay_out(office, spoken)
    documents, entry = table("documents"), gr.State(None)
    with gr.Row(elem_classes="cards"):
        with gr.Column(min_width=280, elem_classes="card"):
            gr.HTML("<h2>记录文件状态</h2>", apply_default_css=False)
            document = gr.Dropdown([], label="文件（也可点列表中的一行）", elem_id="marked")
            status = gr.Radio([*_BY_NAME], value="未记录", label="状态", elem_id="status")
            draft = gr.Checkbox(label="草案、征求意见稿或会签稿", elem_id="draft")
            note = gr.Textbox(
                label="给读者的说明（一句完整的话，随每个引用该文件的回答出现）",
                lines=3,
                elem_id="note",
            )
            saving = gr.Button("保存", variant="primary", elem_id="mark")
        with gr.Column(min_width=280, elem_classes="card"):
            show_errata, errata_parts = errata.lay_out(office, spoken, (show_index, index_parts))

    shown: list[Any] = [spoken, documents, document, *errata_parts, *index_parts]
    entered: list[Any] = [document, entry, status, draft, note]
    saving.click(save, entered, [spoken, entry, *shown[1:]], **PRIVATE)
    form: list[Any] = [spoken, entry, status, draft, note]
    document.input(recorded, document, form, **PRIVATE)
    documents.click(picked, None, [document, *form], **PRIVATE)
    return show, shown


def _state(entry: DocumentEntry) -> str:
    return _STATUSES[entry.status] + ("，草案" if entry.draft else "")
