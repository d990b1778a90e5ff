"""The addresses of the library: home, search, comparison, documents, provisions."""

import re
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa.assistant import Assistant
from qa.errors import DocumentError
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import chinese_date
from qa.ingest.originals import Original
from qa.web.library import home
from qa.web.library.addresses import Addresses, anchor
from qa.web.library.article import article
from qa.web.library.blocks import Block, blocks_of, tree_of
from qa.web.library.comparing import Compared, Pair, Side, compared, paired, sections
from qa.web.library.differing import Difference, differing
from qa.web.library.facts import badges, facts
from qa.web.library.printed_pages import printed_page
from qa.web.library.searching import Chosen, search
from qa.web.library.texts import texts
from qa.web.library.typesetting import Typesetter
from qa.web.templates import render

_LONGEST = 200
"""Characters of a query or a name; what is longer is cut."""


def library_router(assistant: Assistant) -> APIRouter:
    """The routes of the library over an open assistant."""
    router = APIRouter(include_in_schema=False)
    pages = _Pages(assistant)
    for path, page in (
        ("/library", pages.home),
        ("/library/search", pages.search),
        ("/library/compare", pages.compare),
        ("/original/{title}/{page:int}.webp", pages.picture),
        ("/original/{title}/{page:int}", pages.original),
        ("/doc/{title}", pages.document),
        ("/doc/{title}/{locator:path}", pages.provision),
    ):
        router.add_api_route(path, page, methods=["GET"], response_class=HTMLResponse)
    return router


class _Pages:
    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def home(self, request: Request) -> HTMLResponse:
        addresses = _addresses(request)
        return _page(
            request,
            "home",
            sources=home.sources(self._assistant, addresses),
            lists=home.lists(self._assistant, addresses),
            years=home.speeches(self._assistant, addresses),
        )

    def search(
        self,
        request: Request,
        q: str = "",
        level: str = "",
        region: str = "",
        document: str = "",
        year: str = "",
        page: str = "1",
    ) -> HTMLResponse:
        addresses = _addresses(request)
        named = self._assistant.reading.named(document) or ""
        chosen = Chosen(q.strip()[:_LONGEST], level, region, named, year)
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return _page(
            request,
            "search",
            about=f"查找“{chosen.query}”",
            query=chosen.query,
            chosen=chosen,
            found=search(self._assistant, addresses, chosen, number),
            anywhere=addresses.search(q=chosen.query),
            ask=addresses.ask(chosen.query),
        )

    def compare(
        self, request: Request, a: str = "", b: str = "", a_at: str = "", b_at: str = ""
    ) -> Response:
        addresses = _addresses(request)
        if a_at or b_at:  # the chooser has fields of its own for the places
            wanted = {"a": _joined(a, a_at), "b": _joined(b, b_at)}
            return RedirectResponse(addresses.compare(**wanted), status_code=303)
        left, right = self._side(a), self._side(b)
        pairs: tuple[Pair, ...] = ()
        difference: Difference | None = None
        units: tuple[Compared, ...] = ()
        if left.provision and right.provision:
            units = compared(self._assistant, addresses, left.provision, right.provision)
        elif left.entry and right.entry and self._are_of_one_law(left.entry, right.entry):
            difference = differing(self._assistant, addresses, left.entry, right.entry)
        elif left.entry and right.entry:
            pairs = paired(
                sections(self._blocks(left.entry, addresses)),
                sections(self._blocks(right.entry, addresses)),
            )
        return _page(
            request,
            "compare",
            404 if left.fault or right.fault else 200,
            documents=self._assistant.documents,
            left=left,
            right=right,
            pairs=pairs,
            units=units,
            difference=difference,
            swapped=addresses.compare(a=right.name, b=left.name),
        )

    def document(self, request: Request, title: str) -> HTMLResponse:
        addresses = _addresses(request)
        entry = self._entry(title)
        if entry is None:
            return self._unknown(request, title)
        blocks = self._blocks(entry, addresses)
        return _page(
            request,
            "document",
            about=f"《{entry.title}》",
            **_about(entry),
            canonical=addresses.document(entry.title),
            compare=addresses.compare(a=entry.title),
            texts=texts(self._assistant, addresses, entry),
            original=self._page_of(entry, addresses),
            blocks=blocks,
            tree=tree_of(blocks),
        )

    def provision(self, request: Request, title: str, locator: str, q: str = "") -> Response:
        addresses = _addresses(request)
        entry = self._entry(title)
        if entry is None:
            return self._unknown(request, title)
        place = self._assistant.reading.locate(entry.id, locator[:_LONGEST])
        if place is None:
            return self._missing(request, entry, locator)
        canonical = addresses.place(place.provision, place.part)
        if place.locator != locator:
            return RedirectResponse(canonical, status_code=301)
        return _page(
            request,
            "provision",
            about=f"《{entry.title}》{place.locator}",
            **_about(entry),
            canonical=canonical,
            whole=addresses.document(entry.title),
            texts=texts(self._assistant, addresses, entry, anchor(place.provision.locator)),
            page=article(self._assistant, addresses, place.provision, place.part, q[:_LONGEST]),
        )

    def original(self, request: Request, title: str, page: int, at: str = "") -> Response:
        addresses = _addresses(request)
        entry = self._entry(title)
        if entry is None:
            return self._unknown(request, title)
        found = self._assistant.original(entry.id)
        if found is None or not 1 <= page <= found.pages:
            return self._no_page(request, entry, found)
        place = self._assistant.reading.locate(entry.id, at[:_LONGEST]) if at else None
        return _page(
            request,
            "page",
            about=f"《{entry.title}》原件第{page}页",
            **_about(entry),
            whole=addresses.document(entry.title),
            place=addresses.place(place.provision, place.part) if place else "",
            page=printed_page(self._assistant, addresses, found, entry.id, page, place),
        )

    def picture(self, request: Request, title: str, page: int) -> Response:
        entry = self._entry(title)
        found = self._assistant.original(entry.id) if entry else None
        if found is None or not 1 <= page <= found.pages:
            return Response(status_code=404)
        try:
            drawn = self._assistant.page_picture(found, page)
        except DocumentError as error:
            return Response(str(error), 422, media_type="text/plain; charset=utf-8")
        kept = {"Cache-Control": "private, max-age=86400"}
        return Response(drawn, media_type="image/webp", headers=kept)

    def _no_page(
        self, request: Request, entry: DocumentEntry, found: Original | None
    ) -> HTMLResponse:
        addresses = _addresses(request)
        said = f"原件共 {found.pages} 页，没有这一页。" if found else "没有分页的原件可看。"
        return _page(
            request,
            "missing",
            404,
            sentence=f"《{entry.title}》{said}",
            nearest=[(f"《{entry.title}》", addresses.document(entry.title))],
        )

    def _page_of(self, entry: DocumentEntry, addresses: Addresses) -> str:
        """The address of the first page of its original; empty where there is none."""
        return addresses.page(entry.title, 1) if self._assistant.original(entry.id) else ""

    def _are_of_one_law(self, one: DocumentEntry, other: DocumentEntry) -> bool:
        first = self._assistant.reading.editions.first
        return one.id != other.id and first(one.id) == first(other.id)

    def _entry(self, title: str) -> DocumentEntry | None:
        named = self._assistant.reading.named(title[:_LONGEST])
        return self._assistant.document(named) if named else None

    def _blocks(self, entry: DocumentEntry, addresses: Addresses) -> tuple[Block, ...]:
        typesetter = Typesetter(self._assistant, addresses)
        return blocks_of(self._assistant.reading.provisions(entry.id), typesetter, addresses)

    def _side(self, name: str) -> Side:
        """What `title` or `title/locator` names."""
        title, _, locator = name[:_LONGEST].partition("/")
        if not title:
            return Side()
        entry = self._entry(title)
        if entry is None:
            return Side(fault=f"汇编没有收录“{title}”，请从列表里选。")
        if not locator:
            return Side(entry)
        place = self._assistant.reading.locate(entry.id, locator)
        if place is None:
            return Side(entry, fault=self._not_there(entry, locator))
        return Side(entry, place.provision)

    def _unknown(self, request: Request, title: str) -> HTMLResponse:
        addresses = _addresses(request)
        near = self._assistant.reading.nearest(title)
        return _page(
            request,
            "missing",
            404,
            sentence=f"汇编没有收录“{title[:_LONGEST]}”。",
            nearest=[(f"《{e.title}》", addresses.document(e.title)) for e in near],
        )

    def _missing(self, request: Request, entry: DocumentEntry, locator: str) -> HTMLResponse:
        addresses = _addresses(request)
        near = self._assistant.reading.nearest_places(entry.id, locator)
        return _page(
            request,
            "missing",
            404,
            sentence=self._not_there(entry, locator),
            nearest=[
                (f"《{entry.title}》", addresses.document(entry.title)),
                *((f"《{entry.title}》{p.locator}", addresses.place(p)) for p in near),
            ],
        )

    def _not_there(self, entry: DocumentEntry, locator: str) -> str:
        articles = [p for p in self._assistant.reading.provisions(entry.id) if p.kind == "article"]
        counted = f"共 {len(articles)} 条，" if articles else ""
        return f"《{entry.title}》{counted}没有“{locator[:_LONGEST]}”。"


def _joined(title: str, locator: str) -> str:
    return f"{title}/{locator.strip()}" if title and locator.strip() else title


def _addresses(request: Request) -> Addresses:
    return Addresses(request.scope.get("root_path", ""))


def _about(entry: DocumentEntry) -> dict[str, Any]:
    return {"entry": entry, "facts": facts(entry), "badges": badges(entry)}


def _page(
    request: Request, name: str, status: int = 200, about: str = "法规库", **values: Any
) -> HTMLResponse:
    """A page of the library; `about` and the source stand in the foot of every printed sheet."""
    shared = {
        "here": "library",
        "addresses": _addresses(request),
        "query": "",
        "foot": _css_string(f"{about} · {request.app.state.source_note()}"),
        "today": chinese_date(date.today().isoformat()),
    }
    return render(request, f"library/{name}.html", status=status, **{**shared, **values})


def _css_string(text: str) -> str:
    """A text to stand in quotation marks in a style sheet, whatever is in it."""
    return re.sub(r"[^\w，。、：；（）《》“”]", lambda sign: f"\\{ord(sign[0]):x} ", text)
