"""Two runs side by side: what changed by measure, which questions got better and worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.evaluation.compare import Change, Comparison, Moved, compare
from qa.evaluation.report.cases import Case
from qa.evaluation.report.labels import GROUPS, Measure, milliseconds, values
from qa.evaluation.scores import Run

MOST = 25
"""Questions in a list of changes."""
_ENOUGH = 0.05
_REFUSALS = {"true_refusals": False, "false_refusals": True}
"""Whether the questions that are counted are answerable."""


@dataclass(frozen=True)
class Row:
    """A measure in both runs, over the questions that both have, in words."""

    label: str
    now: str
    before: str
    change: str
    range: str = ""
    """The 95% interval of the paired difference; empty for percentiles, as are the next two."""
    p: str = ""
    counts: str = ""
    """Questions that got better and worse."""
    tone: str = "none"
    """`good` or `bad` where the change is more than chance."""


@dataclass(frozen=True)
class Changed:
    """A question that went differently."""

    now: Case
    before: Case


@dataclass(frozen=True)
class Difference:
    """This run against another one."""

    name: str
    shared: int
    rows: tuple[Row, ...]
    better: tuple[Changed, ...]
    worse: tuple[Changed, ...]


def difference(
    run: Run, other: Run, now: Mapping[str, Case], before: Mapping[str, Case]
) -> Difference:
    """What changed from `other` to `run`; the cases are by question id.

    Raises:
        QAError: the runs have no question in common.
    """
    compared = compare(other, run)

    def pairs(moved: Sequence[Moved]) -> tuple[Changed, ...]:
        return tuple(Changed(now[one.id], before[one.id]) for one in moved)

    return Difference(
        name=other.name,
        shared=compared.shared,
        rows=rows(run, other, compared),
        better=pairs(compared.better),
        worse=pairs(compared.worse),
    )


def rows(run: Run, other: Run, compared: Comparison) -> tuple[Row, ...]:
    """The measures of both runs in the order of the report; `compared` is from `other` to `run`."""
    changes = {change.measure: change for change in compared.changes} | _refusals(run, other)
    return tuple(
        row
        for group in GROUPS
        for measure in group.measures
        for row in _rows(run, other, measure, changes.get(measure.name))
    )


def _refusals(run: Run, other: Run) -> dict[str, Change]:
    """The refusals over the questions that they concern."""
    found: dict[str, Change] = {}
    for name, answerable in _REFUSALS.items():
        asked = tuple(
            q for q in run.questions if q.answerable is answerable and q.id in other.scores
        )
        changes = compare(other, replace(run, questions=asked)).changes if asked else ()
        found.update((name, change) for change in changes if change.measure == "refused")
    return found


def _rows(run: Run, other: Run, measure: Measure, change: Change | None) -> list[Row]:
    if measure.unit == "ms":
        return _percentiles(run, other, measure)
    if change is None:
        return []
    sign = 1 if measure.more_is_better else -1
    mine, theirs = values(run, measure.name), values(other, measure.name)
    gains = [(mine[key] - theirs[key]) * sign for key in mine if key in theirs]
    better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    found = change.difference
    valued = measure.unit not in ("chars", "tokens")  # longer is neither better nor worse
    sure = valued and change.p < _ENOUGH
    return [
        Row(
            label=measure.label,
            now=measure.text(change.after),
            before=measure.text(change.before),
            change=measure.change(found.mean),
            range=f"{measure.signed(found.low)} 至 {measure.signed(found.high)}",
            p="< 0.001" if change.p < 0.001 else f"{change.p:.3f}",
            counts=f"{better} / {worse} 题" if valued else "",
            tone="none" if not sure else "good" if found.mean * sign > 0 else "bad",
        )
    ]


def _percentiles(run: Run, other: Run, measure: Measure) -> list[Row]:
    mine, theirs = run.latency_ms.get(measure.name, {}), other.latency_ms.get(measure.name, {})
    return [
        Row(
            label=f"{measure.label} {name}",
            now=milliseconds(mine[name]),
            before=milliseconds(theirs[name]),
            change=measure.change(mine[name] - theirs[name]),
        )
        for name in ("p50", "p95")
        if name in mine and name in theirs
    ]
