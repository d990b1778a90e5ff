"""What the page 问答 renews of itself when it is opened."""

from pathlib import Path

import gradio as gr
from starlette.requests import Request

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.chat import _Chat
from qa.web.monitoring.watch import Watch
from qa.web.quotas import Quotas


def test_opening_takes_nothing_back_from_who_has_asked_by_then(
    assistant: Assistant, tmp_path: Path
) -> None:
    """The first event of a page may come after the first answer where the machine is slow."""
    records = Records.open(f"sqlite:///{tmp_path / 'qa.sqlite'}")
    records.accounts.create("reader", "user")
    user = records.accounts.named("reader")
    with gr.Blocks():
        chat = _Chat(assistant, records, Watch([]), Quotas(records, Settings()))
    opening = Request({"type": "http", "query_string": b"", "headers": [], "state": {"user": user}})
    renewed = [part for shown in chat.restore(gr.Request(opening)) for part in shown]
    assert [part.elem_id for part in renewed] == ["past"]
    records.close()
