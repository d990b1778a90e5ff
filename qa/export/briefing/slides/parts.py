"""The parts of a briefing on slides, each in the shape of its content."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from qa.briefing.model import (
    Contrast,
    Duties,
    Duty,
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
from qa.export.briefing.sheet import (
    Band,
    Cell,
    Heading,
    Line,
    Table,
    Words,
    cell,
    cited,
    plain,
    said_date,
)
from qa.export.briefing.slides.deck import Deck
from qa.export.briefing.slides.listing import Item, listing
from qa.export.briefing.slides.measure import gist
from qa.export.briefing.slides.notes import Notes, full, short, short_title, shorts
from qa.export.briefing.slides.pictures import charts, timeline
from qa.export.briefing.slides.quiz import add_quiz
from qa.export.briefing.slides.tables import Grid, Row, table
from qa.export.briefing.tables import indicators, penalties

_MOST_TABLES = 12
"""Slides of the tables of one part."""
_MOST_OF_POINTS = 4
"""Slides of one sub-topic."""
_OPENING, _STEPS, _SPEECH = 60, 150, 400
"""Characters of a provision, of a task and of a speech; the rest stands in the notes."""
_NOT_SAID = "（汇编中未见相应规定）"


def add_part(deck: Deck, part: Part, notes: Notes) -> None:
    """The slides of a part; one without content has its note on one."""
    begun = deck.count
    _add(deck, part, notes)
    if deck.count == begun:
        listing(deck, part.title, [Item(part.note or "这一部分没有内容。")])


def _add(deck: Deck, part: Part, notes: Notes) -> None:
    title = part.title
    match part.content:
        case Points(groups=groups):
            for group in groups:
                items = [*_points(group.points, notes)]
                listing(deck, f"{title}：{group.subtopic}", items, _MOST_OF_POINTS)
        case Texts() as texts:
            _texts(deck, title, texts)
        case Contrast() as contrast:
            _contrast(deck, title, contrast, notes)
        case Timeline() as events:
            timeline(deck, title, events, notes)
            _events(deck, title, events, notes)
        case Penalties() as found:
            _penalties(deck, title, found, notes)
        case Duties() as duties:
            _duties(deck, title, duties, notes)
        case Indicators() as found:
            _indicators(deck, title, found, notes)
        case Speeches(quotes=quotes):
            for quote in quotes:
                text = gist("\n".join(quote.paragraphs), _SPEECH)
                read = "\n".join((quote.occasion, *quote.paragraphs, f"（{quote.source.name}）"))
                item = Item(text, short(quote.source), head=quote.occasion, notes=(read,))
                listing(deck, f"{title}：{said_date(quote.date)}", [item])
        case Questions(items=items):
            asked = [
                Item(
                    "\n".join(point.text for point in each.answer),
                    shorts(source for point in each.answer for source in point.sources),
                    head=each.question,
                    mark=str(number),
                    notes=notes.of(source for point in each.answer for source in point.sources),
                )
                for number, each in enumerate(items, start=1)
            ]
            listing(deck, title, asked)
        case Quiz() as quiz:
            add_quiz(deck, title, quiz, notes)
        case Further() as further:
            _further(deck, title, further)


def _points(points: Iterable[Point], notes: Notes) -> Iterator[Item]:
    for number, point in enumerate(points, start=1):
        read = notes.of(point.sources)
        yield Item(point.text, shorts(point.sources), mark=str(number), notes=read)


def _texts(deck: Deck, title: str, texts: Texts) -> None:
    """What the articles are about; they stand in the notes, as there they have room."""

    def rows() -> Iterator[Row | Band]:
        for group in texts.documents:
            yield Band(_named(group))
            for article in group.provisions:
                first, *more = article.paragraphs
                opening = gist(first.removeprefix(article.locator).strip(), _OPENING)
                more_follows = more and not opening.endswith("……")
                cells = (
                    cell(article.locator),
                    cell(article.headings[-1] if article.headings else ""),
                    cell(opening + ("……" if more_follows else "")),
                )
                yield Row(cells, (full(group.document, article),))

    grid = Grid(("条款", "所在章节", "内容"), (2.6, 3.4, 8), (*rows(),), remark="全文见备注。")
    table(deck, title, grid, _MOST_TABLES)


def _named(group: TextGroup) -> str:
    effect = f"，{said_date(group.effective)}起施行" if group.effective else ""
    return f"《{short_title(group.document)}》（{group.level}{effect}）"


def _contrast(deck: Deck, title: str, contrast: Contrast, notes: Notes) -> None:
    def side(point: Point | None) -> Cell:
        return cited(point.text, point.sources) if point else cell(_NOT_SAID)

    def sources(point: Point | None) -> tuple[str, ...]:
        return notes.of(point.sources) if point else ()

    rows = tuple(
        Row(
            (cell(row.subject), side(row.left), side(row.right)),
            (*sources(row.left), *sources(row.right)),
        )
        for row in contrast.rows
    )
    table(deck, title, Grid(("事项", contrast.left, contrast.right), (2, 6, 6), rows), _MOST_TABLES)


def _events(deck: Deck, title: str, events: Timeline, notes: Notes) -> None:
    rows = tuple(
        Row(
            (cell(e.when), cell(e.sort), cell(gist(e.text, _STEPS)), cell(shorts((e.source,)))),
            notes.of((e.source,)),
        )
        for e in events.events
    )
    grid = Grid(("时间", "类别", "事项", "依据"), (2.6, 1.1, 6.5, 3.8), rows)
    table(deck, title, grid, continued=True)


def _penalties(deck: Deck, title: str, found: Penalties, notes: Notes) -> None:
    """A table for each document; the citations need not repeat its title."""
    begun, subtitle = deck.count, ""
    sources = iter(row.source for row in found.rows)
    for block in penalties(found):
        if isinstance(block, Heading):
            subtitle = short_title(block.text.strip("《》"))
        elif isinstance(block, Table):
            rows = tuple(
                Row(row, notes.of((next(sources),))) for row in block.rows if isinstance(row, tuple)
            )
            grid = Grid(block.head, (2.2, 4.2, 6.4, 2), rows)
            most = max(1, _MOST_TABLES - (deck.count - begun))
            table(deck, f"{title}：《{subtitle}》", grid, most)


def _duties(deck: Deck, title: str, found: Duties, notes: Notes) -> None:
    """A department's own tasks first; those under one heading together."""

    def above(row: Duty) -> str:
        return f"《{short_title(row.source.document)}》{row.group}"

    places = {band: n for n, band in enumerate(dict.fromkeys(map(above, found.rows)))}
    ordered = sorted(
        found.rows,
        key=lambda row: (bool(found.department) and row.shared, places[above(row)]),
    )

    def rows() -> Iterator[Row | Band]:
        for band, held in groupby(ordered, key=above):
            yield Band(band)
            for row in held:
                cells = (cell(row.task), _responsible(row), (*_steps(row),))
                yield Row((*cells, cell(row.source.locator)), notes.of((row.source,)))

    head = ("任务", "责任部门", "具体内容", "出处")
    grid = Grid(head, (2.2, 2.6, 7.6, 2.2), (*rows(),), remark="以“……”结尾的，全文见备注。")
    table(deck, title, grid, _MOST_TABLES)


def _responsible(row: Duty) -> Cell:
    lead, others = "、".join(row.lead), "、".join(row.others)
    if lead and others:
        return plain(f"牵头：{lead}"), plain(f"参与：{others}")
    return cell(lead or others)


def _steps(row: Duty) -> Iterator[Line]:
    """The beginning of each year's; together as long as that of a task without years."""
    most = max(_OPENING, _STEPS // max(1, len(row.steps)))
    for step in row.steps:
        year = f"{step.year} 年：" if step.year else ""
        yield Words(year, strong=True), Words(gist(step.text.replace("\n", ""), most))


def _indicators(deck: Deck, title: str, found: Indicators, notes: Notes) -> None:
    tables = (block for block in indicators(found) if isinstance(block, Table))
    for of, laid in zip(found.tables, tables, strict=True):
        charts(deck, f"{title}：{of.title}", of.rows, notes)
        sources = iter(row.source for row in of.rows)
        rows = tuple(
            row if isinstance(row, Band) else Row(row, notes.of((next(sources),)))
            for row in laid.rows
        )
        misprints = "".join(f"勘误：{note}" for row in of.rows for note in row.source.notes)
        grid = Grid(laid.head, laid.widths, rows, f"出处：《{of.document}》。{misprints}")
        table(deck, f"{title}：{of.title}", grid)


def _further(deck: Deck, title: str, further: Further) -> None:
    if further.provisions:
        rows = tuple(
            Row((cell(short(each)), cell(gist(each.quote, 2 * _OPENING))), (each.name,))
            for each in further.provisions
        )
        table(deck, f"{title}：条文", Grid(("条文", "内容"), (4, 8), rows))
    if further.documents:
        listed = tuple(
            Row(
                (cell(f"《{each.title}》"), cell(each.issuer), cell(said_date(each.issued))),
                (f"《{each.title}》：{each.source.name}",),
            )
            for each in further.documents
        )
        table(deck, f"{title}：文件", Grid(("文件", "发文单位", "日期"), (7, 4, 3), listed))
