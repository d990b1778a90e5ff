"""The site: its pages, and putting them up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gradio as gr
from starlette.routing import BaseRoute

from qa.assistant import Assistant
from qa.settings import Settings
from qa.web import chat, evaluation
from qa.web.masthead import TITLE, masthead
from qa.web.server import start


@dataclass(frozen=True)
class Page:
    """A page of the site."""

    name: str
    path: str
    """Below the root of the site; empty for the first page."""
    lay_out: Callable[[gr.Blocks, Assistant, Settings], Sequence[BaseRoute]]
    """Puts the page's parts into the Blocks; returns what else the server must answer for it."""


PAGES = (
    Page("问答", "", chat.lay_out),
    Page("评测", "evaluation", evaluation.lay_out),
)


@dataclass(frozen=True)
class Site:
    """All pages in one Gradio app, and the addresses that are none of Gradio's."""

    blocks: gr.Blocks
    routes: tuple[BaseRoute, ...]


def serve(settings: Settings) -> None:
    """Open the assistant and keep the site up until Ctrl+C."""
    site = build(Assistant.open(settings, writes=True), settings)
    address = start(site.blocks, settings, site.routes)
    print(f"页面已打开：{address} （按 Ctrl+C 结束）", flush=True)
    site.blocks.block_thread()


def build(assistant: Assistant, settings: Settings) -> Site:
    """The site over an open assistant; `start` puts it up."""
    routes: list[BaseRoute] = []
    blocks = gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False)
    for page in PAGES:
        with blocks.route(page.name, page.path) if page.path else blocks:
            gr.HTML(
                masthead(assistant.source_note, page, PAGES),
                elem_id="masthead",
                apply_default_css=False,
            )
            routes += page.lay_out(blocks, assistant, settings)
    return Site(blocks, tuple(routes))
