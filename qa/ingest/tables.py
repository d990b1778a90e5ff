"""Tables by tabs: fragments of pages put together, rows completed, headers said in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from qa.ingest import forms
from qa.ingest.pages import Block

_MAX_HEADER_LINES = 2
_NAME_LIMIT = 40
_SENTENCE = re.compile("[。；]")


@dataclass
class Row:
    """A completed row: what is printed in its cells or carried down to them."""

    cells: list[str]
    """At least one for each column; a line may print more than the header has."""
    line: int
    group: str = ""
    """The line of the table that names the group of rows, where there is one."""


@dataclass
class Table:
    """A table over all its page fragments."""

    title: str = ""
    header: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    printed_header: tuple[tuple[str, ...], ...] = ()

    @property
    def tall(self) -> bool:
        """The first column names a task that several rows share."""
        return len(self.printed_header) == _MAX_HEADER_LINES


def read_table(fragments: Sequence[Block]) -> Table:
    """One table from its fragments; a header printed on every page counts once."""
    table = Table()
    group: Row | None = None
    idle: Row | None = None  # the name of a group that no row follows yet
    for fragment in fragments:
        lines = list(zip(fragment.cells, fragment.lines, strict=True))
        if not table.header and not table.rows:
            if _is_lone(lines[0][0]) and len(lines) > 1:
                table.title = forms.title_of(lines.pop(0)[0][0])
            table.printed_header = _header_lines([cells for cells, _ in lines])
            table.header = _header(table.printed_header)
            lines = lines[len(table.printed_header) :]
        elif [cells for cells, _ in lines[: len(table.printed_header)]] == [*table.printed_header]:
            lines = lines[len(table.printed_header) :]
        for position, (printed, number) in enumerate(lines):
            cells = [*printed, *[""] * (len(table.header) - len(printed))]
            if not any(printed):
                continue
            if _is_lone(printed) and not table.tall:
                _keep_idle(table, idle)
                group = idle = Row(cells, number, forms.title_of(cells[0]))
            elif position == 0 and table.rows and not any(cells[:2]):
                last = table.rows[-1]
                last.cells = [a + b for a, b in zip_longest(last.cells, cells, fillvalue="")]
            else:
                _carry_down(table, cells, first=position == 0)
                table.rows.append(Row(cells, number, group.group if group else ""))
                idle = None
    _keep_idle(table, idle)
    if not table.rows:
        _keep_header(table, fragments[0].lines[bool(table.title) :])
    return table


def _keep_idle(table: Table, idle: Row | None) -> None:
    """A lone cell that no row follows names no group: it is a row itself."""
    if idle:
        table.rows.append(Row(idle.cells, idle.line))


def _keep_header(table: Table, lines: Sequence[int]) -> None:
    """A header that no row follows names nothing: it is all that the table says."""
    header = zip(table.printed_header, lines, strict=False)
    table.rows = [Row([*cells], line) for cells, line in header if any(cells)]
    table.header, table.printed_header = (), ()


def _carry_down(table: Table, cells: list[str], *, first: bool) -> None:
    """Fill what the page merged: the task above, and over a page end its department."""
    if not table.rows or not table.tall:
        return
    above = table.rows[-1].cells
    if not cells[0]:
        cells[0] = above[0]
    elif first and not cells[1] and cells[0] == above[0]:
        cells[1] = above[1]


def _is_lone(cells: Sequence[str]) -> bool:
    return bool(cells[0]) and not any(cells[1:])


def _header_lines(lines: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The header: one line, or two where the second subdivides the last columns of the first.

    A line with a sentence in it is a row: the table has no header.
    """
    first, second = lines[0], lines[1] if len(lines) > 1 else ()
    if any(_SENTENCE.search(cell) or len(cell) > _NAME_LIMIT for cell in first):
        return ()
    divided = bool(second) and not second[0] and not first[-1]
    names = all(not cell or forms.is_title(cell) for cell in (*first, *second))
    return tuple(lines[: _MAX_HEADER_LINES if divided and names else 1])


def _header(lines: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """One name for each column, the lower line before the upper."""
    names = list(lines[0]) if lines else []
    for line in lines[1:]:
        names = [lower or upper for upper, lower in zip_longest(names, line, fillvalue="")]
    return tuple(forms.title_of(name) for name in names)
