"""Exact search: hits with their words marked, and how many there are of each kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry, Level
from qa.ingest.provision import Provision
from qa.web.library.addresses import Addresses
from qa.web.library.blocks import top_headings
from qa.web.library.facts import badges
from qa.web.library.home import Link
from qa.web.library.layers import Layer, marked
from qa.web.library.naming import named

PAGE = 30
_FORCE: tuple[Level, ...] = (
    "法律",
    "行政法规",
    "司法解释",
    "地方性法规",
    "部门规章",
    "省政府规章",
    "国家政策文件",
    "省政策文件",
    "讲话",
    "清单",
)
"""Levels by legal force: in this order their hits are told."""
Kinds = dict[str, str]
"""Of a hit: the value of each field of `Chosen` but the query."""
_WHOLE, _AROUND, _MOST_EXCERPTS = 180, 50, 3
_STOPS = "。；！？\n"
_MOST_HEADINGS = 6


@dataclass(frozen=True)
class Chosen:
    """What the reader asked for; empty where nothing was chosen."""

    query: str
    level: str = ""
    region: str = ""
    document: str = ""
    """An id."""
    year: str = ""


@dataclass(frozen=True)
class Hit:
    """A provision with the words."""

    name: str
    document: str
    url: str
    trail: str
    badges: tuple[tuple[str, str], ...]
    html: Markup


@dataclass(frozen=True)
class Option:
    """A restriction that can be chosen, with the number of its hits."""

    text: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The restrictions of one kind."""

    title: str
    options: tuple[Option, ...]
    lift: str
    """Where nothing of this kind is chosen."""


@dataclass(frozen=True)
class Found:
    """A page of hits."""

    total: int
    documents: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    jump: Link | None
    """The document or the place that the query names."""
    headings: tuple[Link, ...]
    page: int
    pages: int
    earlier: str
    later: str


def search(assistant: Assistant, addresses: Addresses, chosen: Chosen, page: int) -> Found:
    """The hits of a query, thirty a page, those of greater legal force first."""
    everything = [
        (provision, _kinds(assistant, provision))
        for provision in assistant.reading.find(chosen.query)
    ]
    order = {entry.id: n for n, entry in enumerate(_by_force(assistant.documents))}
    hits = sorted(
        (provision for provision, kinds in everything if _admits(kinds, chosen)),
        key=lambda provision: order[provision.document_id],
    )
    pages = max(1, -(-len(hits) // PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * PAGE

    def at(number: int) -> str:
        return _url(addresses, chosen, page=str(number)) if 1 <= number <= pages else ""

    return Found(
        total=len(hits),
        documents=len({p.document_id for p in hits}),
        hits=tuple(_hit(assistant, addresses, p, chosen) for p in hits[start : start + PAGE]),
        facets=_facets(assistant, addresses, chosen, everything),
        jump=_jump(assistant, addresses, chosen.query),
        headings=_headings(assistant, addresses, chosen),
        page=page,
        pages=pages,
        earlier=at(page - 1),
        later=at(page + 1),
    )


def excerpts(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches of a long text around its marks, cut at sentences where these are near."""
    if len(text) <= _WHOLE:
        return ((0, len(text)),)
    stretches: list[tuple[int, int]] = []
    for start, end in spans:
        left = max((text.rfind(c, max(0, start - _AROUND), start) for c in _STOPS), default=-1)
        left = left + 1 if left >= 0 else max(0, start - _AROUND)
        stops = [at for c in _STOPS if (at := text.find(c, end, end + 2 * _AROUND)) >= 0]
        right = min(stops) + 1 if stops else min(len(text), end + _AROUND)
        if stretches and left <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(right, stretches[-1][1]))
        elif len(stretches) < _MOST_EXCERPTS:
            stretches.append((left, right))
    return tuple(stretches)


def _hit(assistant: Assistant, addresses: Addresses, provision: Provision, chosen: Chosen) -> Hit:
    spans = assistant.reading.spans(provision.text, chosen.query)
    layers = [Layer(*span, "mark") for span in spans]
    stretches = excerpts(provision.text, spans)
    html = Markup("……").join(marked(provision.text, layers, *s) for s in stretches)
    if stretches and stretches[0][0] > 0:
        html = Markup("……") + html
    if stretches and stretches[-1][1] < len(provision.text):
        html += Markup("……")
    return Hit(
        name=provision.locator,
        document=provision.document,
        url=f"{addresses.place(provision)}?{addresses.search(q=chosen.query).partition('?')[2]}",
        trail=" › ".join(provision.headings),
        badges=badges(assistant.document(provision.document_id)),
        html=html,
    )


def _facets(
    assistant: Assistant,
    addresses: Addresses,
    chosen: Chosen,
    everything: Sequence[tuple[Provision, Kinds]],
) -> tuple[Facet, ...]:
    entries = _by_force(assistant.documents)
    titles: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("文件", "document", {entry.id: entry.title for entry in entries}),
        ("层级", "level", {entry.level: entry.level for entry in entries}),
        ("范围", "region", {entry.region: entry.region for entry in assistant.documents}),
        ("年份", "year", {str(year): f"{year} 年" for year in assistant.reading.years}),
    )
    facets = []
    for title, field, names in titles:
        others = _with(chosen, **{field: ""})
        counts = Counter(kinds[field] for _, kinds in everything if _admits(kinds, others))
        options = tuple(
            Option(
                text=name,
                count=counts[value],
                url=_url(addresses, _with(chosen, **{field: value})),
                chosen=getattr(chosen, field) == value,
            )
            for value, name in names.items()
            if counts[value] or getattr(chosen, field) == value
        )
        facets.append(Facet(title, options, _url(addresses, others)))
    return tuple(facets)


def _by_force(documents: Sequence[DocumentEntry]) -> list[DocumentEntry]:
    return sorted(documents, key=lambda entry: _FORCE.index(entry.level))


def _kinds(assistant: Assistant, provision: Provision) -> Kinds:
    """By what a hit can be restricted: the fields of `Chosen`."""
    entry = assistant.document(provision.document_id)
    year = assistant.reading.year(provision)
    return {
        "level": entry.level,
        "region": entry.region,
        "document": entry.id,
        "year": str(year) if year else "",
    }


def _admits(kinds: Kinds, chosen: Chosen) -> bool:
    return all(getattr(chosen, field) in ("", value) for field, value in kinds.items())


def _with(chosen: Chosen, **changed: str) -> Chosen:
    return Chosen(**{**vars(chosen), **changed})


def _url(addresses: Addresses, chosen: Chosen, page: str = "") -> str:
    return addresses.search(
        q=chosen.query,
        level=chosen.level,
        region=chosen.region,
        document=chosen.document,
        year=chosen.year,
        page=page,
    )


def _jump(assistant: Assistant, addresses: Addresses, query: str) -> Link | None:
    """What a query names as a whole: `数据安全法`, `数据安全法第48条`."""
    meant = named(assistant, query)
    if meant is None:
        return None
    if meant.place is None:
        return Link(f"《{meant.entry.title}》", addresses.document(meant.entry.title))
    url = addresses.place(meant.place.provision, meant.place.part)
    return Link(f"《{meant.entry.title}》{meant.place.locator}", url)


def _headings(assistant: Assistant, addresses: Addresses, chosen: Chosen) -> tuple[Link, ...]:
    """Chapters whose own title has the words."""
    found = [
        Link(f"《{entry.title}》{text}", addresses.document(entry.title, place))
        for entry in _by_force(assistant.documents)
        if not chosen.document or chosen.document == entry.id
        for text, place in top_headings(assistant.reading.provisions(entry.id))
        if assistant.reading.has_all(text, chosen.query)
    ]
    return tuple(found[:_MOST_HEADINGS])
