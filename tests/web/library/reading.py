"""A page of 法规库 as a reader has it, without the rest of the site."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from starlette.middleware.base import RequestResponseEndpoint

from qa.assistant import Assistant
from qa.ingest.provision import Provision
from qa.web.library import library_router


class Page(HTMLParser):
    """What a page says: its text, its ids, the text in each of its elements with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return bare("".join(self.texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags.append(tag)
        self.ids += [held["id"]] if held.get("id") else []
        self.links += [held["href"] or ""] if tag == "a" and "href" in held else []
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.texts.append(data.replace("¶", ""))


def bare(text: str) -> str:
    return "".join(text.split())


def address(title: str, locator: str = "") -> str:
    return f"/doc/{quote(title, safe='')}" + (f"/{quote(locator, safe='')}" if locator else "")


def cells(provision: Provision) -> list[str]:
    """The printed text of a provision, cell by cell where it is a row."""
    if provision.kind not in ("row", "entry"):
        return [bare(provision.text)]
    return [bare(p.text.removeprefix(f"{p.label}：")) for p in provision.parts]


def get(client: TestClient, url: str, status: int = 200) -> Page:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.headers)
    return Page(answer.text)


def site(assistant: Assistant) -> FastAPI:
    app = FastAPI()
    app.state.source_note = lambda: assistant.source_note
    app.include_router(library_router(assistant))

    @app.middleware("http")
    async def somebody(request: Request, answer: RequestResponseEndpoint) -> Response:
        request.state.user = None
        return await answer(request)

    return app
