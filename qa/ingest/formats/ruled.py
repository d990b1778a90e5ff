"""Ruled tables: their cells, and the rows that a page end has cut in two."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from qa.ingest.formats.line_ends import cell_of
from qa.ingest.formats.sheet import Grid, Row, Ruled, Span, row_of, rows_of, tabled

_PADDING = 1.5
"""Characters, the most that a cell leaves free at its sides."""
_FILLED = 1.5
"""Characters that a line may leave free and yet go on in the next."""
_HEAD = 2
"""Rows of a header that every page may repeat."""
_ENDED = ("。", "；", "！", "？")


def ruled_rows(grid: Grid, spans: Sequence[Span], page: int) -> list[Row]:
    """The rows of a table, in whose cells it is still open what the line ends mean."""
    cells: dict[tuple[int, int], list[Row]] = {}
    for place, held in _by_cell(grid, spans).items():
        cells[place] = rows_of(held, page)
    free: dict[int, float] = {}
    for (_, column), lines in cells.items():
        own = min(line.x0 for line in lines) - grid.xs[column]
        free[column] = max(min(own, free.get(column, own), _PADDING * lines[0].size), 0.0)
    table: list[Row] = []
    for number in sorted({number for number, _ in cells}):
        texts: list[str] = []
        filled: list[bool] = []
        for column in range(len(grid.xs) - 1):
            lines = cells.get((number, column), [])
            right = grid.right_of(column, lines[0].middle) - free[column] if lines else 0.0
            lines = [replace(line, right=right) for line in lines]
            texts.append(cell_of([(line.text, line.slack) for line in lines]))
            filled.append(bool(lines) and lines[-1].slack < _FILLED)
        inside = [
            s for (n, _), lines in cells.items() if n == number for r in lines for s in r.spans
        ]
        closed = (
            number > 0 or grid.is_closed(0),
            number < len(grid.ys) - 2 or grid.is_closed(-1),
        )
        told = tabled(row_of(inside, page), [(text, ()) for text in texts])
        ruled = Ruled(*closed, tuple(filled))
        table.append(replace(told, column=f"table {grid.ys[0]:.0f}", ruled=ruled))
    return table


def uncut(rows: Sequence[Row]) -> list[Row]:
    """The rows in reading order; one that goes on with the row before the page end says so.

    A header that is printed again between the two halves is left out.
    """
    kept: list[Row] = []
    head: list[str] = []
    for _, group in groupby(rows, key=lambda row: (row.page, row.column, row.ruled is None)):
        fragment = list(group)
        same = (_tight(row) == said for row, said in zip(fragment, head, strict=False))
        again = len([*takewhile(bool, same)])
        if fragment[0].ruled is None:
            head = []
        elif kept and again < len(fragment) and _is_cut(kept[-1], fragment[again], again > 0):
            fragment = [replace(fragment[again], goes_on=True), *fragment[again + 1 :]]
        elif not again:
            head = [_tight(row) for row in fragment[:_HEAD]]
        kept += fragment
    return kept


def _is_cut(last: Row, first: Row, headed: bool) -> bool:
    """Whether a row is the rest of the last one of the page before.

    No rule between them says so; where the page ends with one, that all its cells go on where a
    sentence has not ended.
    """
    if last.ruled is None or first.ruled is None or last.page + 1 != first.page:
        return False
    above, rest = last.text.split("\t"), first.text.split("\t")
    if len(above) != len(rest):
        return False
    if not last.ruled.below and (headed or not first.ruled.above):
        return True
    going = [
        full and bool(cell) and not cell.endswith(_ENDED)
        for cell, full in zip(above, last.ruled.filled, strict=True)
    ]
    return not rest[0] and all(go for go, cell in zip(going, rest, strict=True) if cell)


def _by_cell(grid: Grid, spans: Sequence[Span]) -> dict[tuple[int, int], list[Span]]:
    cells: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for span in spans:
        cells[grid.cell_of(span)].append(span)
    return cells


def _tight(row: Row) -> str:
    """Its text, where each page may have broken the lines in other places."""
    return re.sub("[ \n]", "", row.text)
