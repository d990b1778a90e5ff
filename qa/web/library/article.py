"""One provision by itself: its place, its neighbours, what belongs to it, how it is cited."""

from dataclasses import dataclass

from qa.assistant import Assistant
from qa.ingest.provision import Part, Provision, on_page
from qa.web.library.addresses import Addresses
from qa.web.library.blocks import Table, table_of, trail_of
from qa.web.library.home import Link
from qa.web.library.typesetting import OUTERMOST, Typesetter, Unit

_TABULAR = ("row", "entry")
_SNIPPET = 60
_FOOT = "出处"


@dataclass(frozen=True)
class Near:
    """Another provision, by its name and first words."""

    name: str
    url: str
    words: str
    compare: str = ""
    """Where it stands beside the one that is read."""


@dataclass(frozen=True)
class Group:
    """Provisions that belong to the one that is read in one way."""

    title: str
    members: tuple[Near, ...]


@dataclass(frozen=True)
class Article:
    """The page of a provision."""

    provision: Provision
    locator: str
    """With the 款 or 项 that the address names."""
    trail: tuple[Link, ...]
    unit: Unit | None
    table: Table | None
    before: Near | None
    after: Near | None
    groups: tuple[Group, ...]
    citation: str
    in_full: str
    ask: str
    compare: str
    page: Link | None
    """The printed page, where the original has pages."""


def article(
    assistant: Assistant, addresses: Addresses, provision: Provision, part: str, query: str
) -> Article:
    """The page of a provision, or of a 款 or 项 of it, with the words of a query marked."""
    reading = assistant.reading
    typesetter = Typesetter(assistant, addresses, lambda text: reading.spans(text, query))
    locator = f"{provision.locator}{part}"
    tabular = provision.kind in _TABULAR
    before, after = assistant.neighbours(provision.id)
    related = reading.related(provision)
    named = (
        ("本条引用的条文", related.cites),
        ("引用本条的条文", related.cited_in),
        ("同一主题的国家规定、省规定", related.counterparts),
    )
    return Article(
        provision=provision,
        locator=locator,
        trail=tuple(
            Link(heading, addresses.document(provision.document, place))
            for heading, place in trail_of(provision, reading.provisions(provision.document_id))
        ),
        unit=None if tabular else typesetter.unit(provision, part, OUTERMOST),
        table=table_of(provision.locator, [provision], typesetter, addresses) if tabular else None,
        before=_near(before, provision, addresses) if before else None,
        after=_near(after, provision, addresses) if after else None,
        groups=tuple(
            Group(title, tuple(_near(other, provision, addresses) for other in others))
            for title, others in named
            if others
        ),
        citation=citation(provision, part),
        in_full=addresses.document(provision.document, locator),
        ask=addresses.ask(f"《{provision.document}》{locator}"),
        compare=addresses.compare(a=f"{provision.document}/{provision.locator}"),
        page=_page(provision, part, addresses),
    )


def citation(provision: Provision, part: str = "") -> str:
    """As a paper cites it: `《中华人民共和国数据安全法》第四十八条第二款：“……”`."""
    held = [p for p in provision.parts if p.label.startswith(part)]
    words = "".join(_words(provision, each) for each in held if each.label != _FOOT)
    place = on_page(f"{provision.locator}{part}", _number(provision, part))
    return f"《{provision.document}》{place}：“{words}”"


def _page(provision: Provision, part: str, addresses: Addresses) -> Link | None:
    number = _number(provision, part)
    if number is None:
        return None
    url = addresses.page(provision.document, number, f"{provision.locator}{part}")
    return Link(f"看原件第{number}页", url)


def _number(provision: Provision, part: str) -> int | None:
    """The page on which a provision, or a part of it, begins."""
    held = provision.parts_at(part) if part else provision.parts
    return held[0].page if held else None


def _words(provision: Provision, part: Part) -> str:
    if provision.kind in _TABULAR:
        return f"{part.text}；" if part is not provision.parts[-1] else part.text
    if provision.kind == "article":
        return part.text.removeprefix(provision.locator).strip()
    return part.text


def _near(other: Provision, here: Provision, addresses: Addresses) -> Near:
    words = " ".join(other.text.removeprefix(other.locator).split())
    return Near(
        name=other.locator if other.document_id == here.document_id else other.name,
        url=addresses.place(other),
        words=words[:_SNIPPET] + ("……" if len(words) > _SNIPPET else ""),
        compare=addresses.compare(
            a=f"{here.document}/{here.locator}", b=f"{other.document}/{other.locator}"
        ),
    )
