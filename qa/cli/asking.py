"""`qa serve`, `qa search`, `qa ask`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa.cli import opening
from qa.errors import LLMError, QuestionError, SettingsError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.retrieval.passage import Turn

Question = Annotated[str, typer.Argument(help="要问的话。", show_default=False)]
Level = Annotated[
    list[str] | None, typer.Option("--level", help="只查这一层级，例如 法律；可以重复。")
]
Region = Annotated[list[str] | None, typer.Option("--region", help="只查国家或山东；可以重复。")]
Document = Annotated[
    list[str] | None, typer.Option("--document", help="只查这份文件（全称、简称或 id）；可以重复。")
]
Year = Annotated[
    list[int] | None,
    typer.Option("--year", help="只查这一年的文件和讲话，例如 2021；可以重复。"),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="按这一天施行的文本查，例如 2024-06-01；默认现行有效。"),
]
History = Annotated[
    Path | None,
    typer.Option("--history", help='之前的对话：JSON 文件，[{"role":"user","content":"…"}, …]。'),
]


def serve(
    host: Annotated[str | None, typer.Option(help="监听的地址；默认只在本机。")] = None,
    port: Annotated[int | None, typer.Option(help="端口；0 为任选一个空闲的。")] = None,
    llm: Annotated[
        Literal["auto", "local", "none"] | None,
        typer.Option(help="谁来写回答：auto 有接口用接口、否则用本机模型，none 只摘录。"),
    ] = None,
    without_accounts: Annotated[
        bool, typer.Option("--open", help="开放模式：不必登录，只许在本机用。")
    ] = False,
) -> None:
    """打开问答页面。"""
    from qa.web.serving import serve as serve_page

    settings = opening.settings()
    changes = {"host": host, "port": port, "llm": llm, "open": without_accounts or None}
    serve_page(settings.model_copy(update={k: v for k, v in changes.items() if v is not None}))


def search(
    question: Question,
    top_k: Annotated[int | None, typer.Option("--top-k", min=1, max=100, help="条数。")] = None,
    level: Level = None,
    region: Region = None,
    document: Document = None,
    year: Year = None,
    as_of: AsOf = None,
    history: History = None,
    as_json: opening.Json = False,
) -> None:
    """查出与问题相关的条文。"""
    from qa.ingest.provision import on_page
    from qa.restrictions import filters_named
    from qa.wire import search_json

    turns = _turns(history)
    assistant = opening.assistant()
    filters = filters_named(assistant, level, region, document, year, as_of)
    found = assistant.search(question, turns, filters, top_k)
    if as_json:
        opening.print_json(search_json(found))
        return
    for sentence in found.missing:
        print(sentence + "\n")
    for number, passage in enumerate(found.passages, start=1):
        name = on_page(passage.provision.name, passage.provision.page_of())
        print(f"{number}. {name}（{passage.why}，{passage.score:.2f}）")
        print(_indented(passage.provision.text) + "\n")


def ask(
    question: Question,
    mode: Annotated[
        Literal["auto", "llm", "extract"],
        typer.Option(help="llm 由大模型作答，extract 只摘录原文，auto 在模型已下载时由它作答。"),
    ] = "auto",
    level: Level = None,
    region: Region = None,
    document: Document = None,
    year: Year = None,
    as_of: AsOf = None,
    history: History = None,
    as_json: opening.Json = False,
) -> None:
    """回答问题，逐条注明出处。"""
    from qa.answering.answer import Done, Retrieved
    from qa.answering.literal import shown
    from qa.restrictions import filters_named
    from qa.wire import ask_json

    turns = _turns(history)
    assistant = opening.assistant()
    filters = filters_named(assistant, level, region, document, year, as_of)
    try:
        if mode != "extract" and assistant.is_to_be_written(question, turns, filters):
            _have_written(assistant, insist=mode == "llm")
        *events, done = assistant.ask(question, turns, filters, mode)
    finally:
        assistant.close()
    retrieved = [event for event in events if isinstance(event, Retrieved)][-1]
    assert isinstance(done, Done)
    if as_json:
        opening.print_json(ask_json(retrieved.retrieval, done))
        return
    print(shown(done.answer.text))
    for notice in done.answer.notices:
        print(f"\n注意：{notice}")


def _have_written(assistant: "Assistant", *, insist: bool) -> None:
    """Open the model and wait for it; without `insist` not for its download, nor if it fails."""
    from qa.llm.model import open_model

    model = open_model(opening.settings().model_copy(update={"llm_slots": 1}))
    if model is None:
        if insist:
            raise SettingsError("设置 QA_LLM 是 none，没有大模型可用；请改为 auto 或 local。")
        return
    assistant.write_with(model)
    try:
        opening.wait_for(model, through_download=insist)
    except LLMError as error:
        if insist:
            raise
        print(f"{error} 这次先摘录原文。", file=sys.stderr)


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


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.split("\n"))
