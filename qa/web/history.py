"""The list of somebody's conversations, beside the one that is open."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote

import gradio as gr

from qa.errors import QAError
from qa.records.conversations import Summary
from qa.records.records import Records
from qa.web.appearance import script
from qa.web.spans import escape

Served = dict[str, str]
"""What a script of the page is given: `html`, or `fault`, a sentence for the user."""


def history(records: Records) -> gr.HTML:
    """The list as a part of the page; its script triggers `open` with the id that was chosen."""
    conversations = records.conversations

    def listed(asked: dict[str, Any], request: gr.Request) -> Served:
        return _served(request, asked, lambda user, id: None)

    def rename(asked: dict[str, Any], request: gr.Request) -> Served:
        title = str(asked.get("title", ""))
        return _served(request, asked, lambda user, id: conversations.rename(user, id, title))

    def pin(asked: dict[str, Any], request: gr.Request) -> Served:
        pinned = asked.get("pinned") is True
        return _served(request, asked, lambda user, id: conversations.pin(user, id, pinned))

    def remove(asked: dict[str, Any], request: gr.Request) -> Served:
        return _served(request, asked, conversations.delete)

    def _served(
        request: gr.Request, asked: dict[str, Any], change: Callable[[int, str], None]
    ) -> Served:
        user = request.state.user.id
        try:
            change(user, str(asked.get("id", "")))
        except QAError as error:
            return {"fault": str(error)}
        found = conversations.list(user, str(asked.get("search", "")))
        return {"html": groups(found, str(asked.get("current", "")))}

    return gr.HTML(
        html((), None),
        elem_id="past",
        apply_default_css=False,
        js_on_load=script("dialog.js") + script("history.js"),
        server_functions=[listed, rename, pin, remove],
    )


def html(conversations: Iterable[Summary], current: str | None) -> str:
    """The whole column: the button that folds it, search, and the list."""
    return (
        f'<div class="past" data-current="{escape(current or "")}">'
        '<button type="button" class="past-toggle" aria-controls="past-list"'
        ' aria-expanded="true" aria-label="对话列表">对话</button>'
        '<nav id="past-list" aria-label="对话列表">'
        '<button type="button" class="past-new">新对话</button>'
        '<input type="search" class="past-search" placeholder="查找对话" aria-label="查找对话">'
        f'<div class="past-found" aria-live="polite">{groups(conversations, current)}</div>'
        "</nav></div>"
    )


def groups(conversations: Iterable[Summary], current: str | None) -> str:
    """The conversations under 置顶, 今天, 昨天 and 更早."""
    today = datetime.now().astimezone().date()

    def day(summary: Summary) -> str:
        if summary.pinned:
            return "置顶"
        age = today - summary.updated.astimezone().date()
        return "今天" if age < timedelta(1) else "昨天" if age < timedelta(2) else "更早"

    found = "".join(
        f"<h3>{name}</h3><ul>{''.join(_item(each, current) for each in those)}</ul>"
        for name, those in groupby(conversations, day)
    )
    return found or '<p class="quiet">这里还没有对话。</p>'


def _item(summary: Summary, current: str | None) -> str:
    title, here = escape(summary.title), summary.id == current
    return (
        f'<li data-id="{escape(summary.id)}" data-title="{title}"'
        f' data-pinned="{str(summary.pinned).lower()}"{" class=here" if here else ""}>'
        f'<a href="?c={escape(summary.id)}"{" aria-current=page" if here else ""}'
        f' title="{title}">{title}</a>'
        f'<details><summary aria-label="更多：{title}">⋯</summary><div class="menu">'
        f'<button type="button" data-act="pin">{"取消置顶" if summary.pinned else "置顶"}</button>'
        '<button type="button" data-act="rename">改名</button>'
        f"{_exports(summary)}"
        '<button type="button" data-act="remove">删除</button></div></details></li>'
    )


def _exports(summary: Summary) -> str:
    address = f"./export/conversation/{quote(summary.id, safe='')}"
    return "".join(
        f'<a href="{escape(address)}.{form}" download>导出 {name}</a>'
        for form, name in (("docx", "Word"), ("md", "Markdown"))
    )
