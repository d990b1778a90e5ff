"""The tab 运行状况: how the site runs at this moment, renewed every few seconds."""

from typing import Any

import gradio as gr

from qa.web.admin import live
from qa.web.admin.office import Office, Shown
from qa.web.events import PRIVATE
from qa.web.monitoring.state import State

NAME = "运行状况"
_EVERY_S = 3.0


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks; the last of them is the timer."""
    monitoring, assistant = office.monitoring, office.assistant
    state = State(assistant, office.settings)

    def show() -> tuple[str, ...]:
        now = monitoring.recent.figures()
        return (
            live.checks(monitoring.readiness(), state, assistant.model),
            live.numbers(now, state),
            live.stages(now),
            live.refusals(now),
            live.faults(now.faults),
        )

    # each by itself: what has not changed stays in the page as it is, also where it was scrolled
    shown: list[Any] = [_part("checks"), _part("live", "numbers")]
    with gr.Row(elem_classes="plots"):
        with gr.Column(min_width=300):
            shown.append(_part("stages", "figures"))
        with gr.Column(min_width=300):
            shown.append(_part("refusals", "figures"))
    shown.append(_part("faults", "listing"))
    timer = gr.Timer(_EVERY_S, active=False)
    timer.tick(show, None, shown, queue=False, **PRIVATE)
    return lambda: (*show(), gr.Timer(active=True)), [*shown, timer]


def is_open(event: gr.SelectData) -> gr.Timer:
    """The timer, at work only while the tab is in view."""
    return gr.Timer(active=event.value == NAME)


def _part(elem_id: str, *classes: str) -> gr.HTML:
    return gr.HTML("", elem_id=elem_id, elem_classes=[*classes], apply_default_css=False)
