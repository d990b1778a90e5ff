"""The tab 模型与索引: what the answers rest on, as it runs now."""

from datetime import datetime

import gradio as gr

from qa import __version__
from qa.index.store import folder_of
from qa.web.admin import renewing
from qa.web.admin.office import Office, Shown, clock, said
from qa.web.spans import escape


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    spoken = said()
    facts = gr.HTML("", elem_id="index-facts", apply_default_css=False)
    return renewing.lay_out(office, spoken, lambda: _facts(office), facts)


def _facts(office: Office) -> str:
    manifest, settings = office.assistant.manifest, office.settings
    folder = folder_of(settings.indexes_dir, manifest.corpus, manifest.embedder)
    model = office.assistant.model
    index = {
        "向量模型": settings.embedder,
        "模型指纹": manifest.embedder,
        "索引文件夹": str(folder),
        "建于": clock(datetime.fromisoformat(manifest.built)),
        "文件": f"{len(office.assistant.documents)} 份",
        "条文单元": str(manifest.provisions),
        "片段": str(manifest.pieces),
        "常见问法": str(manifest.questions),
        "重排模型": settings.reranker or "未用",
    }
    writing = {
        "大模型": model.name if model else "未用，回答是原文摘录",
        "状态": (model.status.fault or model.status.label) if model else "",
        "位置": ("本机" if model.local else settings.llm_api_base or "") if model else "",
    }
    versions = {
        "程序": __version__,
        "语料": manifest.corpus,
        "提示词": office.assistant.versions["prompts"],
        "数据库": office.records.revision,
        "索引格式": str(manifest.format),
    }
    return _list("索引", index) + _list("大模型", writing) + _list("版本", versions)


def _list(title: str, facts: dict[str, str]) -> str:
    rows = "".join(
        f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value
    )
    return f"<section><h2>{title}</h2><dl>{rows}</dl></section>"
