"""How far the model has come: one line above the question box while there is need of it."""

from typing import Any

import gradio as gr

from qa.llm.model import Model
from qa.web.events import PRIVATE
from qa.web.spans import escape

_EVERY_S = 2.0
_MEANWHILE = "现在的回答是原文摘录。"


def html(model: Model | None) -> str:
    """The line; empty where the model is ready or not wanted."""
    return f'<p role="status">{escape(_sentence(model))}</p>' if _sentence(model) else ""


def watch(model: Model, line: gr.HTML) -> None:
    """Keep the line up to date until the model is ready or given up."""
    timer = gr.Timer(_EVERY_S)

    def tick() -> tuple[str, Any]:
        waiting = model.status.stage in ("download", "load")
        return html(model), gr.Timer(active=waiting)

    timer.tick(tick, None, [line, timer], **PRIVATE)


def _sentence(model: Model | None) -> str:
    if model is None or model.ready():
        return ""
    status = model.status
    if status.fault:
        return f"{status.fault}{_MEANWHILE}"
    done = f" {status.done / status.total:.0%}" if status.total else ""
    return f"{status.label}{done}……{_MEANWHILE}"
