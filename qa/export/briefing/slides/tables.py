"""Native tables, their head repeated on every slide that they go on to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from qa.export.briefing.sheet import Band, Cell, Cite, Words, plain
from qa.export.briefing.slides import theme
from qa.export.briefing.slides.deck import SMALL, Deck, Paragraph, remark, write
from qa.export.briefing.slides.measure import LEADING, held, wrapped
from qa.export.briefing.slides.notes import shorts

_SIZES = (14, 16, 18)
_PAD, _SIDE = 5, 7
"""Points within a cell: above and below, left and right."""
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own style without colours and lines."""


@dataclass(frozen=True)
class Row:
    """Cells, and what belongs into the notes of their slide."""

    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table to be put onto slides."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    """Shares of the slide's width."""
    rows: tuple[Row | Band, ...]
    remark: str = ""
    """Stands beneath it on each slide."""


@dataclass(frozen=True)
class _Laid:
    """A row as it is written: the paragraphs of its cells; of a band there is one."""

    cells: tuple[tuple[Paragraph, ...], ...]
    height: float
    notes: tuple[str, ...]
    band: bool


def table(deck: Deck, title: str, grid: Grid, most: int = 6, *, continued: bool = False) -> None:
    """Slides with the rows.

    most: slides; the rows that have no room on them are counted beneath the last.
    """
    widths = _widths(grid)
    pages = _pages(grid, widths, _SIZES[0])
    for larger in _SIZES[1:]:
        tried = _pages(grid, widths, larger)
        if len(tried) == len(pages):
            pages = tried
    left = sum(not row.band for page in pages[most:] for row in page[1:])
    for number, page in enumerate(pages[:most]):
        notes = [note for row in page for note in row.notes]
        slide = deck.slide(title, notes, continued=continued or number > 0)
        _put(slide, page, widths)
        is_cut = left and number == most - 1
        said = (f"其余 {left} 项见 Word 版。" if is_cut else "", grid.remark)
        if any(said):
            remark(slide, "　".join(filter(None, said)))


def _pages(grid: Grid, widths: Sequence[float], size: float) -> list[list[_Laid]]:
    """Each begins with the head, and with the band that its first row belongs to."""
    head = _laid(tuple((plain(each, strong=True),) for each in grid.head), widths, size)
    head = _Laid(tuple(_white(cell) for cell in head.cells), head.height, (), band=False)
    pages: list[list[_Laid]] = []
    used, room = 0.0, theme.BOTTOM - theme.TOP
    band: list[_Laid] = []
    is_new = False
    for row in grid.rows:
        if isinstance(row, Band):
            band, is_new = [_banded(row, widths, size)], True
            continue
        above = band[0].height if band else 0.0
        laid = _laid(row.cells, widths, size, room - head.height - above, row.notes)
        needed = laid.height + (above if is_new else 0)
        if not pages or used + needed > room:
            pages.append([head, *band])
            used = head.height + above
        elif is_new:
            pages[-1] += band
            used += above
        pages[-1].append(laid)
        used += laid.height
        is_new = False
    return pages


def _laid(
    cells: Sequence[Cell],
    widths: Sequence[float],
    size: float,
    room: float = theme.HEIGHT,
    notes: tuple[str, ...] = (),
) -> _Laid:
    lines = int((room - 2 * _PAD) / (size * LEADING))
    written = tuple(
        tuple(_fitted([*_paragraphs(cell, size)], wide - 2 * _SIDE, lines))
        for cell, wide in zip(cells, widths, strict=True)
    )
    high = max(
        sum(each.height(wide - 2 * _SIDE) for each in cell)
        for cell, wide in zip(written, widths, strict=True)
    )
    return _Laid(written, high + 2 * _PAD, notes, band=False)


def _banded(band: Band, widths: Sequence[float], size: float) -> _Laid:
    text = held(band.text, size, sum(widths) - 2 * _SIDE, 2)
    line = Paragraph(plain(text), size, theme.NAVY, strong=True)
    return _Laid(((line,),), line.height(sum(widths) - 2 * _SIDE) + 2 * _PAD, (), band=True)


def _paragraphs(cell: Cell, size: float) -> Iterator[Paragraph]:
    """The lines of a cell, then its citations."""
    for line in cell:
        words = tuple(piece for piece in line if isinstance(piece, Words))
        yield Paragraph(words, size)
    cites = [piece.source for line in cell for piece in line if isinstance(piece, Cite)]
    if cites:
        yield Paragraph(plain(shorts(cites)), SMALL, theme.GREY)


def _fitted(lines: Sequence[Paragraph], width: float, most: int) -> Iterator[Paragraph]:
    """As many lines as there is room for; the last of them is cut."""
    for each in lines:
        taken = len(wrapped(each.text, each.size, width))
        if taken > most:
            if most > 0:
                yield Paragraph(plain(held(each.text, each.size, width, most)), each.size)
            return
        most -= taken
        yield each


def _white(cell: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(each.line, each.size, theme.WHITE, strong=True) for each in cell)


def _widths(grid: Grid) -> list[float]:
    whole = theme.RIGHT - theme.LEFT
    return [whole * share / sum(grid.widths) for share in grid.widths]


def _put(slide: Any, rows: Sequence[_Laid], widths: Sequence[float]) -> None:
    high = sum(row.height for row in rows)
    place = map(Pt, (theme.LEFT, theme.TOP, theme.RIGHT - theme.LEFT, high))
    drawn = slide.shapes.add_table(len(rows), len(widths), *place).table
    drawn._tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN
    drawn.horz_banding = False
    for column, wide in zip(drawn.columns, widths, strict=True):
        column.width = Pt(wide)
    for number, row in enumerate(rows):
        drawn.rows[number].height = Pt(row.height)
        cells = [*drawn.rows[number].cells]
        if row.band:
            cells[0].merge(cells[-1])
        fill = theme.NAVY if number == 0 else theme.PALE if row.band else None
        for held_cell, lines in zip(cells, (*row.cells, *[()] * len(cells)), strict=False):
            _cell(held_cell, lines, fill)


def _cell(cell: Any, lines: Sequence[Paragraph], fill: str | None) -> None:
    cell.margin_left = cell.margin_right = Pt(_SIDE)
    cell.margin_top = cell.margin_bottom = Pt(_PAD - 1)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    if lines:
        write(cell.text_frame, lines)
    properties = cell._tc.get_or_add_tcPr()
    properties.insert(
        0,
        parse_xml(
            f'<a:lnB {nsdecls("a")} w="9525"><a:solidFill><a:srgbClr val="{theme.RULE}"/>'
            "</a:solidFill></a:lnB>"
        ),
    )
    if fill:
        cell.fill.solid()
        cell.fill.fore_color.rgb = theme.rgb(fill)
