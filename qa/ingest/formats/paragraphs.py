"""Printed lines become paragraphs: hyphenless line ends joined by the shape of the page."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from qa.ingest import forms
from qa.ingest.formats.line_ends import cells_joined, closed
from qa.ingest.formats.result import Doubt, Place
from qa.ingest.formats.sheet import Row, Sheet
from qa.ingest.readers import Line

_INDENT = 1.2
"""Characters by which the first line of a paragraph is set in, at the least."""
_RAGGED = 2.6
"""Characters by which a full line may end before the edge: no 。begins a line."""
_BIGGER = 1.18
"""A title's size, measured by the text's."""
_LOOSE = 1.7
"""A distance of lines, measured by the usual one, that ends a paragraph."""
_UNBROKEN = re.compile(r"^[A-Za-z0-9./:%\-]+")
_OPENINGS = (forms.ARTICLE, forms.CHAPTER, forms.LEVEL_1, forms.LEVEL_2, forms.LEVEL_3, forms.BOX)


@dataclass
class Paragraph:
    """A paragraph or a row of a table, with the printed lines that it is made of."""

    rows: list[Row]
    text: str = ""
    doubts: list[tuple[int, float]] = field(default_factory=list)
    pieces: list[tuple[int, int, Row]] = field(default_factory=list)


def paragraphs(rows: Sequence[Row]) -> list[Paragraph]:
    """The paragraphs of rows in reading order."""
    rows = _edged(rows)
    if not rows:
        return []
    body = median(row.size for row in rows for _ in range(max(len(row.text), 1)))
    pitch = _pitches(rows)
    set_in = sum(_INDENT <= row.indent <= 4 for row in rows if not row.table)
    indented = set_in >= max(2, 0.04 * len(rows))
    found: list[Paragraph] = []
    for row in rows:
        before = found[-1].rows[-1] if found else None
        if before is None or _begins(before, row, body, pitch, indented):
            found.append(Paragraph([row]))
        else:
            found[-1].rows.append(row)
    for paragraph in found:
        _join(paragraph)
    _close(found)
    return found


def reworded(paragraph: Paragraph, text: str) -> None:
    """The paragraph with a text that differs in its first characters only, the rest moved along."""
    moved = len(text) - len(paragraph.text)
    first = len(paragraph.rows[0].text)

    def at(offset: int) -> int:
        behind = min(first, 8)
        return offset + moved if offset >= behind else offset

    paragraph.doubts = [(at(offset), confidence) for offset, confidence in paragraph.doubts]
    paragraph.pieces = [
        (at(start) if start else 0, end + moved, row) for start, end, row in paragraph.pieces
    ]
    paragraph.text = text


def numbered(
    found: Sequence[Paragraph], sheets: Sequence[Sheet]
) -> tuple[tuple[Line, ...], tuple[Doubt, ...], tuple[Place, ...]]:
    """The paragraphs as lines, with their doubtful characters and their places on the pages."""
    numbers = {sheet.number: sheet for sheet in sheets}
    lines: list[Line] = []
    doubts: list[Doubt] = []
    places: list[Place] = []
    header = ""
    for position, paragraph in enumerate(found):
        row, before = paragraph.rows[0], found[position - 1].rows[0] if position else None
        if before is None or not before.table:
            header = paragraph.text
        elif row.table and _is_another_table(before, row, paragraph.text == header):
            header = paragraph.text
            lines.append(Line(len(lines) + 1, "", row.page))
        number = len(lines) + 1
        lines.append(Line(number, paragraph.text, row.page))
        doubts += _doubts(number, paragraph)
        for start, end, row in paragraph.pieces:
            box = numbers[row.page].share(row.x0, row.y0, row.x1, row.y1)
            places.append(Place(line=number, start=start, end=end, page=row.page, box=box))
    return tuple(lines), tuple(doubts), tuple(places)


def _is_another_table(before: Row, row: Row, headed: bool) -> bool:
    """Not the next row of the same table, nor what the next page continues without a header."""
    if (before.page, before.column) == (row.page, row.column):
        return False
    columns = before.text.count("\t") == row.text.count("\t")
    return before.page == row.page or not columns or headed


def _begins(before: Row, row: Row, body: float, pitch: dict[str, float], indented: bool) -> bool:
    """Whether a new paragraph begins with the row."""
    if row.table or before.table:
        return not row.goes_on
    if max(row.size, before.size) > _BIGGER * min(row.size, before.size):
        return True
    if _is_centred(before) or before.size > _BIGGER * body:
        return not _title_goes_on(before, row)
    same = before.page == row.page and before.column == row.column
    if same and row.y0 - before.y0 > _LOOSE * pitch[row.column]:
        return True
    if row.indent >= _INDENT:
        return True
    unbroken = _UNBROKEN.match(row.text)
    if before.slack > _RAGGED + (0.55 * len(unbroken[0]) if unbroken else 0):
        return True
    ended = before.text.rstrip().endswith(("。", "；", "：", "！", "？"))
    return not indented and ended and any(form.match(row.text) for form in _OPENINGS)


def _is_centred(row: Row) -> bool:
    return row.indent > 2.2 and row.slack > 2.2 and abs(row.indent - row.slack) < 2.5


def _title_goes_on(before: Row, row: Row) -> bool:
    """A title too long for one line: both lines stand in the middle and are alike."""
    middle = abs(before.indent - before.slack) < 2.5 and abs(row.indent - row.slack) < 2.5
    near = before.page == row.page and row.y0 - before.y1 < 1.2 * row.size
    alike = abs(row.size - before.size) < 0.06 * row.size
    new = forms.is_heading(row.text) or row.text[:1] in "（(第" or forms.is_heading(before.text)
    return middle and near and alike and not new and before.text[-1:] not in "。）)"


def _edged(rows: Sequence[Row]) -> list[Row]:
    """The rows with the edges of their columns, which a scan may shift from page to page."""
    grouped: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.table:
            grouped[row.column, row.page].append(row)
    extents: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (column, _), held in grouped.items():
        extents[column].append((min(r.x0 for r in held), max(r.x1 for r in held)))
    edges: dict[tuple[str, int], tuple[float, float]] = {}
    for (column, page), held in grouped.items():
        widths = sorted(right - left for left, right in extents[column])
        width = widths[int(0.9 * (len(widths) - 1))]
        usual = median(r for left, r in extents[column] if r - left >= 0.95 * width)
        own = max(r.x1 for r in held)
        right = own if abs(own - usual) <= 1.5 * held[0].size else usual
        edges[column, page] = (right - width, right)
    return [
        replace(row, left=edges[row.column, row.page][0], right=edges[row.column, row.page][1])
        if not row.table
        else row
        for row in rows
    ]


def _pitches(rows: Sequence[Row]) -> dict[str, float]:
    """The usual distance of two lines, by column."""
    steps: dict[str, list[float]] = defaultdict(list)
    for before, row in pairwise(rows):
        if before.page == row.page and before.column == row.column and row.y0 > before.y0:
            steps[row.column].append(row.y0 - before.y0)
    return {row.column: median(steps[row.column] or [2 * row.size]) for row in rows}


def _close(found: Sequence[Paragraph]) -> None:
    """Put together the cells of ruled tables: their lines, and the halves of a cut row."""
    tables = [paragraph for paragraph in found if paragraph.rows[0].ruled]
    prose = (paragraph.text for paragraph in found if not paragraph.rows[0].ruled)
    texts = closed([cells_joined([row.text for row in each.rows]) for each in tables], prose)
    for paragraph, text in zip(tables, texts, strict=True):
        paragraph.text = text
        paragraph.pieces = [(0, len(text), row) for row in paragraph.rows]


def _join(paragraph: Paragraph) -> None:
    for row in paragraph.rows:
        text = row.text.strip(" ") if not row.table else row.text
        shift = len(row.text) - len(row.text.lstrip(" ")) if not row.table else 0
        last = paragraph.text[-1:]
        if last and _is_latin(last) and _is_latin(text[:1]):
            paragraph.text += " "
        start = len(paragraph.text)
        paragraph.text += text
        paragraph.doubts += [(start + offset - shift, c) for offset, c in row.doubts]
        paragraph.pieces.append((start, len(paragraph.text), row))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _doubts(number: int, paragraph: Paragraph) -> list[Doubt]:
    """Neighbours together."""
    runs: list[list[tuple[int, float]]] = []
    for offset, confidence in paragraph.doubts:
        if not 0 <= offset < len(paragraph.text):
            continue
        if runs and runs[-1][-1][0] == offset - 1:
            runs[-1].append((offset, confidence))
        else:
            runs.append([(offset, confidence)])
    return [
        Doubt(
            line=number,
            start=run[0][0],
            text=paragraph.text[run[0][0] : run[-1][0] + 1],
            confidence=min(confidence for _, confidence in run),
        )
        for run in runs
    ]
