"""A briefing laid out: every part as headings, lines, tables and pictures, in reading order."""

from collections.abc import Iterator

from qa.briefing.model import (
    Answered,
    Briefing,
    Contrast,
    Duties,
    FullText,
    Further,
    Indicators,
    Part,
    Penalties,
    Point,
    Points,
    Questions,
    Quiz,
    Speeches,
    TextGroup,
    Texts,
    Timeline,
)
from qa.export.briefing.quiz import quiz
from qa.export.briefing.sheet import (
    Block,
    Cell,
    Cite,
    Heading,
    Picture,
    Style,
    Table,
    Text,
    Words,
    cell,
    cited,
    plain,
    said_date,
)
from qa.export.briefing.tables import duties, indicators, penalties

_NOT_SAID = "（汇编中未见相应规定）"


def blocks(briefing: Briefing) -> Iterator[Block]:
    """All parts, each under its heading; one without content has its note."""
    for part in briefing.parts:
        yield Heading(part.title, 1)
        yield from _part(part)


def _part(part: Part) -> Iterator[Block]:
    match part.content:
        case None:
            yield Text(plain(part.note), "remark")
        case Points() as points:
            yield from _points(points)
        case Texts(documents=documents):
            for group in documents:
                yield from _document(group)
        case Contrast() as contrast:
            yield _contrast(contrast)
        case Timeline() as timeline:
            yield from _timeline(timeline)
        case Penalties() as found:
            yield from penalties(found)
        case Duties() as found:
            yield from duties(found)
        case Indicators() as found:
            yield from indicators(found)
        case Speeches() as speeches:
            yield from _speeches(speeches)
        case Questions(items=items):
            for number, item in enumerate(items, start=1):
                yield from _answered(number, item)
        case Quiz() as asked:
            yield from quiz(asked)
        case Further() as further:
            yield from _further(further)


def _points(points: Points) -> Iterator[Block]:
    number = 0
    for group in points.groups:
        yield Heading(group.subtopic, 2)
        for point in group.points:
            number += 1
            yield from _point(point, f"{number}.")


def _point(point: Point, mark: str = "") -> Iterator[Block]:
    style: Style = "item" if mark else "text"
    for line in cited(point.text, point.sources):
        yield Text(line, style, mark)
        style, mark = ("more" if style == "item" else style), ""


def _document(group: TextGroup) -> Iterator[Block]:
    yield Heading(f"《{group.document}》", 2)
    effect = f"，{said_date(group.effective)}起施行" if group.effective else ""
    yield Text(plain(f"{group.level}{effect}。"), "above")
    for notice in group.notices:
        yield Text(plain(f"注意：{notice}"), "above")
    above: tuple[str, ...] = ()
    for provision in group.provisions:
        if provision.headings and provision.headings != above:
            yield Text(plain(" > ".join(provision.headings), strong=True), "above")
        above = provision.headings
        yield from _provision(provision)


def _provision(provision: FullText) -> Iterator[Block]:
    """In law and regulation the text begins with its number; elsewhere the place stands above."""
    first, *further = provision.paragraphs
    rest = first.removeprefix(provision.locator)
    if rest == first:
        yield Heading(provision.locator, 3)
        yield Text(plain(first), "quote")
    else:
        yield Text((Words(provision.locator, strong=True), Words(rest)), "quote")
    for paragraph in further:
        yield Text(plain(paragraph), "quote")
    for note in provision.notes:
        yield Text(plain(f"勘误：{note}"), "remark")


def _contrast(contrast: Contrast) -> Table:
    def side(point: Point | None) -> Cell:
        return cited(point.text, point.sources) if point else cell(_NOT_SAID)

    return Table(
        ("事项", contrast.left, contrast.right),
        (2, 6, 6),
        tuple((cell(row.subject), side(row.left), side(row.right)) for row in contrast.rows),
    )


def _timeline(timeline: Timeline) -> Iterator[Block]:
    yield Picture(timeline, "● 发文　■ 施行　◆ 目标和期限。图中的数字是下表的序号。")
    rows = tuple(
        (
            cell(str(number)),
            cell(event.when),
            cell(event.sort),
            cell(event.text),
            (*cell(event.source.name), *map(plain, event.source.notes)),
        )
        for number, event in enumerate(timeline.events, start=1)
    )
    yield Table(("序号", "时间", "类别", "事项", "依据"), (1.1, 3.3, 1.2, 6, 4), rows)


def _speeches(speeches: Speeches) -> Iterator[Block]:
    for quote in speeches.quotes:
        yield Heading(quote.occasion, 3)
        *first, last = quote.paragraphs
        for paragraph in first:
            yield Text(plain(paragraph), "quote")
        whole = "\n".join(quote.paragraphs)
        yield Text((Words(last), Cite(quote.source, whole)), "quote")


def _answered(number: int, item: Answered) -> Iterator[Block]:
    yield Heading(f"{number}. {item.question}", 3)
    for point in item.answer:
        yield from _point(point)


def _further(further: Further) -> Iterator[Block]:
    if further.provisions:
        yield Heading("条文", 2)
    for number, source in enumerate(further.provisions, start=1):
        words = (Words(source.name, strong=True), Words(f"：{source.quote}"))
        yield Text(words, "item", f"{number}.")
    if further.documents:
        yield Heading("文件", 2)
        yield Table(
            ("文件", "发文单位", "日期", "所在清单"),
            (5.4, 3.4, 3.2, 3.4),
            tuple(
                (
                    cell(f"《{listed.title}》"),
                    cell(listed.issuer),
                    cell(said_date(listed.issued)),
                    cell(listed.source.name),
                )
                for listed in further.documents
            ),
        )
