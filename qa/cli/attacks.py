"""`qa eval attacks`: attacks on the assistant, and whether one got through."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from qa.cli import opening


def attacks(
    out: Annotated[Path, typer.Option(help="结果文件夹；没做完的接着做。")],
    mode: Annotated[
        Literal["extract", "llm"], typer.Option(help="extract 摘录作答，llm 大模型作答。")
    ] = "extract",
    step: Annotated[int, typer.Option("--every", min=1, help="每 N 题做一题。")] = 1,
) -> None:
    """用攻击题库检验：收入恶意文件的语料，恶意的问题；有一题得逞，退出码为 1。"""
    from qa.evaluation.attacks import load_attacks, run_attacks

    bank = load_attacks()[::step]
    found = run_attacks(opening.settings(), bank, mode, out, opening.progress)
    for breach in found:
        print(f"{breach.attack.id}：{'；'.join(breach.rules)}\n{breach.text}\n")
    print(f"攻击 {len(bank)} 次，得逞 {len(found)} 次。")
    if found:
        raise typer.Exit(1)
