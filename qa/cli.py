"""The command `qa`."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from qa.errors import QAError, QuestionBankError, QuestionError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.ingest.catalog import Catalog
    from qa.retrieval.passage import Filters, Turn
    from qa.settings import Settings

# What a command needs is imported inside it: `qa --help` must not wait for torch.

app = typer.Typer(
    help="数据法规政策问答：按条检索，逐句引用。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
index_app = typer.Typer(help="索引：建立、查看。", no_args_is_help=True)
corpus_app = typer.Typer(help="语料：核对、列出文件。", no_args_is_help=True)
models_app = typer.Typer(help="模型：准备好，供离线使用。", no_args_is_help=True)
eval_app = typer.Typer(help="评测：用题库检验检索与回答。", no_args_is_help=True)
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")
app.add_typer(models_app, name="models")
app.add_typer(eval_app, name="eval")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]
Question = Annotated[str, typer.Argument(help="要问的话。", show_default=False)]
Level = Annotated[
    list[str] | None, typer.Option("--level", help="只查这一层级，例如 法律；可以重复。")
]
Region = Annotated[list[str] | None, typer.Option("--region", help="只查国家或山东；可以重复。")]
Document = Annotated[
    list[str] | None, typer.Option("--document", help="只查这份文件（全称、简称或 id）；可以重复。")
]
History = Annotated[
    Path | None,
    typer.Option("--history", help='之前的对话：JSON 文件，[{"role":"user","content":"…"}, …]。'),
]


@app.callback()
def _main(
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示完整的调用过程。")] = False,
) -> None:
    warnings = logging.StreamHandler(sys.stderr)
    warnings.setLevel(logging.WARNING)  # libraries set the levels of their own loggers lower
    logging.basicConfig(format="%(message)s", handlers=[warnings])
    _State.debug = debug


class _State:
    debug = False


def main() -> None:
    """Run the command: exit code 0 on success, 2 on wrong use, 1 on failure with one line."""
    try:
        app()
    except QAError as error:
        _complain(str(error))
        sys.exit(2 if isinstance(error, QuestionError | QuestionBankError) else 1)
    except Exception as error:
        _complain(f"程序出错（{type(error).__name__}）；用 qa --debug 再试可看到详情。")
        sys.exit(1)


def _complain(sentence: str) -> None:
    if _State.debug:
        traceback.print_exc()
    print(sentence, file=sys.stderr)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听的地址；默认只在本机。")] = None,
    port: Annotated[int | None, typer.Option(help="端口；0 为任选一个空闲的。")] = None,
) -> None:
    """打开问答页面。"""
    from qa.web.app import serve as serve_page

    settings = _settings()
    changes = {"host": host, "port": port}
    serve_page(settings.model_copy(update={k: v for k, v in changes.items() if v is not None}))


@app.command()
def search(
    question: Question,
    top_k: Annotated[int | None, typer.Option("--top-k", min=1, max=100, help="条数。")] = None,
    level: Level = None,
    region: Region = None,
    document: Document = None,
    history: History = None,
    as_json: Json = False,
) -> None:
    """查出与问题相关的条文。"""
    from qa.wire import search_json

    turns = _turns(history)
    assistant = _assistant()
    filters = _filters(assistant, level, region, document)
    found = assistant.search(question, turns, filters, top_k)
    if as_json:
        _print_json(search_json(found))
        return
    for sentence in found.missing:
        print(sentence + "\n")
    for number, passage in enumerate(found.passages, start=1):
        print(f"{number}. {passage.provision.name}（{passage.why}，{passage.score:.2f}）")
        print(_indented(passage.provision.text) + "\n")


@app.command()
def ask(
    question: Question,
    mode: Annotated[
        Literal["auto", "extract"], typer.Option(help="auto 自动选择，extract 只摘录原文。")
    ] = "auto",
    level: Level = None,
    region: Region = None,
    document: Document = None,
    history: History = None,
    as_json: Json = False,
) -> None:
    """回答问题，逐条注明出处。"""
    from qa.answering.answer import Done, Retrieved
    from qa.wire import ask_json

    turns = _turns(history)
    assistant = _assistant()
    filters = _filters(assistant, level, region, document)
    retrieved, *_, done = assistant.ask(question, turns, filters)
    assert isinstance(retrieved, Retrieved) and isinstance(done, Done)
    if as_json:
        _print_json(ask_json(retrieved.retrieval, done))
        return
    print(done.answer.text)
    for notice in done.answer.notices:
        print(f"\n注意：{notice}")


@index_app.command("build")
def index_build() -> None:
    """读入语料，建立索引；没有变化的条文不重算。"""
    from qa.assistant import build_index

    with _progress("建立索引") as report:
        build_index(_settings(), progress=report)


@index_app.command("info")
def index_info(as_json: Json = False) -> None:
    """查看现有的索引。"""
    from qa.index.store import manifests

    found = manifests(_settings().indexes_dir)
    if as_json:
        _print_json({name: manifest.model_dump() for name, manifest in found.items()})
        return
    if not found:
        print("还没有索引；请先建立：qa index build。")
    for name, manifest in found.items():
        print(
            f"{name}：{manifest.provisions} 个条文单元，{manifest.pieces} 个向量，{manifest.built}"
        )


@corpus_app.command("check")
def corpus_check(as_json: Json = False) -> None:
    """核对语料：解析出的数目与目录登记的是否一致；不一致时退出码为 1。"""
    from qa.ingest.corpus import read_corpus

    corpus = read_corpus(_settings().corpus_dir)
    differences = corpus.differences()
    if as_json:
        _print_json(
            {
                "documents": {key: counts.model_dump() for key, counts in corpus.counts.items()},
                "sources": {key: totals.model_dump() for key, totals in corpus.totals.items()},
                "differences": list(differences),
            }
        )
    else:
        _print_counts(corpus.catalog, {**corpus.counts, **corpus.totals})
        for difference in differences:
            print(difference, file=sys.stderr)
        print("与目录一致。" if not differences else f"有 {len(differences)} 处与目录不符。")
    if differences:
        raise typer.Exit(1)


@corpus_app.command("list")
def corpus_list(as_json: Json = False) -> None:
    """列出文件及其简称、层级、日期和状态。"""
    from qa.ingest.catalog import load_catalog

    documents = load_catalog(_settings().corpus_dir).documents
    if as_json:
        _print_json([entry.model_dump(exclude={"expect"}) for entry in documents])
        return
    for entry in documents:
        dates = "，".join(
            filter(None, (entry.issued, entry.effective and f"{entry.effective}起施行"))
        )
        print(f"{entry.id:22} {entry.level} 《{entry.title}》{f'（{dates}）' if dates else ''}")
        for notice in entry.notices:
            print(f"{'':22} {notice}")


@models_app.command("pull")
def models_pull() -> None:
    """取得向量模型；之后不再需要网络。"""
    from qa.index.weights import ensure_model

    print(f"向量模型已就绪：{ensure_model(_settings())}")


@eval_app.command("run")
def eval_run(
    questions: Annotated[Path, typer.Option(help="题库，JSON Lines 文件。")],
    out: Annotated[Path, typer.Option(help="结果文件夹。")],
    mode: Annotated[
        Literal["search", "extract"], typer.Option(help="search 只检索，extract 到摘录回答。")
    ] = "search",
    limit: Annotated[int | None, typer.Option(min=1, help="只做前 N 题。")] = None,
    as_json: Json = False,
) -> None:
    """用题库检验，打印各题型的召回率。"""
    from qa.evaluation.bank import load_bank
    from qa.evaluation.run import run

    bank = load_bank(questions)[:limit]
    assistant = _assistant()
    with _progress("作答") as report:
        summary = run(assistant, bank, out, mode, report)
    if as_json:
        _print_json(summary)
    else:
        _print_recall(summary)


@app.command()
def bench(
    questions: Annotated[
        Path | None, typer.Option(help="用这个题库里的问题；默认用自带题库。")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="用多少个问题。")] = 60,
    as_json: Json = False,
) -> None:
    """在这台机器上测速：建索引、打开、检索、摘录回答、内存。"""
    from rich.console import Console
    from rich.table import Table

    from qa.evaluation.bank import load_bank
    from qa.evaluation.bench import bench as measure
    from qa.settings import PROJECT

    bank = load_bank(questions or PROJECT / "evals" / "questions" / "compilation.jsonl")
    with _progress("建立索引") as report:
        figures = measure(_settings(), [q.question for q in bank[:limit]], report)
    if as_json:
        _print_json([vars(figure) for figure in figures])
        return
    table = Table("项目", "实测", "单位", "目标（不超过）")
    for figure in figures:
        goal = "" if figure.goal is None else f"{figure.goal:g}"
        table.add_row(figure.name, f"{figure.value:.1f}", figure.unit, goal)
    Console().print(table)


def _settings() -> "Settings":
    from qa.settings import load

    return load()


def _assistant() -> "Assistant":
    from qa.assistant import Assistant

    with _progress("建立索引") as report:
        return Assistant.open(_settings(), report)


def _filters(
    assistant: "Assistant",
    levels: list[str] | None,
    regions: list[str] | None,
    documents: list[str] | None,
) -> "Filters":
    from qa.retrieval.passage import Filters

    ids = [assistant.find_document(name).id for name in documents or ()]
    known_levels = {entry.level for entry in assistant.documents}
    known_regions = {entry.region for entry in assistant.documents}
    for value, known in [(v, known_levels) for v in levels or ()] + [
        (v, known_regions) for v in regions or ()
    ]:
        if value not in known:
            raise QuestionError(f"没有“{value}”；可以用：{'、'.join(sorted(known))}。")
    return Filters(tuple(levels or ()), tuple(regions or ()), tuple(ids))


def _turns(path: Path | None) -> "list[Turn]":
    from pydantic import TypeAdapter, ValidationError

    from qa.retrieval.passage import Turn

    if path is None:
        return []
    wrong = QuestionError(
        f"对话文件 {path} 应为 JSON 列表，每项有 role（user 或 assistant）和 content。"
    )
    try:
        turns = TypeAdapter(list[Turn]).validate_json(path.read_bytes())
    except OSError as error:
        raise QuestionError(f"读不了对话文件 {path}（{error.strerror}）。") from error
    except ValidationError as error:
        raise wrong from error
    if any(turn.role not in ("user", "assistant") for turn in turns):
        raise wrong
    return turns


def _progress(label: str) -> "AbstractContextManager[Callable[[int, int], None] | None]":
    """A progress bar for a person who watches; a log or a program gets no empty lines."""
    from qa.progress import bar

    return bar(label) if sys.stderr.isatty() else nullcontext()


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_counts(catalog: "Catalog", counts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    names = {entry.id: entry.title for entry in catalog.documents}
    table = Table("文件", "单元")
    for key, held in counts.items():
        units = [
            f"{field.title} {getattr(held, name)}"
            for name, field in type(held).model_fields.items()
            if getattr(held, name)
        ]
        table.add_row(names.get(key, f"合计：{key}"), "，".join(units) or "段落")
    Console().print(table)


def _print_recall(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("题型", "题数", "recall@1", "recall@5", "recall@10")
    for name, row in [*summary["recall"].items(), ("全部", summary["recall_all"])]:
        cells = [f"{row[f'recall@{k}']:.3f}" if f"recall@{k}" in row else "" for k in (1, 5, 10)]
        table.add_row(name, str(row["n"]), *cells)
    console = Console()
    console.print(table)
    latency = summary["latency_ms"]
    console.print(f"用时（毫秒）：p50 {latency['p50']}，p95 {latency['p95']}")
    if "refused" in summary:
        refused = summary["refused"]
        console.print(
            f"拒答：可答的题 {refused['answerable']}，不可答的题 {refused['unanswerable']}"
        )


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.split("\n"))
