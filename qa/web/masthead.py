"""The head of every page: title, links to the other pages, what the answers rest on."""

from collections.abc import Sequence
from typing import Protocol

from qa.web.spans import escape

TITLE = "数据法规政策问答"


class Linked(Protocol):
    """What the head must know of a page."""

    @property
    def name(self) -> str:
        """In the links."""

    @property
    def path(self) -> str:
        """Below the root of the site; empty for the first page."""


def masthead(source_note: str, here: Linked, pages: Sequence[Linked]) -> str:
    """The head of the page `here`; links are relative, so that a proxy may serve a subfolder."""
    links = "".join(_link(page, page is here) for page in pages)
    return (
        f'<header><h1>{TITLE}</h1><nav aria-label="页面">{links}</nav>'
        f'<div class="notes"><p>{escape(source_note)}</p>'
        "<p>回答逐句依据汇编原文，不构成法律意见。</p></div></header>"
    )


def _link(page: Linked, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    return f'<a href="./{escape(page.path)}"{mark}>{escape(page.name)}</a>'
