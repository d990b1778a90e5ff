"""`qa eval check|add`: the question banks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.ingest.provision import Provision


def check(
    bank: Annotated[
        Path | None, typer.Argument(help="题库；默认查自带的全部题库。", show_default=False)
    ] = None,
    as_json: opening.Json = False,
) -> None:
    """核对题库：依据都在汇编里，编号不重复；有问题时退出码为 1。"""
    from dataclasses import asdict

    from qa.evaluation.bank import BANKS
    from qa.evaluation.check import check as check_banks
    from qa.ingest.corpus import read_corpus

    banks = [bank] if bank else sorted(BANKS.glob("*.jsonl"))
    problems = check_banks(banks, read_corpus(opening.settings().corpus_dir))
    if as_json:
        opening.print_json([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        named = "、".join(path.name for path in banks)
        print(f"{named}：{f'有 {len(problems)} 处要改。' if problems else '没有问题。'}")
    if problems:
        raise typer.Exit(1)


def add(
    questions: Annotated[Path, typer.Option(help="题库，JSON Lines 文件；没有就新建。")],
) -> None:
    """往题库里加一道题：逐项询问，从检索到的条文里选出依据。"""
    from qa.errors import QuestionBankError
    from qa.evaluation.add import append, existing, next_id, same_question
    from qa.evaluation.bank import TYPES, BankQuestion

    bank = existing(questions)
    asked = typer.prompt("问题").strip()
    if old := same_question(asked, bank):
        raise QuestionBankError(f"题库 {questions.name} 里已经有这个问题（{old.id}）；没有写入。")
    print("题型：" + "，".join(f"{kind} {name}" for kind, name in TYPES.items()))
    kind = _one_of("题型", [*TYPES])
    answerable = typer.confirm("汇编能回答吗", default=kind not in ("unanswerable", "attack"))
    picked = _evidence(opening.assistant(), asked) if answerable else []
    fields = {
        "id": typer.prompt("编号", default=next_id(questions, bank)).strip(),
        "type": kind,
        "question": asked,
        "answerable": answerable,
        "evidence": [words for words, _ in picked],
        "gold": [{"document": p.document, "locator": p.locator} for _, p in picked],
        "answer": typer.prompt("参考答案（可留空）", default="", show_default=False).strip(),
        "points": _points() if answerable else [],
    }
    question = BankQuestion.model_validate(fields)
    append(questions, question)
    print(f"已写入 {questions}：{question.id}")


def _evidence(assistant: "Assistant", question: str) -> "list[tuple[str, Provision]]":
    """The words that a person picks, each with its provision."""
    while True:
        provisions = [p.provision for p in assistant.search(question, top_k=10).passages]
        for number, provision in enumerate(provisions, start=1):
            print(f"\n{number}. {provision.name}\n{provision.text}")
        chosen = _numbers(
            "\n哪几条是依据（编号，空格分开；都不是就回车，换个说法再找）", len(provisions)
        )
        if chosen:
            return [(_words(provisions[n - 1]), provisions[n - 1]) for n in chosen]
        question = typer.prompt("换个说法找").strip()


def _words(provision: "Provision") -> str:
    """A sentence of the provision by its number, or words of it as they were pasted."""
    from qa.evaluation.add import choices, is_evidence

    sentences = choices(provision)
    print(f"\n{provision.name}")
    for number, sentence in enumerate(sentences, start=1):
        print(f"  {number}. {sentence}")
    while True:
        words: str = typer.prompt("依据（句子的编号，或粘贴其中的原文）").strip()
        if words.isdecimal() and 1 <= int(words) <= len(sentences):
            return sentences[int(words) - 1].strip()
        if is_evidence(words, provision):
            return words
        print("这一条里没有这句话；请照原文逐字粘贴，或输入句子的编号。")


def _numbers(question: str, most: int) -> list[int]:
    while True:
        words = typer.prompt(question, default="", show_default=False).replace(",", " ").split()
        if all(word.isdecimal() and 1 <= int(word) <= most for word in words):
            return [*dict.fromkeys(map(int, words))]
        print(f"请输入 1 到 {most} 的编号，用空格分开。")


def _one_of(question: str, known: list[str]) -> str:
    while (chosen := typer.prompt(question).strip()) not in known:
        print(f"请输入其中之一：{'、'.join(known)}。")
    return str(chosen)


def _points() -> list[str]:
    points = []
    while point := typer.prompt(
        "要点（一行一个，回车结束）", default="", show_default=False
    ).strip():
        points.append(point)
    return points
