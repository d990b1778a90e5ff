"""`qa eval steps`: what each step of the retrieval is worth, as Markdown."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.evaluation.scores import Estimate
    from qa.evaluation.steps import Report, Row, Table

_KEYS = ("recall@1", "recall@5", "recall@10")


def steps(
    questions: Annotated[Path, typer.Option(help="题库，JSON Lines 文件。")],
    most: Annotated[
        int | None, typer.Option("--outside", min=1, help="STARD 只做前 N 题及其条文；默认全做。")
    ] = None,
    as_json: opening.Json = False,
) -> None:
    """检索的每一步值多少：在题库和 STARD 上的增益、用时、内存。"""
    from qa.evaluation.bank import load_bank
    from qa.evaluation.steps import measure_steps

    found = measure_steps(opening.settings(), load_bank(questions), opening.progress, most)
    if as_json:
        opening.print_json(asdict(found))
    else:
        print("\n".join(_lines(found)))


def _lines(report: "Report") -> list[str]:
    bank, outside = report.bank, report.outside
    there = {row.name: row for row in outside.added}
    whole = {row.name: row for row in outside.without}
    return [
        f"机器：{report.machine}。题库 {bank.questions} 题，STARD {outside.questions} 题。"
        f"问题的向量 {report.embedding_ms:.1f} 毫秒，"
        f"其余检索 {bank.ms:.1f} 毫秒（p50）。",
        "",
        *_table(
            ("逐项加上", *_KEYS, "增益@1", "增益@5", "增益@10", "STARD 增益@10", "毫秒", "MB"),
            [
                [
                    row.name,
                    *_recalls(row),
                    *(_gain(row, key) for key in _KEYS),
                    _outside(there.get(row.name)),
                    _signed(row.ms, row.gain is not None),
                    _signed(row.mb, row.gain is not None),
                ]
                for row in bank.added
            ],
        ),
        "",
        *_table(
            ("从全部里去掉", *_KEYS, "失去@1", "失去@5", "失去@10", "STARD 失去@10"),
            [
                [
                    row.name,
                    *_recalls(row),
                    *(_gain(row, key) for key in _KEYS),
                    _outside(whole.get(row.name)),
                ]
                for row in bank.without
            ],
        ),
        "",
        *_plain("题库", bank),
        "",
        *_plain("STARD", outside),
    ]


def _plain(pool: str, found: "Table") -> list[str]:
    grid = [replace(row, name=f"起点，条文向量与 BM25 之比 {row.name}") for row in found.grid]
    return _table(
        (pool, *_KEYS, "与起点之差@10"),
        [
            [row.name, *_recalls(row), _gain(row, "recall@10")]
            for row in (found.added[0], *found.others, *grid)
        ],
    )


def _table(head: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["--"] * len(head), *rows)]


def _recalls(row: "Row") -> list[str]:
    return [f"{row.recall[key]:.3f}" for key in _KEYS]


def _outside(row: "Row | None") -> str:
    if row is None:
        return "–"
    return _gain(row, "recall@10") or f"（{row.recall['recall@10']:.3f}）"


def _gain(row: "Row", key: str) -> str:
    return _interval(row.gain[key]) if row.gain else ""


def _interval(found: "Estimate") -> str:
    mean, low, high = (round(value, 3) + 0.0 for value in (found.mean, found.low, found.high))
    return f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"


def _signed(value: float | None, is_step: bool) -> str:
    return "" if value is None else f"{round(value, 1) + 0.0:{'+' if is_step else ''}.1f}"
