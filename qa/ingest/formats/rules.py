"""The ruled tables of a PDF page, from the lines that are drawn on it."""

from collections.abc import Iterable, Sequence

import numpy as np
import pypdfium2.raw as pdfium
from pypdfium2 import PdfPage

from qa.ingest.formats.sheet import Grid, Stretches

_THIN = 3.0
"""Points; what is thicker is no rule."""
_SAME = 3.0
"""Points; rules nearer to each other are one."""
_OBJECTS = 5_000
"""Drawn things beyond which a page is a drawing and no table."""
_PIECES = 60_000
"""Things of any kind that are looked through for drawn ones."""
_TABLES = 60
_COLUMNS, _ROWS = 60, 400
"""What a page of tables has at the most; more is squared paper."""

_Box = tuple[float, float, float, float]


def grids_of(page: PdfPage) -> tuple[Grid, ...]:
    """The ruled tables, from top to bottom; none on a page that is turned."""
    if page.get_rotation():
        return ()
    left, _, _, top = page.get_cropbox()
    boxes: list[_Box] = []
    for count, drawn in enumerate(page.get_objects(max_depth=3)):
        if count > _PIECES or len(boxes) > _OBJECTS:
            return ()
        if drawn.type != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        x0, y0, x1, y1 = drawn.get_bounds()
        boxes.append((x0 - left, top - y1, x1 - left, top - y0))
    rules = [rule for box in boxes for rule in _sides(box)]
    found = [grid for group in _touching(rules) if (grid := _grid(group))]
    return tuple(sorted(found, key=lambda grid: grid.ys[0])) if len(found) <= _TABLES else ()


def _sides(box: _Box) -> list[_Box]:
    """A thin box is a rule; a larger one is framed by four."""
    x0, y0, x1, y1 = box
    if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
        return [box] if max(x1 - x0, y1 - y0) > _THIN else []
    return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def _touching(rules: Iterable[_Box]) -> list[list[_Box]]:
    """The rules that belong together, because they touch."""
    distinct = [*dict.fromkeys(rules)]
    x0, y0, x1, y1 = np.array(distinct).reshape(-1, 4).T
    alone = np.ones(len(distinct), dtype=bool)
    groups: list[list[_Box]] = []
    for first in range(len(distinct)):
        if not alone[first]:
            continue
        alone[first] = False
        group, reached = [], [first]
        while reached:
            rule = reached.pop()
            group.append(distinct[rule])
            near = alone & (x0 <= x1[rule] + _SAME) & (x0[rule] <= x1 + _SAME)
            near &= (y0 <= y1[rule] + _SAME) & (y0[rule] <= y1 + _SAME)
            alone &= ~near
            reached += np.flatnonzero(near).tolist()
        groups.append(group)
    return groups


def _grid(rules: Sequence[_Box]) -> Grid | None:
    """At least two columns of cells; at a page's end the last row may have no rule below."""
    upright = [((r[0] + r[2]) / 2, r[1], r[3]) for r in rules if _tall(r) > _THIN >= _wide(r)]
    level = [((r[1] + r[3]) / 2, r[0], r[2]) for r in rules if _wide(r) > _THIN >= _tall(r)]
    xs = _places(x for x, _, _ in upright)
    ends = [end for _, *both in upright for end in (min(both), max(both))]
    ys = _places([*(y for y, _, _ in level), *([min(ends), max(ends)] if ends else [])])
    if not (3 <= len(xs) <= _COLUMNS and 2 <= len(ys) <= _ROWS and level):
        return None
    return Grid(xs, ys, _along(xs, upright), _along(ys, level))


def _along(
    places: Sequence[float], rules: Sequence[tuple[float, float, float]]
) -> tuple[Stretches, ...]:
    """At each place, the stretches along which rules run there, what touches put together.

    Each rule is taken a little longer, as rules drawn cell by cell leave gaps.
    """
    found: list[Stretches] = []
    for place in places:
        held = sorted((low - 1, high + 1) for at, low, high in rules if abs(at - place) <= _SAME)
        whole: list[tuple[float, float]] = []
        for low, high in held:
            if whole and low <= whole[-1][1]:
                whole[-1] = (whole[-1][0], max(high, whole[-1][1]))
            else:
                whole.append((low, high))
        found.append(tuple(whole))
    return tuple(found)


def _wide(rule: _Box) -> float:
    return rule[2] - rule[0]


def _tall(rule: _Box) -> float:
    return rule[3] - rule[1]


def _places(values: Iterable[float]) -> tuple[float, ...]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _SAME:
            places.append(value)
    return tuple(places)
