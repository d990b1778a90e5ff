"""How Gradio's pages look: one theme, and the site's style sheets."""

from pathlib import Path

import gradio as gr

_STATIC = Path(__file__).with_name("static")
_STYLES = ("style.css", "chat.css", "cards.css", "evaluation.css", "admin.css", "intake.css")
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


def script(name: str) -> str:
    """A script of the site, for a component that takes its text."""
    return (_STATIC / name).read_text(encoding="utf-8")


def head() -> str:
    """What stands in the head of each page."""
    # not by `css`: Gradio prefixes each selector there and splits `:is(a, b)` at its commas
    styles = "".join((_STATIC / name).read_text(encoding="utf-8") for name in _STYLES)
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<script>document.documentElement.lang = "zh-CN";{script("markup.js")}</script>'
        f"<style>{styles}</style>"
    )


def theme() -> gr.themes.Base:
    """Colours and fonts of Gradio's own parts."""
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        radius_size="sm",
        font=_SANS,
        font_mono=("ui-monospace", "monospace"),
    ).set(body_background_fill="#f5f4f0", body_background_fill_dark="#14171a")
