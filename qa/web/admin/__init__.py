"""The page 管理: users, feedback, usage, how it runs, the corpus, the index, the log."""

import gradio as gr

from qa.assistant import Assistant
from qa.evaluation.drafts import Drafts
from qa.ingest.editing import Editor
from qa.records.records import Records
from qa.settings import Settings
from qa.web.admin import changes, documents, feedback, index, intake, running, usage, users
from qa.web.admin.arrivals import Arrivals
from qa.web.admin.office import Office
from qa.web.admin.rebuilding import Rebuilding
from qa.web.admin.uploading import uploading_router
from qa.web.events import PRIVATE
from qa.web.monitoring import Monitoring

__all__ = ["Arrivals", "lay_out", "uploading_router"]

_TABS = {
    "用户": users.lay_out,
    "反馈": feedback.lay_out,
    "使用情况": usage.lay_out,
    running.NAME: running.lay_out,
    "文件收入": intake.lay_out,
    "文件状态": documents.lay_out,
    "模型与索引": index.lay_out,
    "变更记录": changes.lay_out,
}

_TOKEN = """async () => {
  const token = sessionStorage.getItem("intake");
  const told = token && (await fetch(`./intake/${token}`));
  return told && told.ok && (await told.json()).state !== "gone" ? token : "";
}"""
"""What `static/intake.js` keeps, where the server has that file still."""


def lay_out(
    blocks: gr.Blocks,
    assistant: Assistant,
    records: Records,
    settings: Settings,
    monitoring: Monitoring,
    arrivals: Arrivals,
) -> None:
    """Put the page's parts into the Blocks; a tab is filled when it is opened."""
    office = Office(
        assistant=assistant,
        records=records,
        settings=settings,
        editor=Editor(settings.corpus_dir),
        drafts=Drafts(settings.runs_dir / "drafts.jsonl"),
        rebuilding=Rebuilding(assistant),
        monitoring=monitoring,
        arrivals=arrivals,
    )
    with gr.Tabs(elem_id="admin") as tabs:
        for number, (label, lay_out_tab) in enumerate(_TABS.items()):
            with gr.Tab(label, id=label) as tab:
                show, shown = lay_out_tab(office)
            tab.select(show, None, shown, **PRIVATE)
            if label == running.NAME:
                tabs.select(running.is_open, None, shown[-1], **PRIVATE)
            if number == 0:
                blocks.load(show, None, shown, **PRIVATE)
    token = gr.Textbox(visible=False)
    blocks.load(_reopened, token, tabs, js=_TOKEN, **PRIVATE)


def _reopened(token: str) -> gr.Tabs:
    """After a reload, the tab with the file that was looked at."""
    return gr.Tabs(selected="文件收入") if token else gr.skip()
