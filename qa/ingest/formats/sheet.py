"""What is printed on a page: pieces of text, each with its place.

Lengths are points from the top left corner of the page; of an image, pixels.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

Doubts = tuple[tuple[int, float], ...]
"""Offset and confidence of the characters that recognition was not sure of."""
Stretches = tuple[tuple[float, float], ...]
"""From where to where, apart from each other, in their order."""

_WORD_GAP = 0.2
"""Of a character's size: a wider gap is a space."""


@dataclass(frozen=True)
class Span:
    """Characters that stand side by side."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    """Of a character."""
    doubts: Doubts = ()

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Grid:
    """A ruled table: where its columns and rows begin and end, and the rules between its cells."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    upright: tuple[Stretches, ...]
    """At each of the `xs`, from where to where rules run, in their order."""
    level: tuple[Stretches, ...]
    """At each of the `ys`."""

    def holds(self, span: Span) -> bool:
        """Whether the span stands in one of its cells."""
        return self.reaches((span.x0 + span.x1) / 2, span.middle)

    def reaches(self, across: float, middle: float) -> bool:
        """Whether a place is one of its cells."""
        return self.xs[0] <= across <= self.xs[-1] and self.ys[0] <= middle <= self.ys[-1]

    def cell_of(self, span: Span) -> tuple[int, int]:
        """Row and column of the cell; of one that spans several, the first of them."""
        row = _band(self.ys, span.middle)
        column = _band(self.xs, (span.x0 + span.x1) / 2)
        while column > 0 and not _ruled(self.upright[column], span.middle):
            column -= 1
        middle = (self.xs[column] + self.xs[column + 1]) / 2
        while row > 0 and not _ruled(self.level[row], middle):
            row -= 1
        return row, column

    def right_of(self, column: int, middle: float) -> float:
        """Where the cell that begins in a column ends."""
        inner = range(column + 1, len(self.xs) - 1)
        ends = (self.xs[n] for n in inner if _ruled(self.upright[n], middle))
        return next(ends, self.xs[-1])

    def sides_of(self, across: float, middle: float) -> tuple[float, float]:
        """The left and the right edge of the cell at a place."""
        column = _band(self.xs, across)
        while column > 0 and not _ruled(self.upright[column], middle):
            column -= 1
        return self.xs[column], self.right_of(column, middle)

    def is_closed(self, row: int) -> bool:
        """Whether a rule runs above a row, over any of the columns; -1: below the last one."""
        middles = ((left + right) / 2 for left, right in pairwise(self.xs))
        return any(_ruled(self.level[row], middle) for middle in middles)

    def divides(self, left: float, right: float, middle: float) -> bool:
        """Whether a rule stands between two places of the same height."""
        if not self.ys[0] <= middle <= self.ys[-1]:
            return False
        between = range(bisect_right(self.xs, left), bisect_right(self.xs, right))
        return any(_ruled(self.upright[n], middle) for n in between)


def _band(places: Sequence[float], place: float) -> int:
    return bisect_right(places, place, 1, len(places) - 1) - 1


def _ruled(stretches: Stretches, at: float) -> bool:
    before = bisect_right(stretches, (at, math.inf))
    return before > 0 and at <= stretches[before - 1][1]


@dataclass(frozen=True)
class Sheet:
    """A page."""

    number: int
    """1-based."""
    width: float
    height: float
    spans: tuple[Span, ...]
    grids: tuple[Grid, ...] = ()
    quarters: int = 0
    """By how many quarters, counterclockwise, it was turned before it was read."""
    angle: float = 0.0
    """Radians by which its lines lean; the spans are those of the page set straight."""

    def share(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, ...]:
        """A box of it as parts of the width and height of the page as it came."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        across, down = x * cos - y * sin - x, x * sin + y * cos - y
        left, right = ((each + across) / self.width for each in (x0, x1))
        top, bottom = ((each + down) / self.height for each in (y0, y1))
        for _ in range(self.quarters):
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
        return tuple(round(each, 4) for each in (left, top, right, bottom))


@dataclass(frozen=True)
class Ruled:
    """What the rules say of a row of a table."""

    above: bool
    """Whether a rule closes it."""
    below: bool
    filled: tuple[bool, ...]
    """Of each cell, whether its last line reaches the right edge."""


@dataclass(frozen=True)
class Row:
    """A printed line, or a row of a table."""

    text: str
    spans: tuple[Span, ...]
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    doubts: Doubts = ()
    table: bool = False
    ruled: Ruled | None = None
    """None of a row that is not of a ruled table."""
    goes_on: bool = False
    """Whether it is the rest of a table's row that the page before has begun."""
    left: float = 0.0
    """Left and right edge of the column of text in which it stands."""
    right: float = 0.0
    column: str = ""
    """Which column: rows of the same one have the same edges, give or take a shift of the page."""

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.y0 + self.y1) / 2

    @property
    def indent(self) -> float:
        """How far it begins behind the left edge, in characters."""
        return (self.x0 - self.left) / self.size

    @property
    def slack(self) -> float:
        """How far it ends before the right edge, in characters."""
        return (self.right - self.x1) / self.size


def rows_of(spans: Iterable[Span], page: int) -> list[Row]:
    """The printed lines, from top to bottom."""
    lines: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: s.middle):
        for line in reversed(lines[-4:]):
            if abs(line[0].middle - span.middle) < 0.5 * min(_tall(line[0]), _tall(span)):
                line.append(span)
                break
        else:
            lines.append([span])
    return [row_of(sorted(line, key=lambda s: s.x0), page) for line in lines]


def row_of(spans: Sequence[Span], page: int, text: str | None = None) -> Row:
    """One printed line of these spans; a gap between them is a space."""
    said, doubts = joined(spans)
    biggest = max(spans, key=lambda s: len(s.text))
    return Row(
        text=said if text is None else text,
        spans=tuple(spans),
        page=page,
        x0=min(s.x0 for s in spans),
        y0=min(s.y0 for s in spans),
        x1=max(s.x1 for s in spans),
        y1=max(s.y1 for s in spans),
        size=biggest.size,
        doubts=doubts if text is None else (),
    )


def joined(spans: Sequence[Span]) -> tuple[str, Doubts]:
    """The text of spans side by side, and its doubtful characters."""
    text = spans[0].text
    doubts = list(spans[0].doubts)
    for before, span in pairwise(spans):
        gap = span.x0 - before.x1 > _WORD_GAP * min(before.size, span.size)
        text += " " if gap and not text.endswith(" ") else ""
        doubts += [(len(text) + offset, confidence) for offset, confidence in span.doubts]
        text += span.text
    return text, tuple(doubts)


def tabled(row: Row, cells: Sequence[tuple[str, Doubts]]) -> Row:
    """The row as one of a table: for each cell its text and its doubtful characters."""
    text, doubts = "", list[tuple[int, float]]()
    for number, (cell, unsure) in enumerate(cells):
        text += "\t" if number else ""
        doubts += [(len(text) + offset, confidence) for offset, confidence in unsure]
        text += cell
    return replace(row, text=text, doubts=tuple(doubts), table=True)


def _tall(span: Span) -> float:
    return max(span.y1 - span.y0, 0.5 * span.size)
