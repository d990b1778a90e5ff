"""摘录夹: the evidence that somebody put aside, beside the panel 依据."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import gradio as gr

from qa.assistant import Assistant
from qa.errors import NotFound, QAError
from qa.ingest.provision import Provision
from qa.records.clips import NOTE_CHARS, Clip
from qa.records.records import Records
from qa.web.appearance import script
from qa.web.library.addresses import Addresses
from qa.web.spans import escape

_HERE = Addresses(".")
_GAP = "……"
Served = dict[str, str]


def clipboard(assistant: Assistant, records: Records) -> gr.HTML:
    """The drawer as a part of the page; its script fills it when it is wanted."""
    clips = records.clips

    def put_in(asked: dict[str, Any], request: gr.Request) -> Served:
        def add(user: int) -> None:
            provision = _provision(assistant, asked)
            locator = str(asked.get("locator", ""))
            if not locator.startswith(provision.locator):
                locator = provision.locator
            quote = quoted(provision, asked.get("quotes"))
            clips.add(user, provision.id, provision.document, locator, quote)

        return served(request, add)

    def listed(asked: dict[str, Any], request: gr.Request) -> Served:
        return served(request, lambda user: None)

    def annotate(asked: dict[str, Any], request: gr.Request) -> Served:
        note = str(asked.get("note", ""))
        return served(request, lambda user: clips.annotate(user, _number(asked, "id"), note))

    def move(asked: dict[str, Any], request: gr.Request) -> Served:
        to = _number(asked, "to")
        return served(request, lambda user: clips.move(user, _number(asked, "id"), to))

    def remove(asked: dict[str, Any], request: gr.Request) -> Served:
        return served(request, lambda user: clips.remove(user, _number(asked, "id")))

    def clear(asked: dict[str, Any], request: gr.Request) -> Served:
        return served(request, clips.clear)

    def served(request: gr.Request, change: Callable[[int], object]) -> Served:
        user = request.state.user.id
        try:
            change(user)
        except QAError as error:
            return {"fault": str(error)}
        held = clips.list(user)
        return {"html": html(held), "count": str(len(held))}

    return gr.HTML(
        '<div class="tabs" role="tablist" aria-label="依据与摘录夹">'
        '<button type="button" role="tab" id="tab-panel" aria-controls="panel"'
        ' aria-selected="true">依据</button>'
        '<button type="button" role="tab" id="tab-clips" aria-controls="clips-held"'
        ' aria-selected="false" tabindex="-1">摘录夹<span class="count"></span></button></div>'
        '<section id="clips-held" role="tabpanel" aria-labelledby="tab-clips" hidden></section>',
        elem_id="clips",
        apply_default_css=False,
        js_on_load=script("dialog.js") + script("clips.js"),
        server_functions=[put_in, listed, annotate, move, remove, clear],
    )


def html(clips: Sequence[Clip]) -> str:
    """The clips in their owner's order, each with its note."""
    if not clips:
        return '<p class="quiet">摘录夹是空的。在依据卡片上点“摘录”，条文就放到这里。</p>'
    items = "".join(_item(clip, n, len(clips)) for n, clip in enumerate(clips))
    return (
        f'<div class="clips-head"><span>{len(clips)} 条摘录</span>'
        '<a href="./export/clips.docx" download>导出 Word</a>'
        '<a href="./export/clips.md" download>导出 Markdown</a>'
        '<button type="button" data-act="clear">清空</button></div>'
        f"<ol>{items}</ol>"
    )


def quoted(provision: Provision, quotes: object) -> str:
    """The quotes as one text, only what stands in the provision; else the whole provision."""
    try:
        read = json.loads(quotes) if isinstance(quotes, str) else []
    except ValueError:
        read = []
    held = [each for each in read if isinstance(each, str) and each and each in provision.text]
    return _GAP.join(held) if held else provision.text


def _item(clip: Clip, place: int, count: int) -> str:
    name = f"《{clip.title}》{clip.locator}"
    address = escape(f"{_HERE.document(clip.title)}/{quote(clip.locator, safe='')}")
    up = "" if place else " disabled"
    down = "" if place < count - 1 else " disabled"
    return (
        f'<li data-id="{clip.id}" data-place="{place}">'
        f'<a class="clip-name" href="{address}" target="_blank">{escape(name)}</a>'
        f"<blockquote tabindex='0'>{escape(clip.quote).replace(chr(10), '<br>')}</blockquote>"
        f'<textarea rows="2" maxlength="{NOTE_CHARS}" placeholder="备注"'
        f' aria-label="备注：{escape(name)}">{escape(clip.note)}</textarea>'
        '<div class="clip-acts">'
        f'<button type="button" data-act="up"{up}>上移</button>'
        f'<button type="button" data-act="down"{down}>下移</button>'
        '<button type="button" data-act="remove">移出</button></div></li>'
    )


def _provision(assistant: Assistant, asked: dict[str, Any]) -> Provision:
    try:
        return assistant.provision(str(asked.get("provision", "")))
    except KeyError:
        raise NotFound("这一条已经不在汇编里了；请重新提问。") from None


def _number(asked: dict[str, Any], key: str) -> int:
    value = asked.get(key)
    return value if isinstance(value, int) else -1
