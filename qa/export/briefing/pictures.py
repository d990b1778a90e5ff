"""The timeline and the small charts of indicators, as PNG.

Only digits stand in them, keyed to the rows of the table beneath: no Chinese font is needed.
matplotlib is imported when a picture is drawn; it takes its time.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qa.briefing.model import Event, Indicator, Timeline
from qa.export.briefing.sheet import Charts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

_WIDTH = 6.1
"""Inches: what goes on a page."""
_DPI = 200
_INK, _PALE = "#333333", "#c9d3e0"
_MARKS = {"发文": ("o", "#5b7aa6"), "施行": ("s", "#2f7d5b"), "目标": ("D", "#b5522b")}
_SIZES = {"o": 13, "s": 12, "D": 11}
"""Points; a diamond is measured along its sides."""
_ROW = 0.34
"""Inches between two events of the same time."""
_APART = 0.045
"""Events that are nearer than this share of the whole span stand above each other."""
_BESIDE = 3
"""Small charts in a row."""


def png(of: Timeline | Charts) -> bytes:
    """The picture's bytes."""
    figure = _timeline(of.events) if isinstance(of, Timeline) else _charts(of.rows)
    stored = BytesIO()
    figure.savefig(stored, format="png", dpi=_DPI, metadata={"Software": None})
    return stored.getvalue()


def _figure(height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDTH, height), layout=_layout())


def _layout() -> "ConstrainedLayoutEngine":
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return ConstrainedLayoutEngine(wspace=0.1, hspace=0.05)


def _timeline(events: Sequence[Event]) -> "Figure":
    times = [_time(event) for event in events]
    first, last = int(min(times)), int(max(times)) + 1
    rows = _rows(times, (last - first) * _APART)
    figure = _figure(0.75 + _ROW * (max(rows) + 1))
    axes: Axes = figure.subplots()
    for number, (event, time, row) in enumerate(zip(events, times, rows, strict=True), start=1):
        mark, colour = _MARKS[event.sort]
        axes.plot([time, time], [0, row + 1], color=_PALE, linewidth=0.8, zorder=1)
        axes.plot(time, row + 1, mark, color=colour, markersize=_SIZES[mark], zorder=2)
        axes.annotate(
            str(number), (time, row + 1), color="white", fontsize=7, ha="center", va="center"
        )
    axes.set_xlim(first - 0.05, last + 0.05)
    axes.set_ylim(0, max(rows) + 1.8)
    _bare(axes)
    step = max(1, round((last - first) / 12))
    years = range(first, last, step)
    axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])
    axes.set_xticks(range(first, last + 1), minor=True)
    axes.tick_params(axis="x", labelsize=8, length=0, colors=_INK)
    axes.tick_params(axis="x", which="minor", length=5, color=_INK)
    axes.spines["bottom"].set_color(_INK)
    return figure


def _time(event: Event) -> float:
    """On the axis of years; a year alone is a term that ends with it, or stands at its middle."""
    _, *rest = (int(number) for number in event.date.split("-"))
    if not rest:
        return event.year + (0.98 if event.sort == "目标" else 0.5)
    month, day = rest[0], rest[1] if len(rest) > 1 else 15
    return event.year + (month - 1 + (day - 1) / 31) / 12


def _rows(times: Sequence[float], apart: float) -> list[int]:
    """The lowest row in which each event has room; events come in order of time."""
    taken: list[float] = []
    rows = []
    for time in times:
        row = next((n for n, last in enumerate(taken) if time - last >= apart), len(taken))
        taken[row : row + 1] = [time]
        rows.append(row)
    return rows


def _charts(rows: Sequence[tuple[int, Indicator]]) -> "Figure":
    lines = -(-len(rows) // _BESIDE)
    figure = _figure(0.25 + 1.05 * lines)
    grid: Any = figure.subplots(lines, _BESIDE, squeeze=False)
    for axes in grid.flat[len(rows) :]:
        axes.set_axis_off()
    for axes, (number, row) in zip(grid.flat, rows, strict=False):
        _chart(axes, number, row)
    return figure


def _chart(axes: "Axes", number: int, row: Indicator) -> None:
    known = [(str(v.year), v.number) for v in row.values if v.number is not None]
    shades = ("#b9c9de", "#7f9cc4", "#3f6497")[-len(known) :]
    bars = axes.bar([y for y, _ in known], [n for _, n in known], color=shades, width=0.6)
    axes.bar_label(bars, labels=[f"{n:g}" for _, n in known], fontsize=7, padding=1, color=_INK)
    axes.margins(y=0.25)
    axes.set_title(str(number), loc="left", fontsize=8, color=_INK, fontweight="bold")
    _bare(axes)
    axes.tick_params(axis="x", labelsize=7, length=0, colors=_INK)
    axes.spines["bottom"].set_color(_PALE)


def _bare(axes: "Axes") -> None:
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
