"""The first slides: what the briefing is, and what comes."""

from collections.abc import Sequence

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.slide import Slide

from qa.briefing.model import Briefing, Part
from qa.export.briefing.sheet import Words, plain
from qa.export.briefing.slides import theme
from qa.export.briefing.slides.deck import (
    SMALL,
    Deck,
    Paragraph,
    paragraphs,
    shape,
    text_box,
    write,
)
from qa.export.briefing.slides.listing import Item, listing
from qa.export.briefing.slides.measure import LEADING, held, wrapped
from qa.export.briefing.titling import facts, statement
from qa.export.markup import one_line

_WIDE = theme.RIGHT - theme.LEFT
_TITLE_SIZES = (44, 38, 32, 26)
_TITLE_LINES = 3
_NOTICE = "使用前请注意"
_FACT_LINES = 2
_ROW = 60
_BADGE = 32


def add_cover(deck: Deck, briefing: Briefing) -> None:
    """Title, date and basis; the notices beneath, or on slides of their own."""
    title = one_line(briefing.title)
    sizes = [each for each in _TITLE_SIZES if _lines(title, each) <= _TITLE_LINES]
    size = max((each for each in sizes if _lines(title, each) == 1), default=max(sizes, default=26))
    slide = deck.cover(size, held(title, size, _WIDE, _TITLE_LINES))
    told = [
        Paragraph(
            (Words(f"{name}：", strong=True), Words(held(one_line(value), 18, 720, _FACT_LINES))),
            18,
            above=4,
        )
        for name, value in facts(briefing)
    ]
    write(slide.placeholders[1].text_frame, told)
    top = theme.COVER_HEIGHT + 36 + sum(each.height(_WIDE) for each in told)
    room = theme.HEIGHT - 24 - top
    said = [*map(one_line, briefing.notices), statement(briefing)]
    notices = [line for each in said for line in paragraphs(each, SMALL, theme.INK, above=3)]
    head = Paragraph(plain(_NOTICE), SMALL, theme.WARM, strong=True)
    needed = sum(each.height(_WIDE - 18) for each in (head, *notices))
    if needed > room:
        listing(deck, _NOTICE, [Item(each) for each in said])
        notices = [Paragraph(plain("另见下一页。"), SMALL)]
        needed = 2 * SMALL * LEADING + 4
    shape(slide, (theme.LEFT, top + 2, 4, needed - 2), theme.WARM)
    text_box(slide, (theme.LEFT + 18, top, _WIDE - 18, needed), [head, *notices])


def add_agenda(deck: Deck) -> Slide:
    """To be filled when it is known where each part begins."""
    return deck.slide("目录")


def fill_agenda(deck: Deck, slide: Slide, parts: Sequence[Part], begins: Sequence[int]) -> None:
    """The parts, each leading to its first slide."""
    beside = 2 if len(parts) > 6 else 1
    rows = max(1, -(-len(parts) // beside))
    high = min(_ROW, (theme.BOTTOM - theme.TOP) / rows)
    wide = (_WIDE - 48 * (beside - 1)) / beside
    for number, (part, begin) in enumerate(zip(parts, begins, strict=True)):
        column, row = divmod(number, rows)
        left, top = theme.LEFT + column * (wide + 48), theme.TOP + 8 + row * high
        badge = (left, top + (high - _BADGE) / 2, _BADGE, _BADGE)
        shape(slide, badge, theme.NAVY, MSO_SHAPE.OVAL, str(number + 1))
        room = wide - _BADGE - 16 - 70
        title = held(one_line(part.title), 20, room, 1)
        entry = text_box(
            slide,
            (left + _BADGE + 16, top, room, high),
            [Paragraph(plain(title), 20)],
            anchor=MSO_ANCHOR.MIDDLE,
        )
        entry.click_action.target_slide = deck.at(begin)
        page = [Paragraph(plain(f"第 {begin + 1} 页"), SMALL, theme.GREY)]
        place = (left + wide - 70, top, 70, high)
        text_box(slide, place, page, side="r", anchor=MSO_ANCHOR.MIDDLE)
        if row < rows - 1 and number < len(parts) - 1:
            shape(slide, (left, top + high - 1, wide, 0.8), theme.RULE)


def _lines(title: str, size: float) -> int:
    return len(wrapped(title, size, _WIDE))
