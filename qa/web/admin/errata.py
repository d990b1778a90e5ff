"""The errata on the tab 文件状态: record a misprint, change what is recorded, delete it."""

from typing import Any, get_args

import gradio as gr

from qa.errors import CatalogError, QAError
from qa.ingest.errata import Basis, Erratum
from qa.web.admin.office import Office, Shown, confirming, told
from qa.web.events import PRIVATE

_NEW = -1
_FIELDS = ("document", "locator", "printed", "correct", "note", "basis")
_BASES = [*get_args(Basis)]


def lay_out(office: Office, spoken: gr.HTML, also: Shown) -> Shown:
    """Put the form into the Blocks; `also` is renewed after a change."""
    editor = office.editor
    renew_also, filled = also

    def show() -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            catalog, errata = editor.catalog, editor.errata
        except QAError:
            return gr.update(), gr.update()  # the list of documents says what is wrong
        titles = {entry.id: entry.title for entry in catalog.documents}
        recorded = [
            (f"{titles[one.document]}：{one.printed[:30]}", n) for n, one in enumerate(errata)
        ]
        choices = [("新的勘误", _NEW), *recorded]
        return gr.update(choices=choices), gr.update(choices=[(t, id) for id, t in titles.items()])

    def chosen(number: int | None) -> tuple[Any, ...]:
        found: list[Erratum] = []

        def read() -> str:
            errata = editor.errata
            if number is not None and 0 <= number < len(errata):
                found.append(errata[number])
            return ""

        fault = told(read)
        if not found:
            return fault or gr.skip(), None, None, "", "", "", "", _BASES[0]
        values = found[0].model_dump()
        return gr.skip(), found[0], *(values[name] or "" for name in _FIELDS)

    def save(
        before: Erratum | None,
        document: str | None,
        locator: str,
        printed: str,
        correct: str,
        note: str,
        basis: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        values = (document or "", locator, printed, correct, note, basis)
        done: list[str] = []

        def act() -> str:
            if not document:
                raise CatalogError("请先选勘误所在的文件。")
            fields = dict(zip(_FIELDS, values, strict=True))
            if before is None:
                editor.add_erratum(fields)
            else:
                editor.change_erratum(before, fields)
            done.append("登记勘误" if before is None else "修改勘误")
            was = f"；原为：{_words(before)}" if before else ""
            office.log(request, done[0], f"{document}：{printed.strip()}；{note.strip()}{was}")
            return f"已{done[0]}。重建索引后，读者会看到这句说明。"

        return told(act), *renewed(bool(done))

    def delete(recorded: Erratum | None, request: gr.Request) -> tuple[Any, ...]:
        done: list[Erratum] = []

        def act() -> str:
            editor.remove_erratum(picked(recorded))
            done.append(picked(recorded))
            office.log(request, "删除勘误", _words(done[0]))
            return "已删除勘误，内容记在变更记录里。重建索引后，读者不再看到这句说明。"

        return told(act), *renewed(bool(done))

    def renewed(done: bool) -> tuple[Any, ...]:
        """The form, empty again where something was `done`, and the strip of the index."""
        numbers, documents = show()
        if not done:
            return numbers, documents, *[gr.skip()] * (1 + len(texts)), *renew_also()
        numbers, documents = {**numbers, "value": _NEW}, {**documents, "value": None}
        return numbers, documents, None, "", "", "", "", _BASES[0], *renew_also()

    def picked(recorded: Erratum | None) -> Erratum:
        if recorded is None:
            raise CatalogError("请先在“勘误”里选一条已登记的。")
        return recorded

    def about(recorded: Erratum | None) -> str:
        return f"要删除这条勘误吗？印出的文字：{picked(recorded).printed}"

    original = gr.State(None)
    gr.HTML("<h2>勘误</h2>", apply_default_css=False)
    number = gr.Dropdown([("新的勘误", _NEW)], value=_NEW, label="勘误", elem_id="erratum")
    document = gr.Dropdown([], value=None, label="勘误所在的文件", elem_id="erratum-document")
    locator = gr.Textbox(label="定位（只指一条时写，如 第四十八条）", elem_id="erratum-locator")
    printed = gr.Textbox(label="印出的文字（照原文）", lines=2, elem_id="erratum-printed")
    correct = gr.Textbox(
        label="应为（整段替换；无法判断时不写）", lines=2, elem_id="erratum-correct"
    )
    note = gr.Textbox(label="给读者的一句说明", lines=2, elem_id="erratum-note")
    basis = gr.Dropdown(
        _BASES, value=_BASES[0], label="依据", elem_id="erratum-basis", filterable=False
    )
    with gr.Row(elem_classes="acts"):
        saving = gr.Button("保存勘误", variant="primary", elem_id="erratum-save")
        deleting = gr.Button("删除勘误", elem_id="erratum-delete")
    texts = [locator, printed, correct, note, basis]
    number.input(chosen, number, [spoken, original, document, *texts], **PRIVATE)
    outputs = [spoken, number, document, original, *texts, *filled]
    saving.click(save, [original, document, *texts], outputs, **PRIVATE)
    confirming(deleting, about, delete, [original], outputs, spoken)
    return show, [number, document]


def _words(erratum: Erratum) -> str:
    """The whole of it for the log, so that it can be recorded again."""
    fields = erratum.model_dump(exclude_none=True)
    return "；".join(f"{name} {value}" for name, value in fields.items())
