"""Putting the site up: address, theme, and nothing from any other host."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from starlette.routing import BaseRoute

from qa.errors import SettingsError
from qa.settings import Settings

_ANSWERS_AT_ONCE = 24
"""Questions at once: each has its passages within a moment and then waits in line for the model."""
_UPLOAD = "20mb"
_STYLES = ("style.css", "chat.css", "cards.css", "evaluation.css")
_SANS = (
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "system-ui",
    "sans-serif",
)


def start(blocks: gr.Blocks, settings: Settings, routes: Sequence[BaseRoute] = ()) -> str:
    """Put the site up in the background and return its address; port 0 takes a free one."""
    port = settings.port or _free_port(settings.host)
    _reach_directly(settings.host)
    try:
        _, address, _ = blocks.queue(default_concurrency_limit=_ANSWERS_AT_ONCE).launch(
            server_name=settings.host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            theme=_theme(),
            head=_head(),
            max_file_size=_UPLOAD,
            app_kwargs={"routes": [*routes]},
        )
    except OSError as error:
        raise SettingsError(
            f"地址 {settings.host}:{port} 打不开，可能端口已被占用；"
            "请关掉占用它的程序，或用设置项 port（环境变量 QA_PORT）换一个端口。"
        ) from error
    return str(address)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1" if host in ("localhost", "0.0.0.0") else host, 0))
        return int(probe.getsockname()[1])


def _reach_directly(host: str) -> None:
    """Keep Gradio's request to itself, by which it checks that it is up, off any proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [*filter(None, os.environ.get(name, "").split(",")), "localhost", "127.0.0.1", host]
        os.environ[name] = ",".join(dict.fromkeys(hosts))


def _head() -> str:
    # not by `css`: Gradio prefixes each selector there and splits `:is(a, b)` at its commas
    styles = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in _STYLES)
    return (
        '<meta name="color-scheme" content="light dark">'
        '<script>document.documentElement.lang = "zh-CN";</script>'
        f"<style>{styles}</style>"
    )


def _theme() -> gr.themes.Base:
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        radius_size="sm",
        font=_SANS,
        font_mono=("ui-monospace", "monospace"),
    ).set(body_background_fill="#f5f4f0", body_background_fill_dark="#14171a")
