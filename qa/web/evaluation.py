"""The page 评测: choose a bank and a mode, run, watch, read the report, compare two runs."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.evaluation.runs import Runs
from qa.evaluation.subject import MODES
from qa.web.appearance import script
from qa.web.evaluation_html import comparison, listing, progress, report, sentence
from qa.web.events import PRIVATE

log = logging.getLogger(__name__)

_INTO_VIEW = """watch("value", () => {
  if (element.textContent.trim()) element.scrollIntoView({ block: "nearest" });
});"""
_EVERY_S = 1.0
_NEVER = -1


def lay_out(blocks: gr.Blocks, runs: Runs) -> None:
    """Put the page's parts into the Blocks; the reports have addresses of their own."""

    def refresh(seen: int) -> tuple[Any, ...]:
        """What is going on; what has not changed since the page has `seen` it is left alone."""
        changes = runs.changes  # before the progress, so that no end is missed between the two
        now = runs.progress
        changed = changes != seen
        active = now is not None and now.active
        if not changed and not active:
            return tuple(gr.skip() for _ in shown)
        return (
            progress(now),
            gr.update(visible=active, interactive=now is not None and now.state == "running"),
            listing(runs.archive.entries(), now) if changed else gr.skip(),
            gr.update(choices=_banks(runs)) if changed else gr.skip(),
            changes,
        )

    def begin(bank: str | None, mode: str | None, limit: float | None) -> tuple[Any, ...]:
        return told(lambda: runs.start(bank or "", mode or "", int(limit or 0) or None))

    def stop() -> tuple[Any, ...]:
        return told(runs.stop)

    def upload(path: str) -> tuple[Any, ...]:
        added: list[str] = []
        said = told(lambda: added.append(runs.add_bank(Path(path)).name))
        if not added:
            return *said, gr.skip()
        kept = sentence(f"已收下题库“{added[0]}”，可以开始评测。", "done")
        return kept, *said[1:], gr.update(choices=_banks(runs), value=added[0])

    def act(event: gr.EventData) -> tuple[Any, ...]:
        """What was clicked in the list; `event` has what evaluation.js sent."""
        match event.act:
            case "resume":
                return (*told(lambda: runs.resume(str(event.run))), gr.skip())
            case "delete":
                return (*told(lambda: runs.delete(str(event.run))), "")
            case "compare":
                return shown_in_frame(
                    lambda: comparison(runs.archive, str(event.before), str(event.after))
                )
            case "report":
                return shown_in_frame(lambda: report(runs.archive, str(event.run)))
            case _:
                return (sentence(""), *refresh(runs.changes), "")

    def shown_in_frame(made: Callable[[], str]) -> tuple[Any, ...]:
        html: list[str] = []
        said = told(lambda: html.append(made()))
        return *said, html[0] if html else gr.skip()

    def told(action: Callable[[], object]) -> tuple[Any, ...]:
        """Act, then say what went wrong if anything did, and show what is going on."""
        said = ""
        try:
            action()
        except QAError as error:
            said = str(error)
        except Exception:
            log.exception("评测页面出现意外错误")
            said = (
                "系统出了意外的错误，请再试一次；"
                f"若仍如此，请把时间（{datetime.now().astimezone():%H:%M:%S}）告诉管理员。"
            )
        return (sentence(said), *refresh(_NEVER))

    seen = gr.State(_NEVER)
    with gr.Row(elem_id="evaluation"):
        with gr.Column(elem_id="setup", min_width=280):
            bank, uploading, mode, limit, starting = _form(runs)
            hint = gr.HTML(
                sentence(""), elem_id="said", apply_default_css=False, js_on_load=_INTO_VIEW
            )
        with gr.Column(elem_id="work", min_width=300):
            with gr.Row(elem_id="present"):
                now = gr.HTML(progress(None), elem_id="progress", apply_default_css=False)
                stopping = gr.Button("停止", elem_id="stop", size="sm", visible=False)
            table = gr.HTML(
                listing((), None),
                elem_id="runs",
                apply_default_css=False,
                js_on_load=script("evaluation.js"),
            )
    viewer = gr.HTML(
        "",
        elem_id="viewer",
        apply_default_css=False,
        js_on_load=script("viewer.js"),
    )

    shown: list[Any] = [now, stopping, table, bank, seen]
    blocks.load(refresh, seen, shown, **PRIVATE)
    gr.Timer(_EVERY_S).tick(refresh, seen, shown, queue=False, **PRIVATE)
    starting.click(begin, [bank, mode, limit], [hint, *shown], **PRIVATE)
    stopping.click(stop, None, [hint, *shown], **PRIVATE)
    uploading.upload(upload, uploading, [hint, *shown, bank], **PRIVATE)
    table.click(act, None, [hint, *shown, viewer], **PRIVATE)


def _form(
    runs: Runs,
) -> tuple[gr.Dropdown, gr.UploadButton, gr.Radio, gr.Number, gr.Button]:
    """Bank, upload, mode, limit, start."""
    banks = _banks(runs)
    gr.HTML("<h2>新的评测</h2>", elem_classes="heading", apply_default_css=False)
    bank = gr.Dropdown(
        banks,
        value=banks[0][1] if banks else None,
        label="题库",
        filterable=False,
        elem_id="bank",
    )
    uploading = gr.UploadButton("上传自己的题库（.jsonl）", size="sm", elem_id="upload")
    mode = gr.Radio(
        [(label, name) for name, label in MODES.items()],
        value=next(iter(MODES)),
        label="方式",
        elem_id="mode",
    )
    limit = gr.Number(value=0, precision=0, label="只做前几题（0 为全部）", elem_id="limit")
    starting = gr.Button("开始评测", variant="primary", elem_id="start")
    return bank, uploading, mode, limit, starting


def _banks(runs: Runs) -> list[tuple[str, str]]:
    return [(f"{bank.name}（{len(bank.questions)} 题）", bank.name) for bank in runs.banks.all()]
