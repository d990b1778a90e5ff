"""`qa brief`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.briefing.model import Briefing, PartKind
    from qa.briefing.request import Outline, Request

SUFFIXES = (".docx", ".pptx", ".md", ".pdf", ".json")


def brief(
    topic: Annotated[
        str, typer.Argument(help="主题，例如 公共数据开放。", show_default=False)
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help=f"存到这个文件：{'、'.join(SUFFIXES)}。")
    ] = None,
    document: Annotated[
        str, typer.Option(help="解读一部文件（全称、简称或 id）。", show_default=False)
    ] = "",
    department: Annotated[
        str, typer.Option(help="一个部门的任务，例如 省商务厅。", show_default=False)
    ] = "",
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="对比两份文件。", show_default=False)
    ] = None,
    template: Annotated[
        str, typer.Option(help="模板：名称，或者自己的 .toml 文件。", show_default=False)
    ] = "",
    parts: Annotated[
        list[str] | None, typer.Option(help="只要这些部分，按这个顺序；用顿号分开，或者重复。")
    ] = None,
    provision: Annotated[
        list[str] | None, typer.Option(help="只用这些条文（--outline 列出的编号）；可以重复。")
    ] = None,
    outline: Annotated[
        bool, typer.Option("--outline", help="只列出拟用的部分和条文，不写简报。")
    ] = False,
    llm: Annotated[
        bool, typer.Option("--llm", help="较长的要点和问答由大模型改写得短一些（几分钟）。")
    ] = False,
    as_json: opening.Json = False,
) -> None:
    """编写培训简报：要点、条文、对照、罚则、责任分工、自测题等，逐处注明出处。"""
    from qa.briefing.request import Request
    from qa.errors import BriefingError
    from qa.export.target import replacing

    request = Request(
        topic=topic,
        document=document,
        department=department,
        compare=compare,
        template=template,
        parts=_kinds(parts),
        provisions=tuple(provision or ()),
    )
    if outline:
        _show(opening.assistant().outline(request), as_json=as_json)
    elif out:
        with replacing(out, SUFFIXES) as write:
            briefing = _written(request, llm=llm, as_json=as_json)
            write(_file(briefing, out.suffix.lower()))
        if not as_json:
            print(f"已存入 {out}。")
    elif as_json:
        _written(request, llm=llm, as_json=True)
    else:
        raise BriefingError("请用 --out 写明存到哪个文件，例如 --out 简报.docx。")


def _written(request: "Request", *, llm: bool, as_json: bool) -> "Briefing":
    from qa.briefing.model import to_json
    from qa.progress import steps

    assistant = opening.assistant(writes=llm)
    with steps("编写简报") as shown:
        briefing = assistant.brief(request, shown, "llm" if llm else "extract")
    if as_json:
        print(to_json(briefing))
    return briefing


def _file(briefing: "Briefing", suffix: str) -> bytes:
    from qa.briefing.model import to_json
    from qa.export import briefing as written_as

    match suffix:
        case ".docx":
            return written_as.to_docx(briefing)
        case ".pptx":
            return written_as.to_pptx(briefing)
        case ".pdf":
            return written_as.to_pdf(briefing)
        case ".md":
            return written_as.to_markdown(briefing).encode()
        case _:
            return to_json(briefing).encode()


def _kinds(parts: list[str] | None) -> "tuple[PartKind, ...]":
    """As typed; whoever plans the briefing refuses those that there are not."""
    names = "、".join(parts or ()).replace("，", "、").replace(",", "、").split("、")
    return cast("tuple[PartKind, ...]", tuple(name.strip() for name in names if name.strip()))


def _show(outline: "Outline", *, as_json: bool) -> None:
    if as_json:
        opening.print_json(asdict(outline))
        return
    print(f"{outline.title}（模板：{outline.template}）")
    print(f"部分：{'、'.join(outline.parts)}")
    print(f"条文（{len(outline.provisions)} 条）：")
    for number, each in enumerate(outline.provisions, start=1):
        why = "，".join(filter(None, (each.why, each.subtopic)))
        print(f"{number}. 《{each.document}》{each.locator}（{why}）{each.provision_id}")
