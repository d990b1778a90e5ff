"""The printed lines of a page in the order in which they are read: columns and tables."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from qa.ingest.formats.ruled import ruled_rows
from qa.ingest.formats.sheet import Grid, Row, Sheet, Span, joined, row_of, rows_of, tabled

_COLUMN_LINES = 4
"""Lines that both columns must have."""
_FILLED = 0.6
"""Of a column's width: lines of running text fill more, cells of a table less."""
_CELL_GAP = 1.5
"""In characters: a wider gap divides cells of a table without rules."""


def reading_order(sheet: Sheet) -> list[Row]:
    """The rows of a page, column by column, ruled tables as rows of cells."""
    loose = [s for s in sheet.spans if not any(grid.holds(s) for grid in sheet.grids)]
    rows = rows_of(loose, sheet.number)
    gutter = _gutter(rows)
    ordered = _aligned(rows) if gutter is None else _in_columns(rows, gutter)
    for grid in sheet.grids:
        held = [s for s in sheet.spans if grid.holds(s)]
        if held:
            ordered = _with_table(ordered, grid, held, sheet.number)
    size = f"{sheet.width:.0f}x{sheet.height:.0f}"
    return [replace(row, column=f"{size} {row.column}") for row in ordered]


def _gutter(rows: Sequence[Row]) -> float | None:
    """Where the white strip between two columns runs, if there are two."""
    if not rows:
        return None
    left, right = min(r.x0 for r in rows), max(r.x1 for r in rows)
    best: tuple[int, float] | None = None
    for step in range(35, 66):
        x = left + (right - left) * step / 100
        crossed = sum(any(s.x0 < x < s.x1 for s in row.spans) for row in rows)
        if best is None or (crossed, abs(step - 50)) < (best[0], best[1]):
            best = (crossed, abs(step - 50))
            found = x
    sides = (
        [s for row in rows for s in row.spans if s.x1 <= found and not _crosses(row, found)],
        [s for row in rows for s in row.spans if s.x0 >= found and not _crosses(row, found)],
    )
    if all(_is_column(side) for side in sides):
        return found
    return None


def _crosses(row: Row, x: float) -> bool:
    return any(s.x0 < x < s.x1 for s in row.spans)


def _is_column(spans: Sequence[Span]) -> bool:
    if len(spans) < _COLUMN_LINES:
        return False
    width = max(s.x1 for s in spans) - min(s.x0 for s in spans)
    size = median(s.size for s in spans)
    return width > 8 * size and median(s.x1 - s.x0 for s in spans) >= _FILLED * width


def _in_columns(rows: Sequence[Row], gutter: float) -> list[Row]:
    """Lines across the page divide it; between them the left column is read before the right."""
    ordered: list[Row] = []
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        if _crosses(row, gutter):
            ordered += [*sides[0], *sides[1], replace(row, column="across")]
            sides = ([], [])
            continue
        for side, name in ((0, "left"), (1, "right")):
            spans = [s for s in row.spans if (s.x0 >= gutter) == bool(side)]
            if spans:
                sides[side].append(replace(row_of(spans, row.page), column=name))
    return [*ordered, *sides[0], *sides[1]]


def _aligned(rows: Sequence[Row]) -> list[Row]:
    """Rows with wide gaps, two or more in succession, are those of a table without rules."""
    parts = [_cells(row) for row in rows]
    ordered: list[Row] = []
    for position, row in enumerate(rows):
        beside = parts[max(position - 1, 0) : position] + parts[position + 1 : position + 2]
        if len(parts[position]) > 1 and any(len(other) > 1 for other in beside):
            ordered.append(tabled(row, [joined(cell) for cell in parts[position]]))
        else:
            ordered.append(row)
    return ordered


def _cells(row: Row) -> list[list[Span]]:
    cells = [[row.spans[0]]]
    for span in row.spans[1:]:
        if span.x0 - cells[-1][-1].x1 > _CELL_GAP * span.size:
            cells.append([span])
        else:
            cells[-1].append(span)
    # Spaced out characters of a heading are no cells.
    return cells if max(len(joined(cell)[0]) for cell in cells) > 1 else [list(row.spans)]


def _with_table(rows: Sequence[Row], grid: Grid, spans: Sequence[Span], page: int) -> list[Row]:
    """The rows with those of the table put in where it stands."""
    before = [row for row in rows if row.y0 < grid.ys[0]]
    behind = [row for row in rows if row.y0 >= grid.ys[0]]
    return [*before, *ruled_rows(grid, spans, page), *behind]
