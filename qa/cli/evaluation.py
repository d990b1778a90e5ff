"""`qa eval run|compare|baseline`, `qa bench`: how good, and how fast."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from qa.cli import opening
from qa.cli.attacks import attacks
from qa.cli.questions import add, check
from qa.cli.steps import steps

eval_app = typer.Typer(help="评测：用题库检验检索与回答。", no_args_is_help=True)
eval_app.command("check")(check)
eval_app.command("add")(add)
eval_app.command("steps")(steps)
eval_app.command("attacks")(attacks)


@eval_app.command("run")
def run(
    questions: Annotated[Path, typer.Option(help="题库，JSON Lines 文件。")],
    out: Annotated[Path, typer.Option(help="结果文件夹；里面有没做完的同一次评测就接着做。")],
    mode: Annotated[
        Literal["search", "extract", "llm", "baseline"],
        typer.Option(
            help="search 检索，extract 摘录作答，llm 大模型作答，baseline 用 LlamaIndex 默认做法。"
        ),
    ] = "search",
    limit: Annotated[int | None, typer.Option(min=1, help="只做前 N 题。")] = None,
    gate: Annotated[
        Path | None, typer.Option(help="保存的基线；有指标显著低于它时退出码为 1。")
    ] = None,
    with_judge: Annotated[
        bool, typer.Option("--judge", help="另请一个大模型打分（环境变量 QA_JUDGE_*）。")
    ] = False,
    as_json: opening.Json = False,
) -> None:
    """用题库检验，打印各项指标，写出网页报告。"""
    from qa.cli.tables import print_run
    from qa.evaluation.bank import load_bank
    from qa.evaluation.gate import failures, load_baseline
    from qa.evaluation.judge import judge, load_judge_settings
    from qa.evaluation.run import run as run_bank
    from qa.evaluation.run import write_report
    from qa.evaluation.subject import subject
    from qa.evaluation.summary import load_run, summary

    bank = load_bank(questions)
    baseline = load_baseline(gate) if gate else None
    judging = load_judge_settings() if with_judge else None
    assistant = partial(opening.assistant, writes=mode == "llm")
    asked = subject(mode, opening.settings(), assistant, opening.progress)
    try:
        found = run_bank(asked, bank, out, limit, opening.progress)
    except KeyboardInterrupt:
        print("已停下；再运行同一条命令会接着做。", file=sys.stderr)
        raise typer.Exit(130) from None
    if judging:
        with opening.progress("评分") as report:
            judge(out, judging, report)
        found = load_run(out)
    write_report(found, out)
    if as_json:
        opening.print_json(summary(found))
    else:
        print_run(found)
        print(f"报告：{out / 'report.html'}")
    if baseline is not None and (worse := failures(found, baseline)):
        print("\n".join(worse), file=sys.stderr)
        raise typer.Exit(1)


@eval_app.command("compare")
def compare(
    before: Annotated[Path, typer.Argument(help="先前的结果文件夹。", show_default=False)],
    after: Annotated[Path, typer.Argument(help="后来的结果文件夹。", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="把两次的对照写成这个网页文件。")] = None,
    as_json: opening.Json = False,
) -> None:
    """比较两次评测：各项指标的差、显著性，变好和变差的题。"""
    from dataclasses import asdict

    from qa.cli.tables import print_comparison
    from qa.evaluation.compare import compare as compare_runs
    from qa.evaluation.run import write_comparison
    from qa.evaluation.summary import load_run

    runs = load_run(before), load_run(after)
    comparison = compare_runs(*runs)
    if out:
        write_comparison(*runs, out)
    if as_json:
        opening.print_json(asdict(comparison))
        return
    print_comparison(comparison, runs[0].name, runs[1].name)
    if out:
        print(f"报告：{out}")


@eval_app.command("baseline")
def baseline(
    folder: Annotated[Path, typer.Argument(help="评测的结果文件夹。", show_default=False)],
    out: Annotated[Path, typer.Option(help="基线文件；其中别的方式的结果保留。")],
) -> None:
    """把一次评测存为基线，供 qa eval run --gate 对照。"""
    from qa.evaluation.gate import save_baseline
    from qa.evaluation.summary import load_run

    found = load_run(folder)
    save_baseline(found, out)
    print(f"已把 {found.name}（{found.mode} 方式，{len(found.questions)} 题）存入 {out}。")


def bench(
    questions: Annotated[
        Path | None, typer.Option(help="用这个题库里的问题；默认用自带题库。")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="用多少个问题。")] = 70,
    llm: Annotated[
        int, typer.Option("--llm", min=0, help="另请本机大模型回答其中多少个；0 为不测。")
    ] = 8,
    as_json: opening.Json = False,
) -> None:
    """在这台机器上测速：建索引、打开、检索、摘录回答、大模型作答、内存。"""
    from rich.console import Console
    from rich.table import Table

    from qa.evaluation.bank import BANKS, load_bank
    from qa.evaluation.bench import bench as measure
    from qa.evaluation.bench_llm import bench_llm
    from qa.evaluation.bench_rivals import bench_rivals
    from qa.evaluation.bench_server import bench_server

    bank = load_bank(questions or BANKS / "compilation.jsonl")
    with opening.progress("建立索引") as report:
        asked = [q.question for q in bank[:limit]]
        figures = measure(opening.settings(), asked, report)
    figures += bench_server(asked)
    figures += bench_rivals(opening.settings(), asked)
    if llm:
        step = max(1, len(bank) // llm)
        with opening.progress("大模型作答") as report:
            figures += bench_llm(
                opening.settings(), [q.question for q in bank[::step][:llm]], report
            )
    if as_json:
        opening.print_json(
            [vars(each) | {"ratio": each.ratio, "met": each.met} for each in figures]
        )
        return
    table = Table("项目", "实测", "单位", "对照", "倍数", "目标", "达到")
    for figure in figures:
        bound = "不低于" if figure.more_is_better else "不超过"
        goals = [] if figure.goal is None else [f"{bound} {figure.goal:g}"]
        if figure.ratio_goal is not None:
            goals.append(f"{bound} {figure.ratio_goal:.2g} 倍")
        table.add_row(
            figure.name,
            f"{figure.value:.4g}",
            figure.unit,
            "" if figure.baseline is None else f"{figure.baseline:.4g}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            "，".join(goals),
            {None: "", True: "是", False: "否"}[figure.met],
        )
    Console().print(table)
