"""Evaluations as tables on the terminal."""

from rich.console import Console
from rich.table import Column, Table

from qa.evaluation.agreement import agreement
from qa.evaluation.bank import TYPES
from qa.evaluation.compare import Comparison, Moved
from qa.evaluation.scores import Estimate, Run

_RETRIEVAL = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
_ANSWER = (
    "citation_precision",
    "citation_recall",
    "citation_support",
    "supported",
    "checked",
    "points",
    "judge",
)
_MOST = 10
_EXCERPT = 28


def print_run(run: Run) -> None:
    """Measures overall with their intervals, recall by type, refusals, times."""
    console = Console()
    console.print(_overall(run))
    console.print(_by_type(run))
    for line in _rest(run):
        console.print(line, highlight=False)


def print_comparison(comparison: Comparison, before: str, after: str) -> None:
    """What changed by measure, then the questions that moved most."""
    console = Console()
    table = Table("指标", before, after, "差（95% 区间）", "p", "题数")
    for change in comparison.changes:
        digits = 1 if change.measure.endswith("_ms") or change.measure == "length" else 3
        found = change.difference
        table.add_row(
            change.measure,
            f"{change.before:.{digits}f}",
            f"{change.after:.{digits}f}",
            f"{found.mean:+.{digits}f}（{found.low:+.{digits}f} 至 {found.high:+.{digits}f}）",
            f"{change.p:.4f}",
            str(found.n),
        )
    console.print(table)
    _print_moved(console, "变好", comparison.better)
    _print_moved(console, "变差", comparison.worse)


def _overall(run: Run) -> Table:
    table = Table("指标", "平均", "95% 区间", "题数")
    for name in (*_RETRIEVAL, *_ANSWER, "refusal_right"):
        if found := run.overall.get(name):
            interval = f"{found.low:.3f}–{found.high:.3f}"
            table.add_row(name, f"{found.mean:.3f}", interval, str(found.n))
    return table


def _by_type(run: Run) -> Table:
    names = [n for n in (*_RETRIEVAL[:3], "points") if n in run.overall]
    table = Table(Column("题型", no_wrap=True), "题数", *names)
    for kind, found in run.by_type.items():
        count = sum(question.type == kind for question in run.questions)
        cells = [_mean(found.get(name)) for name in names]
        table.add_row(f"{kind} {TYPES.get(kind, '')}".strip(), str(count), *cells)
    return table


def _rest(run: Run) -> list[str]:
    lines = []
    for answerable, words in ((True, "可答的题误拒"), (False, "不可答的题拒答")):
        refused = [
            score.values["refused"]
            for score in run.scores.values()
            if score.answerable is answerable and "refused" in score.values
        ]
        if refused:
            lines.append(f"{words}：{sum(refused):.0f} / {len(refused)}")
    for name, times in run.latency_ms.items():
        lines.append(f"{name}：p50 {times['p50']} 毫秒，p95 {times['p95']} 毫秒")
    if agreed := agreement(run):
        kappa = "" if agreed.kappa is None else f"，加权 κ {agreed.kappa:.2f}"
        lines.append(f"裁判与要点规则给分相同：{agreed.same:.1%}（{agreed.n} 题{kappa}）")
    return lines


def _print_moved(console: Console, title: str, moved: tuple[Moved, ...]) -> None:
    console.print(f"{title}的题：{len(moved)}", highlight=False)
    for one in moved[:_MOST]:
        asked = " ".join(one.question.split())
        asked = asked if len(asked) <= _EXCERPT else asked[:_EXCERPT] + "……"
        console.print(f"  {one.gain:+.2f} {one.id} {asked}", highlight=False, markup=False)


def _mean(found: Estimate | None) -> str:
    return "" if found is None else f"{found.mean:.3f}"
