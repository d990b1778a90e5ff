"""Items one under another, as large as there is room for, over as many slides as they take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pptx.enum.shapes import MSO_SHAPE
from pptx.slide import Slide

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
from qa.export.briefing.slides.measure import LEADING, held, pieces

_SIZES = (18, 20, 22, 24, 28)
_GAP, _MOST_GAP = 16, 34
"""Points between two items, at least and at most."""
_BADGE = 28
_ROOM = theme.BOTTOM - theme.TOP
_CITED = 4
"""Lines that a citation may have."""


@dataclass(frozen=True)
class Item:
    """A statement with its number, a heading and what it rests on, as far as it has them."""

    text: str
    cite: str = ""
    head: str = ""
    mark: str = ""
    notes: tuple[str, ...] = ()
    continues: bool = False
    """It goes on with the item before."""


def listing(deck: Deck, title: str, items: Sequence[Item], most: int = 12) -> None:
    """Slides of items.

    most: slides; what has no room on them is counted beneath the last.
    """
    size, pages = _laid(items)
    for number, page in enumerate(pages[:most]):
        notes = [note for item in page for note in item.notes]
        slide = deck.slide(title, notes, continued=number > 0)
        _put(slide, page, size)
        if number == most - 1 and pages[most:]:
            left = sum(not item.continues for rest in pages[most:] for item in rest)
            remark(slide, f"其余 {left} 项见 Word 版。" if left else "未完，其余见 Word 版。")


def _laid(items: Sequence[Item]) -> tuple[float, list[list[Item]]]:
    """The largest type that takes no more slides than the smallest."""
    size, pages = float(_SIZES[0]), _pages(items, _SIZES[0])
    for larger in _SIZES[1:]:
        tried = _pages(items, larger)
        if len(tried) == len(pages):
            size, pages = larger, tried
    return size, pages


def _pages(items: Sequence[Item], size: float) -> list[list[Item]]:
    pages: list[list[Item]] = []
    used = 0.0
    for item in items:
        for piece in _divided(item, size):
            high = _height(piece, size)
            if not pages or used + _GAP + high > _ROOM:
                pages.append([])
                used = -_GAP
            pages[-1].append(piece)
            used += _GAP + high
    return pages


def _divided(item: Item, size: float) -> list[Item]:
    """An item that is longer than a slide, in pieces that are not."""
    if _height(item, size) <= _ROOM:
        return [item]
    around = _height(replace(item, text=""), size)
    lines = max(1, int((_ROOM - around) / (size * LEADING)))
    parts = pieces(item.text, size, _width(item), lines)
    last = len(parts) - 1
    return [
        replace(
            item,
            text=text,
            head=item.head if n == 0 else "",
            cite=item.cite if n == last else "",
            continues=n > 0,
        )
        for n, text in enumerate(parts)
    ]


def _put(slide: Slide, items: Sequence[Item], size: float) -> None:
    heights = [_height(item, size) for item in items]
    free = _ROOM - sum(heights)
    gap = min(_MOST_GAP, free / (len(items) - 1)) if len(items) > 1 else 0
    top = float(theme.TOP)
    for item, high in zip(items, heights, strict=True):
        left = theme.RIGHT - _width(item)
        if item.mark:
            drop = max(0.0, (size * LEADING - _BADGE) / 2)
            place = (theme.LEFT, top + drop, _BADGE, _BADGE)
            shape(slide, place, theme.BLUE, MSO_SHAPE.OVAL, item.mark)
        else:
            shape(slide, (theme.LEFT, top + 2, 4, high - 4), theme.BLUE)
        text_box(slide, (left, top, _width(item), high), _lines(item, size))
        top += high + gap


def _width(item: Item) -> float:
    return theme.RIGHT - theme.LEFT - (_BADGE + 16 if item.mark else 18)


def _height(item: Item, size: float) -> float:
    lines = _lines(item, size)
    needed = sum(each.height(_width(item)) for each in lines)
    return max(needed, _BADGE if item.mark else 0)


def _lines(item: Item, size: float) -> list[Paragraph]:
    cite = held(item.cite, SMALL, _width(item), _CITED)
    return [
        *paragraphs(item.head, size, theme.NAVY, strong=True),
        *paragraphs(item.text, size, above=4 if item.head else 3),
        *paragraphs(cite, SMALL, theme.GREY, above=5),
    ]
