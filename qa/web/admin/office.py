"""What all tabs of the page 管理 work with, and how they act and speak."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.errors import QAError
from qa.evaluation.drafts import Drafts
from qa.ingest.editing import Editor
from qa.records.records import Records
from qa.records.usage import BEIJING
from qa.settings import Settings
from qa.web.admin.arrivals import Arrivals
from qa.web.admin.rebuilding import Rebuilding
from qa.web.appearance import script
from qa.web.events import PRIVATE, user_of
from qa.web.monitoring import Monitoring
from qa.web.spans import escape

log = logging.getLogger(__name__)

Shown = tuple[Callable[[], Any], list[Any]]
"""What renews a tab, and the components that it fills."""
INTO_VIEW = """watch("value", () => {
  if (element.textContent.trim()) element.scrollIntoView({ block: "nearest" });
});"""


@dataclass(frozen=True)
class Office:
    """The parts of the program that an administrator works on."""

    assistant: Assistant
    records: Records
    settings: Settings
    editor: Editor
    drafts: Drafts
    rebuilding: Rebuilding
    monitoring: Monitoring
    arrivals: Arrivals

    def log(self, request: gr.Request, what: str, detail: str) -> None:
        """Write down who changed what; never a password."""
        self.records.changes.log(user_of(request).id, what, detail)


def said() -> gr.HTML:
    """The line in which a tab says what it has done, or why it has not."""
    return gr.HTML("", elem_classes="said", apply_default_css=False, js_on_load=INTO_VIEW)


def told(action: Callable[[], str]) -> str:
    """Act, and the sentence of the page about it: what the action says, or what went wrong."""
    try:
        return sentence(action(), "done")
    except QAError as error:
        return sentence(str(error), "wrong")
    except Exception:
        log.exception("管理页面出现意外错误")
        now = datetime.now().astimezone()
        return sentence(
            f"系统出了意外的错误，没有做成；若再试仍如此，请查看 {now:%H:%M:%S} 的运行日志。",
            "wrong",
        )


def sentence(text: str, tone: str) -> str:
    """A sentence for the administrator; `tone` is `wrong` or `done`."""
    return f'<p role="status" class="{tone}">{escape(text)}</p>' if text else ""


def confirming(
    button: gr.Button,
    ask: Callable[..., str],
    act: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    spoken: gr.HTML,
) -> None:
    """Have a click on the button ask first; `act` follows the click on 确定.

    Args:
        ask: the question; a `QAError` of it is shown in `spoken`, and nothing is asked.
        act: gets `inputs` and the request, fills `outputs`.
    """
    with gr.Row(visible=False, elem_classes="confirm") as row:
        question = gr.HTML("", apply_default_css=False)
        yes = gr.Button("确定", size="sm", variant="stop")
        no = gr.Button("取消", size="sm")

    def asked(*values: Any) -> tuple[Any, ...]:
        made: list[str] = []

        def make() -> str:
            made.append(ask(*values))
            return ""

        fault = told(make)
        text = f'<p role="alert">{escape(made[0])}</p>' if made else ""
        return gr.Row(visible=bool(made)), text, fault

    button.click(asked, [*inputs], [row, question, spoken], **PRIVATE)
    gr.on([yes.click, no.click], lambda: gr.Row(visible=False), None, row, **PRIVATE)
    yes.click(act, [*inputs], [*outputs], **PRIVATE)


def clock(when: datetime) -> str:
    """A time as it is read in China."""
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def table(css: str) -> gr.HTML:
    """A list to read; a click on a row that has a key gives `key` to its `click` event."""
    return gr.HTML(
        "", elem_classes=["listing", css], apply_default_css=False, js_on_load=script("admin.js")
    )


def rows(name: str, headers: Sequence[str], found: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The list as HTML; each row has a key, empty where nothing comes of picking it."""
    head = "".join(f'<th scope="col">{header}</th>' for header in headers)
    body = "".join(
        (f'<tr data-key="{escape(key)}">' if key else "<tr>")
        + "".join(
            f'<td data-label="{header}">{_cell(text, pick=bool(key) and not n)}</td>'
            for n, (header, text) in enumerate(zip(headers, cells, strict=True))
        )
        + "</tr>"
        for key, cells in found
    )
    if not body:
        return f'<p class="quiet">{name}：还没有。</p>'
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scrolled" role="region" aria-label="{name}" tabindex="0">{table}</div>'


def _cell(text: str, *, pick: bool) -> str:
    return f'<button type="button">{escape(text)}</button>' if pick else escape(text)
