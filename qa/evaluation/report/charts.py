"""The numbers behind the charts, placed: x in percent of the width, so that text keeps its size."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

from qa.evaluation.measures.retrieval import DEPTH
from qa.evaluation.report.cases import OUTCOMES, Case, Outcome, type_label
from qa.evaluation.report.labels import ANSWER, RETRIEVAL, SPEED, Measure, milliseconds, values
from qa.evaluation.scores import Estimate, Run

_STEPS = 20  # bins of the latency histogram in a factor of ten
_TICKS = (1, 2, 5)
_MOST_TICKS = 9
_BY_TYPE = ("recall@1", "recall@5", "recall@10", "citation_precision", "citation_recall", "points")
_CURVE_HEIGHT = 220


@dataclass(frozen=True)
class Bar:
    """A type of question on one measure, with the other run's mean where there is one."""

    label: str
    estimate: Estimate
    other: float | None


@dataclass(frozen=True)
class Panel:
    """A measure by type of question."""

    measure: Measure
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Share:
    """A stretch of a stacked bar, in percent."""

    outcome: Outcome
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Stack:
    """How the questions of one type went."""

    label: str
    count: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Point:
    """Recall in the first k passages; y in pixels from the top."""

    k: int
    value: float
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    """Ends of the 95% interval, in pixels, where the run has one."""


@dataclass(frozen=True)
class Bin:
    """Questions whose time lies in a stretch; x and width in percent, height in [0, 1]."""

    count: int
    x: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Mark:
    """A named place on an axis, in percent."""

    label: str
    x: float


@dataclass(frozen=True)
class Histogram:
    """One kind of time, on an axis shared by all of them."""

    measure: Measure
    bins: tuple[Bin, ...]
    marks: tuple[Mark, ...]
    """The median and the 95th percentile."""


def panels(run: Run, other: Run | None) -> tuple[Panel, ...]:
    """The shares by type; the type with the lowest recall@5 first."""
    names = sorted(run.by_type, key=lambda name: _sort_key(run, name))
    shown = [m for m in (*RETRIEVAL.measures, *ANSWER.measures) if m.name in _BY_TYPE]
    made = (
        Panel(
            measure,
            tuple(
                Bar(type_label(name), found, _mean(other, name, measure.name))
                for name in names
                if (found := run.by_type[name].get(measure.name))
            ),
        )
        for measure in shown
    )
    return tuple(panel for panel in made if panel.bars)


def stacks(found: Sequence[Case]) -> tuple[Stack, ...]:
    """How the questions went, by type in the order of the bank."""
    kinds = dict.fromkeys(case.question.type for case in found)
    return tuple(_stack(kind, [c for c in found if c.question.type == kind]) for kind in kinds)


def curve(run: Run, found: Sequence[Case]) -> tuple[Point, ...]:
    """Recall over the first 1 to 10 passages, averaged over the questions with evidence."""
    asked = [case for case in found if case.evidence]
    return tuple(_point(run, asked, k) for k in range(1, DEPTH + 1)) if asked else ()


def histograms(run: Run) -> tuple[tuple[Histogram, ...], tuple[Mark, ...]]:
    """The distribution of each kind of time on one logarithmic axis, and the axis's ticks."""
    samples = {m: [v for v in values(run, m.name).values() if v > 0] for m in SPEED.measures}
    # what comes at the same moment for every question is one chart, not two
    kept: dict[tuple[float, ...], Measure] = {}
    for measure in reversed(SPEED.measures):
        if samples[measure]:
            kept.setdefault(tuple(samples[measure]), measure)
    if not kept:
        return (), ()
    times = [value for sample in kept for value in sample]
    first = math.floor(math.log10(min(times)) * _STEPS)
    last = math.floor(math.log10(max(times)) * _STEPS) + 1
    axis = _Axis(first, last)
    charts = tuple(_histogram(run, kept[sample], sample, axis) for sample in reversed(kept))
    return charts, axis.ticks()


def y(value: float) -> float:
    """A share as pixels from the top of the curve."""
    return round((1 - value) * _CURVE_HEIGHT, 1)


@dataclass(frozen=True)
class _Axis:
    first: int
    last: int

    def place(self, time: float) -> float:
        share = (math.log10(time) * _STEPS - self.first) / (self.last - self.first)
        return round(min(1.0, max(0.0, share)) * 100, 2)

    def edge(self, step: int) -> float:
        return float(10 ** (step / _STEPS))

    def ticks(self) -> tuple[Mark, ...]:
        low, high = self.edge(self.first), self.edge(self.last)
        tens = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        times = (factor * 10.0**ten for ten in tens for factor in _TICKS)
        within = [time for time in times if low <= time <= high]
        if len(within) > _MOST_TICKS:
            within = [time for time in within if math.log10(time).is_integer()]
        return tuple(Mark(f"{time:g}", self.place(time)) for time in within)


def _histogram(run: Run, measure: Measure, sample: Sequence[float], axis: _Axis) -> Histogram:
    counts = Counter(math.floor(math.log10(time) * _STEPS) for time in sample)
    most = max(counts.values())
    width = 100 / (axis.last - axis.first)
    bins = tuple(
        Bin(
            count=count,
            x=round((step - axis.first) * width, 2),
            width=round(width, 2),
            height=count / most,
            title=f"{milliseconds(axis.edge(step))} 至 {milliseconds(axis.edge(step + 1))}："
            f"{count} 题",
        )
        for step, count in sorted(counts.items())
    )
    known = run.latency_ms.get(measure.name, {})
    marks = tuple(
        Mark(f"{name} {milliseconds(known[name])}", axis.place(known[name]))
        for name in ("p50", "p95")
        if name in known
    )
    return Histogram(measure, bins, marks)


def _stack(kind: str, of_kind: Sequence[Case]) -> Stack:
    counts = Counter(case.outcome.key for case in of_kind)
    widths = [counts[key] / len(of_kind) * 100 for key in OUTCOMES]
    starts = [0.0, *accumulate(widths)]
    shares = tuple(
        Share(outcome, counts[outcome.key], round(start, 2), round(width, 2))
        for outcome, start, width in zip(OUTCOMES.values(), starts, widths, strict=False)
        if width
    )
    return Stack(type_label(kind), len(of_kind), shares)


def _point(run: Run, asked: Sequence[Case], k: int) -> Point:
    value = fmean(case.recall(k) or 0.0 for case in asked)
    known = run.overall.get(f"recall@{k}")
    return Point(
        k=k,
        value=value,
        x=round((k - 1) / (DEPTH - 1) * 100, 2),
        y=y(value),
        low=y(known.low) if known else None,
        high=y(known.high) if known else None,
    )


def _sort_key(run: Run, name: str) -> tuple[bool, float]:
    known = run.by_type[name].get("recall@5")
    return (known is None, known.mean if known else 0.0)


def _mean(run: Run | None, kind: str, name: str) -> float | None:
    found = run.by_type.get(kind, {}).get(name) if run else None
    return found.mean if found else None
