"""Running heads and page numbers: what the edges of pages repeat."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from qa.ingest.formats.sheet import Row, Sheet, Span, rows_of

_ZONE = 0.14
"""The part of a page's height, at the top and at the bottom, in which they stand."""
_DEEP = 3
"""Printed lines of an edge that may belong to them."""
_REPEATED = 3
"""Pages in succession on which a line stands before it counts as a running head."""
_SHORTEST = 3
"""Characters of a running head."""
_LETTER = re.compile(r"[^\W\d_]")
"""Numbers alone are no running head."""
_SAME = 12.0
"""Points between which a line stands in the same place."""
_Key = tuple[str, str, int]
_DASH = r"[\s\-–—－―‐·•~～_.*一]*"
_PAGE_NUMBER = re.compile(
    rf"^{_DASH}(第\s*)?(\d{{1,4}}|[ivxlIVXL]{{1,7}})(\s*页)?"
    rf"(\s*[,，/／]?\s*共?\s*\d{{1,4}}\s*页?)?{_DASH}$"
)


def without_margins(sheets: Sequence[Sheet]) -> tuple[list[Sheet], tuple[str, ...]]:
    """The pages without running heads and page numbers, and the heads that were taken off."""
    edges = {sheet.number: _edges(sheet) for sheet in sheets}
    repeated = _repeated(edges)
    cleaned: list[Sheet] = []
    heads: Counter[str] = Counter()
    for sheet in sheets:
        gone: set[Span] = set()
        for side, row in edges[sheet.number]:
            if _PAGE_NUMBER.match(row.text.strip()) and _is_outermost(row, side, sheet, gone):
                gone.update(row.spans)
            elif _key(side, row) in repeated:
                heads[row.text] += 1
                gone.update(row.spans)
        kept = tuple(span for span in sheet.spans if span not in gone)
        cleaned.append(replace(sheet, spans=kept))
    return cleaned, tuple(heads)


def _repeated(edges: Mapping[int, Sequence[tuple[str, Row]]]) -> set[_Key]:
    """The lines that stand in the same place of successive pages, or of every other one."""
    pages: dict[_Key, list[int]] = defaultdict(list)
    for number, rows in edges.items():
        for key in {_key(side, row) for side, row in rows}:
            pages[key].append(number)
    enough = min(_REPEATED, max(len(edges), 2))
    found: set[_Key] = set()
    for key, numbers in pages.items():
        longest = run = 1
        for before, number in pairwise(numbers):
            run = run + 1 if number - before <= 2 else 1
            longest = max(longest, run)
        if longest >= enough and len(key[1]) >= _SHORTEST and len(_LETTER.findall(key[1])) >= 2:
            found.add(key)
    return found


def _edges(sheet: Sheet) -> list[tuple[str, Row]]:
    """The outermost rows at the top and at the bottom, from the edge inwards.

    Rows of a table that goes on with the page are none, though their words be the same but for
    numbers; a frame around the head alone may be one.
    """
    rows = [row for row in rows_of(sheet.spans, sheet.number) if not _is_in_table(row, sheet)]
    top = [("top", row) for row in rows[:_DEEP] if row.y1 < _ZONE * sheet.height]
    bottom = [
        ("bottom", row) for row in reversed(rows[-_DEEP:]) if row.y0 > (1 - _ZONE) * sheet.height
    ]
    return top + bottom


def _is_in_table(row: Row, sheet: Sheet) -> bool:
    top, bottom = _ZONE * sheet.height, (1 - _ZONE) * sheet.height
    tables = (grid for grid in sheet.grids if grid.ys[-1] > top and grid.ys[0] < bottom)
    return any(grid.holds(span) for grid in tables for span in row.spans)


def _key(side: str, row: Row) -> _Key:
    text = re.sub(r"\d+", "#", re.sub(r"\s+", "", row.text))
    return side, text, round(row.middle / _SAME)


def _is_outermost(row: Row, side: str, sheet: Sheet, gone: set[Span]) -> bool:
    others = [span for span in sheet.spans if span not in gone and span not in row.spans]
    if side == "top":
        return all(span.middle >= row.y0 for span in others)
    return all(span.middle <= row.y1 for span in others)
