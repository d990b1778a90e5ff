"""The timeline as shapes and the indicators as charts, both to be edited where they stand."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pptx.chart.data import ChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.slide import Slide
from pptx.util import Pt

from qa.briefing.model import Event, Indicator, Timeline
from qa.export.briefing.sheet import plain
from qa.export.briefing.slides import theme
from qa.export.briefing.slides.deck import (
    SMALL,
    Deck,
    Paragraph,
    paragraphs,
    remark,
    shape,
    text_box,
)
from qa.export.briefing.slides.measure import LEADING, held
from qa.export.briefing.slides.notes import Notes

_T = TypeVar("_T")
_LOOKS = {
    "发文": (MSO_SHAPE.OVAL, theme.BLUE),
    "施行": (MSO_SHAPE.RECTANGLE, "2F7D5B"),
    "目标": (MSO_SHAPE.DIAMOND, theme.WARM),
}
_LEGEND = "● 发文　■ 施行　◆ 目标和期限　（间距不按时间长短）"
_EVENTS, _CHARTS = 6, 6
"""On one slide."""
_AXIS = 294
_DOT = 18
_STEM = 26
_WHEN = 16
_LABEL_LINES = 7
_MOST_WIDE = 420
_BESIDE = 3
_CHART_HIGH = 186


def timeline(deck: Deck, title: str, of: Timeline, notes: Notes, most: int = 3) -> None:
    """Slides with an axis and the events above and below it, evenly apart."""
    chunks = [*_evenly(of.events, _EVENTS)]
    for number, events in enumerate(chunks[:most]):
        read = notes.of(event.source for event in events)
        slide = deck.slide(title, read, continued=number > 0)
        shape(slide, (theme.LEFT, _AXIS - 1, theme.RIGHT - theme.LEFT, 2), theme.GREY)
        apart = (theme.RIGHT - theme.LEFT) / len(events)
        for place, event in enumerate(events):
            _event(slide, event, theme.LEFT + apart * (place + 0.5), apart, above=place % 2 == 0)
        remark(slide, _LEGEND)


def charts(deck: Deck, title: str, rows: Sequence[Indicator], notes: Notes, most: int = 3) -> None:
    """Slides of small column charts, of the indicators with numbers of several years."""
    charted = [row for row in rows if sum(v.number is not None for v in row.values) > 1]
    for number, held_rows in enumerate([*_evenly(charted, _CHARTS)][:most]):
        read = notes.of(row.source for row in held_rows)
        slide = deck.slide(title, read, continued=number > 0)
        beside = min(_BESIDE, len(held_rows))
        wide = (theme.RIGHT - theme.LEFT) / beside
        high = _CHART_HIGH if len(held_rows) > beside else 2 * _CHART_HIGH
        for place, row in enumerate(held_rows):
            line, column = divmod(place, beside)
            left, top = theme.LEFT + column * wide, theme.TOP + line * (high + 6)
            _chart(slide, row, (left + 4, top, wide - 12, high))


def _evenly(all_of: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    count = -(-len(all_of) // most)
    for n in range(count):
        yield all_of[n * len(all_of) // count : (n + 1) * len(all_of) // count]


def _event(slide: Slide, event: Event, centre: float, apart: float, *, above: bool) -> None:
    form, colour = _LOOKS[event.sort]
    way = -1 if above else 1
    stem = _AXIS - _STEM if above else _AXIS
    shape(slide, (centre - 0.6, stem, 1.2, _STEM), theme.RULE)
    shape(slide, (centre - _DOT / 2, _AXIS - _DOT / 2, _DOT, _DOT), colour, form)
    wide = min(_MOST_WIDE, 1.5 * apart - 10)
    left = min(max(centre - wide / 2, theme.LEFT), theme.RIGHT - wide)
    lines = [
        *paragraphs(held(event.when, _WHEN, wide, 1), _WHEN, colour, strong=True),
        *paragraphs(held(event.text.replace("\n", ""), SMALL, wide, _LABEL_LINES), SMALL),
    ]
    high = sum(each.height(wide) for each in lines)
    top = _AXIS + way * (_STEM + 4) - (high if above else 0)
    text_box(slide, (left, top, wide, high), lines)


def _chart(slide: Slide, row: Indicator, place: tuple[float, float, float, float]) -> None:
    left, top, wide, high = place
    name = f"{row.name}（{row.unit}）" if row.unit else row.name
    label = [Paragraph(plain(held(name, SMALL, wide, 2)), SMALL, theme.NAVY, strong=True)]
    taken = 2 * SMALL * LEADING
    text_box(slide, (left, top, wide, taken), label)
    known = [value for value in row.values if value.number is not None]
    make: Any = ChartData
    data = make()
    data.categories = [str(value.year) for value in known]
    data.add_series(row.name, [value.number for value in known])
    x, y, cx, cy = map(Pt, (left, top + taken, wide, high - taken))
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    frame: Any = slide.shapes.add_chart(kind, x, y, cx, cy, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", name)
    drawn: Any = frame.chart
    drawn.has_legend = drawn.has_title = False
    drawn.font.size = Pt(SMALL)
    drawn.font.color.rgb = theme.rgb(theme.INK)
    drawn.value_axis.visible = drawn.value_axis.has_major_gridlines = False
    numbers = [value.number or 0 for value in known]
    drawn.value_axis.minimum_scale = min(0, *numbers)
    drawn.value_axis.maximum_scale = max(0, *numbers) * 1.25 or 1
    drawn.category_axis.format.line.color.rgb = theme.rgb(theme.RULE)
    plot = drawn.plots[0]
    plot.gap_width = 70
    series = plot.series[0]
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = theme.rgb(theme.BLUE)
    for number, value in enumerate(known):
        printed = series.points[number].data_label
        printed.position = XL_LABEL_POSITION.OUTSIDE_END
        printed.text_frame.text = value.printed
        printed.font.size = Pt(SMALL)
