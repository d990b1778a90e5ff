"""The report as one self-contained HTML file, for the screen and for paper."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa.evaluation.agreement import agreement
from qa.evaluation.report import charts
from qa.evaluation.report.cases import OUTCOMES, Case, answer_html, cases, type_label
from qa.evaluation.report.difference import MOST, difference
from qa.evaluation.report.labels import (
    REFUSAL,
    Measure,
    milliseconds,
    overall,
    present,
)
from qa.evaluation.scores import Run
from qa.evaluation.subject import mode_label

WORST = 10
"""Questions in each list of the worst."""
_ANSWER_CHARS = 240
_HERE = Path(__file__).parent
_STYLES = ("page.css", "charts.css", "questions.css", "media.css")
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Card:
    """A measure in large type; `low` and `high` in [0, 1] draw the interval."""

    label: str
    name: str
    value: str
    note: str
    low: float | None = None
    mean: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Shelf:
    """Cards under one heading."""

    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Worst:
    """A list of the worst questions, and how many there are of the kind."""

    title: str
    lead: str
    cases: tuple[Case, ...]
    total: int


def render(run: Run, other: Run | None = None) -> str:
    """A Chinese HTML page about the run, against `other` where there is one.

    It asks no host for anything: styles, script and charts are inside. Whatever comes from a
    question, a passage or an answer is escaped.

    Raises:
        QAError: the two runs have no question in common.
    """
    found = cases(run)
    by_id = {case.question.id: case for case in found}
    before = {case.question.id: case for case in cases(other)} if other else {}
    histograms, ticks = charts.histograms(run)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            other=other,
            mode=mode_label(run.mode),
            started=f"{beijing(run.started)}（北京时间）",
            lead=_lead(run),
            shelves=_shelves(run),
            stacks=charts.stacks(found),
            panels=charts.panels(run, other),
            curve=charts.curve(run, found),
            other_curve=charts.curve(other, [*before.values()]) if other else (),
            gridlines=[(f"{share}%", charts.y(share / 100)) for share in range(0, 101, 25)],
            histograms=histograms,
            ticks=ticks,
            difference=difference(run, other, by_id, before) if other else None,
            agreement=agreement(run),
            most=MOST,
            worst=_worst(found),
            cases=found,
            outcomes=[o for o in OUTCOMES.values() if any(c.outcome == o for c in found)],
            types={case.question.type: case.type_label for case in found},
            scored={m.name for group in present(run) for m in group.measures},
            groups=present(run),
            answer_chars=_ANSWER_CHARS,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        answer=answer_html,
        ms=milliseconds,
        percent=lambda value: f"{value:.0%}",
        pc=lambda value: f"{value * 100:.2f}%",
    )
    environment.globals.update(
        # the project's own files, not to be escaped
        style=Markup("".join((_HERE / name).read_text("utf-8") for name in _STYLES)),
        script=Markup((_HERE / "page.js").read_text("utf-8")),
    )
    return environment


def beijing(moment: str) -> str:
    """An ISO time as `2026-01-31 09:30` in Beijing; UTC where it names no zone."""
    at = datetime.fromisoformat(moment)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def _lead(run: Run) -> str:
    """The run in two or three sentences."""
    answerable = sum(question.answerable for question in run.questions)
    rest = len(run.questions) - answerable
    said = [f"共 {len(run.questions)} 题，汇编能回答的 {answerable} 题"]
    said[0] += f"，不能回答的 {rest} 题。" if rest else "。"
    one, five = run.overall.get("recall@1"), run.overall.get("recall@5")
    if one and five:
        said.append(
            f"应有的原文，{one.mean:.0%} 在第一条依据里就有，{five.mean:.0%} 在前五条里能看到。"
        )
    by_type = sorted(
        (estimates["recall@5"].mean, kind)
        for kind, estimates in run.by_type.items()
        if "recall@5" in estimates
    )
    if len(by_type) > 3 and by_type[1][0] < 1:
        names = "、".join(f"“{type_label(kind)}”（{mean:.0%}）" for mean, kind in by_type[:2])
        said.append(f"前五条里最难找全的是{names}。")
    true, false = (overall(run, measure.name) for measure in REFUSAL.measures)
    if true and false:
        said.append(
            f"不能回答的 {true.n} 题拒答了 {round(true.mean * true.n)} 题，"
            f"能回答的 {false.n} 题误拒了 {round(false.mean * false.n)} 题。"
        )
    total = run.latency_ms.get("total_ms")
    if total:
        said.append(f"一半的题在 {milliseconds(total['p50'])}内完成。")
    return "".join(said)


def _shelves(run: Run) -> tuple[Shelf, ...]:
    return tuple(
        Shelf(group.title, tuple(_card(run, measure) for measure in group.measures))
        for group in present(run)
    )


def _card(run: Run, measure: Measure) -> Card:
    if measure.unit == "ms":
        times = run.latency_ms[measure.name]
        return Card(
            measure.label,
            f"p50 {measure.name}",
            milliseconds(times["p50"]),
            f"p95 {milliseconds(times['p95'])}",
        )
    found = overall(run, measure.name)
    assert found is not None
    drawn = measure.unit in ("share", "score")
    return Card(
        label=measure.label,
        name=measure.name,
        value=measure.text(found.mean),
        note=f"{measure.text(found.low)}–{measure.text(found.high)}，{found.n} 题",
        low=found.low if drawn else None,
        mean=found.mean if drawn else None,
        high=found.high if drawn else None,
    )


def _worst(found: tuple[Case, ...]) -> tuple[Worst, ...]:
    """Wrong refusals, and the answerable questions with the lowest recall@5."""
    refusals = [c for c in found if c.outcome.key in ("refused-wrongly", "answered-wrongly")]
    refusals.sort(key=lambda case: not case.question.answerable)
    misses = [c for c in found if c.outcome.key in ("missed", "partial")]
    misses.sort(key=lambda case: (case.recall(5), case.recall(10), -(case.first or 99)))
    lists = (
        ("拒答判断错了", "能回答的题拒了，或汇编里没有的题答了。", refusals),
        ("应有的原文没找到", "按前 5 条依据找到的原文从少到多。", misses),
    )
    return tuple(
        Worst(title, lead, tuple(of_kind[:WORST]), len(of_kind))
        for title, lead, of_kind in lists
        if of_kind
    )
