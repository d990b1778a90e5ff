"""The pages of an original as they are printed, with a provision marked on them."""

from dataclasses import dataclass

from qa.assistant import Assistant
from qa.ingest.originals import Original
from qa.ingest.provision import Part
from qa.retrieval.reading import Place
from qa.web.library.addresses import Addresses
from qa.web.library.home import Link


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in per cent of its width and height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class PrintedPage:
    """A page to be looked at."""

    number: int
    pages: int
    picture: str
    """Its address."""
    boxes: tuple[Box, ...]
    """Where the words are that are looked for."""
    marked: str
    """The place that is marked: `第十二条`; empty where none is."""
    elsewhere: tuple[Link, ...]
    """The other pages on which that place is printed."""
    before: str
    after: str
    held: tuple[Link, ...]
    """What begins on the page."""


def printed_page(
    assistant: Assistant,
    addresses: Addresses,
    original: Original,
    document_id: str,
    number: int,
    place: Place | None,
) -> PrintedPage:
    """A page of an original; `place` is marked on it."""
    title = assistant.document(document_id).title
    at = place.locator if place else ""
    found = original.traces.places(_parts(place)) if place else ()

    def page(to: int, marked: str = "") -> str:
        return addresses.page(title, to, marked) if 1 <= to <= original.pages else ""

    others = dict.fromkeys(each.page for each in found if each.page != number)
    return PrintedPage(
        number=number,
        pages=original.pages,
        picture=addresses.picture(title, number),
        boxes=tuple(_box(*each.box) for each in found if each.page == number),
        marked=at,
        elsewhere=tuple(Link(f"第{other}页", page(other, at)) for other in others),
        before=page(number - 1),
        after=page(number + 1),
        held=tuple(
            Link(provision.locator, page(number, provision.locator))
            for provision in assistant.reading.provisions(document_id)
            if provision.page_of() == number
        ),
    )


def _parts(place: Place) -> tuple[Part, ...]:
    return place.provision.parts_at(place.part) if place.part else place.provision.parts


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(*(round(100 * each, 2) for each in (left, top, right - left, bottom - top)))
