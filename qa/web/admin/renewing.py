"""The strip that rebuilds the index, and shows how far that is; it stands on two tabs."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.errors import QAError
from qa.records.accounts import User
from qa.web.admin.office import Office, Shown, told
from qa.web.admin.rebuilding import Rebuild
from qa.web.events import PRIVATE, user_of
from qa.web.spans import escape

_EVERY_S = 1.0


def lay_out(
    office: Office,
    spoken: gr.HTML,
    also: Callable[[], Any] | None = None,
    filled: gr.components.Component | None = None,
) -> Shown:
    """Put it into the Blocks; `also` renews the component `filled` along with it."""

    def show() -> tuple[Any, ...]:
        now = office.rebuilding.now
        active = now is not None and now.active
        rest = () if also is None else (also(),)
        return (
            _state(office, now),
            gr.Timer(active=active),
            gr.Button(interactive=not active),
            *rest,
        )

    def start(request: gr.Request) -> tuple[Any, ...]:
        def act() -> str:
            office.rebuilding.start(_logged(office, user_of(request)))
            office.log(request, "重建索引", "开始")
            return ""

        return told(act), *show()

    with gr.Row(elem_classes="renewing"):
        state = gr.HTML("", elem_classes="index-state", apply_default_css=False)
        button = gr.Button("重建索引", elem_classes="rebuild", size="sm", variant="primary")
    timer = gr.Timer(_EVERY_S, active=False)
    shown: list[Any] = [state, timer, button, *([] if filled is None else [filled])]
    button.click(start, None, [spoken, *shown], **PRIVATE)
    timer.tick(show, None, shown, queue=False, **PRIVATE)
    return show, shown


def follow(office: Office, user: User) -> None:
    """Bring the index up to a corpus that the user has just changed."""
    office.rebuilding.follow(_logged(office, user))


def _logged(office: Office, user: User) -> Callable[[Rebuild], None]:
    """What writes down how a rebuild has ended."""

    def ended(over: Rebuild) -> None:
        done = over.fault or f"完成，{office.assistant.manifest.provisions} 个条文单元"
        office.records.changes.log(user.id, "重建索引结束", done)

    return ended


def _state(office: Office, now: Rebuild | None) -> str:
    if now and now.active:
        share = f"：{now.done} / {now.total}" if now.total else "……"
        part = f'value="{now.done}" max="{now.total}"' if now.total else ""
        return (
            f'<p role="status">正在重建索引{share}，提问照常进行。</p>'
            f'<progress {part} aria-label="重建索引"></progress>'
        )
    fault = f"上次重建没有做成：{now.fault}" if now and now.fault else ""
    try:
        current = office.assistant.is_current
    except QAError as error:
        return f'<p role="status" class="wrong">{escape(str(error))}</p>'
    told_now = (
        "索引与目录、勘误和源文件一致。"
        if current
        else "目录、勘误或源文件改过，回答仍按原来的内容；重建索引后生效，不用重启。"
    )
    tone = "wrong" if fault else ("quiet" if current else "stale")
    return f'<p role="status" class="{tone}">{escape(fault + told_now)}</p>'
