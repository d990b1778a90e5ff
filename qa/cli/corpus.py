"""`qa index`, `qa corpus`, `qa models`: what answers rest on."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from qa.cli import opening
from qa.errors import LLMError, SettingsError

if TYPE_CHECKING:
    from qa.ingest.catalog import Catalog

index_app = typer.Typer(help="索引：建立、查看。", no_args_is_help=True)
corpus_app = typer.Typer(help="语料：核对、列出文件。", no_args_is_help=True)
models_app = typer.Typer(help="模型：准备好，供离线使用。", no_args_is_help=True)


@index_app.command("build")
def index_build(
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="不用缓存和随语料而来的向量，全部重算。")
    ] = False,
) -> None:
    """读入语料，建立索引；没有变化的条文不重算。"""
    from qa.volume import build_index

    with opening.progress("建立索引") as report:
        build_index(opening.settings(), progress=report, from_scratch=from_scratch)


@index_app.command("vectors")
def index_vectors() -> None:
    """把整个语料的向量存到语料旁边，别处首次建索引时就不必计算。"""
    from qa.volume import renew_vectors

    with opening.progress("计算向量") as report:
        print(f"已存入 {renew_vectors(opening.settings(), report)}")


@index_app.command("info")
def index_info(as_json: opening.Json = False) -> None:
    """查看现有的索引。"""
    from qa.index.manifest import manifests

    found = manifests(opening.settings().indexes_dir)
    if as_json:
        opening.print_json({name: manifest.model_dump() for name, manifest in found.items()})
        return
    if not found:
        print("还没有索引；请先建立：qa index build。")
    for name, manifest in found.items():
        print(
            f"{name}：{manifest.provisions} 个条文单元，{manifest.pieces} 个向量，{manifest.built}"
        )


@index_app.command("check")
def index_check() -> None:
    """把索引的文件全部读一遍，核对校验和；打开索引时，大文件只核对大小和时间。"""
    from qa.index.manifest import check, manifests

    folder = opening.settings().indexes_dir
    for name in manifests(folder):
        check(folder / name)
        print(f"{name}：完好。")


@corpus_app.command("check")
def corpus_check(as_json: opening.Json = False) -> None:
    """核对语料：数目与目录登记的是否一致，每个字是否都有着落；不然退出码为 1。"""
    from qa.ingest.accounting import total
    from qa.ingest.corpus import read_corpus
    from qa.ingest.shelf import Shelf

    corpus = read_corpus(opening.settings().corpus_dir)
    idle = Shelf(corpus.folder).orphans()
    differences = [*corpus.differences(), *(f"{name} 没有登记在目录里" for name in idle)]
    if as_json:
        opening.print_json(
            {
                "documents": {key: counts.model_dump() for key, counts in corpus.counts.items()},
                "characters": {
                    key: {"provisions": a.placed, "headings": a.named, "left_out": a.left_out}
                    for key, a in corpus.accounts.items()
                },
                "sources": {key: totals.model_dump() for key, totals in corpus.totals.items()},
                "differences": differences,
            }
        )
    else:
        _print_counts(corpus.catalog, {**corpus.counts, **corpus.totals})
        print(f"逐字核对：{total(corpus.accounts.values()).sentence}。")
        for difference in differences:
            print(difference, file=sys.stderr)
        print("与目录一致。" if not differences else f"有 {len(differences)} 处与目录不符。")
    if differences:
        raise typer.Exit(1)


@corpus_app.command("list")
def corpus_list(as_json: opening.Json = False) -> None:
    """列出文件及其简称、层级、日期和状态。"""
    from qa.ingest.catalog import load_catalog

    documents = load_catalog(opening.settings().corpus_dir).documents
    if as_json:
        opening.print_json([entry.model_dump(exclude={"expect"}) for entry in documents])
        return
    for entry in documents:
        dates = "，".join(
            filter(None, (entry.issued, entry.effective and f"{entry.effective}起施行"))
        )
        print(f"{entry.id:22} {entry.level} 《{entry.title}》{f'（{dates}）' if dates else ''}")
        for notice in entry.notices:
            print(f"{'':22} {notice}")


@models_app.command("pull")
def models_pull(
    llm: Annotated[
        Literal["auto", "local", "none"] | None,
        typer.Option("--llm", help="none：不要本机大模型；local：即使设置了接口也要；默认依设置。"),
    ] = None,
) -> None:
    """取得向量模型和本机大模型；之后不再需要网络。"""
    from qa.index.weights import ensure_model
    from qa.llm.gguf import ensure_gguf, wanted
    from qa.progress import steps

    settings = opening.settings()
    if llm is not None:
        settings = settings.model_copy(update={"llm": llm})
    print(f"向量模型已就绪：{ensure_model(settings)}")
    if wanted(settings):
        with steps("准备大模型") as report:
            file = ensure_gguf(settings, report)
        print(f"本机大模型已就绪：{file}")


@models_app.command("serve")
def models_serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口，只在本机。")] = 8081,
) -> None:
    """起一个本机大模型，供这台机器上的几个页面进程合用。"""
    from qa.llm.gguf import ensure_gguf
    from qa.llm.server import LocalServer
    from qa.progress import steps

    settings = opening.settings()
    if settings.llm_api_key is None:
        raise SettingsError("请先设置 QA_LLM_API_KEY：合用大模型的进程凭它来问，随意取一串长的。")
    with steps("准备大模型") as report:
        file = ensure_gguf(settings, report)
    key = settings.llm_api_key.get_secret_value()
    server = LocalServer(file, settings, port=port, key=key)
    server.start()
    print(
        f"大模型已启动（按 Ctrl+C 结束）。各页面进程设："
        f"QA_LLM_API_BASE={server.address}/v1 QA_LLM_MODEL={file.stem}，"
        "以及同一个 QA_LLM_API_KEY。",
        flush=True,
    )
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()
        return
    raise LLMError("大模型的进程意外结束；请看日志，再启动一次。")


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
