"""The page 问答: what stands where, and what happens on a click."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.records.records import Records
from qa.retrieval.passage import Filters
from qa.web import cards, model_status, scope
from qa.web.appearance import script
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange
from qa.web.events import PRIVATE
from qa.web.messages import messages
from qa.web.spans import escape

EXAMPLES = (
    "数据安全法第二十一条讲什么",
    "个人信息泄露了单位要做什么",
    "385行动里2025年省商务厅在数据应用上要做什么",
    "2016年4月19日座谈会上怎么讲核心技术",
    "数字经济核心产业增加值占GDP比重2025年目标",
    "公共数据可以不开放吗",
)


def lay_out(blocks: gr.Blocks, assistant: Assistant, records: Records) -> None:
    """Put the page's parts into the Blocks."""
    documents = assistant.documents

    def neighbours(provision_id: object) -> dict[str, dict[str, str] | None]:
        before, after = assistant.neighbours(str(provision_id))
        return {
            "previous": cards.neighbour(before, "previous"),
            "next": cards.neighbour(after, "next"),
        }

    def respond(
        question: str, before: Conversation, *chosen: list[str]
    ) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield (*[gr.skip()] * 4, _hint("请先写下问题，再提问。"), gr.skip(), gr.skip())
            return
        asking = Asking(assistant, question.strip(), before, scope.filters(*chosen))
        before_that: Exchange | None = None
        try:
            for conversation in asking.watch():
                yield (*view(conversation, before_that), asking)
                before_that = conversation[-1]
        finally:
            asking.stop()

    def again(conversation: Conversation, *chosen: list[str]) -> Iterator[tuple[Any, ...]]:
        if conversation:
            yield from respond(conversation[-1].question, conversation[:-1], *chosen)

    def view(conversation: Conversation, shown: Exchange | None = None) -> tuple[Any, ...]:
        """The page for this conversation; `shown`: its last exchange as the page has it."""
        exchange = conversation[-1] if conversation else None
        # as more words come, the passages and the box stay as they are
        writing = exchange and exchange.pending and shown and exchange.retrieval is shown.retrieval
        return (
            messages(conversation),
            gr.skip() if writing else evidence(exchange),
            conversation,
            gr.skip() if writing else _box(exchange, clear=shown is None),
            _hint(""),
            gr.skip() if writing else _retry(exchange),
        )

    def evidence(exchange: Exchange | None) -> str:
        if exchange is None:
            return cards.contents(documents)
        return cards.panel(exchange, assistant.document)

    def stop(asking: Asking | None) -> None:
        if asking:
            asking.stop()

    def begin_anew(asking: Asking | None) -> tuple[Any, ...]:
        if asking:
            asking.leave()
        return (*view(()), None)

    def show(conversation: Conversation, event: gr.EventData) -> str:
        asked_for = [exchange for exchange in conversation if exchange.number == event.turn]
        return evidence(asked_for[0] if asked_for else None)

    def scope_label(*chosen: list[str]) -> dict[str, Any]:
        filters = scope.filters(*chosen)
        restricted = ["restricted"] if filters != Filters() else []
        return gr.update(label=scope.label(documents, filters), elem_classes=restricted)

    conversation = gr.State(())
    asking = gr.State(None)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk", min_width=300):
            chat = _chatbot()
            hint = gr.HTML(_hint(""), elem_id="hint", apply_default_css=False)
            writer = gr.HTML(
                model_status.html(assistant.model), elem_id="model", apply_default_css=False
            )
            question = _question_box()
            with gr.Row(elem_id="below"):
                area = gr.Accordion(scope.label(documents, Filters()), open=False, elem_id="scope")
                retry = _retry(None)
                anew = gr.Button("新对话", elem_id="anew", size="sm")
            with area:
                level = gr.CheckboxGroup(
                    list(dict.fromkeys(entry.level for entry in documents)),
                    label="效力层级",
                    elem_id="level",
                )
                region = gr.CheckboxGroup(
                    list(dict.fromkeys(entry.region for entry in documents)),
                    label="制定层面",
                    elem_id="region",
                )
                document = gr.Dropdown(
                    [(entry.title, entry.id) for entry in documents],
                    multiselect=True,
                    label="文件（可选多份）",
                    elem_id="document",
                )
                everything = gr.Button("不限范围", size="sm", elem_id="everything")
        with gr.Column(elem_id="evidence", min_width=300):
            panel = gr.HTML(
                evidence(None),
                elem_id="panel",
                apply_default_css=False,
                js_on_load=script("page.js"),
                server_functions=[neighbours],
            )

    chosen: list[Any] = [level, region, document]
    asked: list[Any] = [question, conversation, *chosen]
    shown: list[Any] = [chat, panel, conversation, question, hint, retry, asking]
    question.submit(respond, asked, shown, **PRIVATE)
    example = chat.example_select(_example, None, question, **PRIVATE)
    example.then(respond, asked, shown, **PRIVATE)
    retry.click(again, [conversation, *chosen], shown, **PRIVATE)
    question.stop(stop, asking, None, **PRIVATE)
    anew.click(begin_anew, asking, shown, **PRIVATE)
    panel.show(show, conversation, panel, **PRIVATE)
    changes: list[Any] = [choice.change for choice in chosen]
    gr.on(changes, scope_label, chosen, area, **PRIVATE)
    everything.click(lambda: ([], [], []), None, chosen, **PRIVATE)
    if assistant.model is not None:
        model_status.watch(assistant.model, writer)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label="对话",
        show_label=False,
        container=False,
        height=None,
        autoscroll=False,  # page.js brings the new question to the top instead
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        layout="panel",
        placeholder="问一部法规、一项政策，或一件具体的事",
        examples=[{"text": example} for example in EXAMPLES],
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="问题",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        autofocus=True,
        placeholder="写下问题，回车提问",
        submit_btn="提问",
        html_attributes=gr.InputHTMLAttributes(spellcheck=False, lang="zh-CN"),
    )


def _box(exchange: Exchange | None, *, clear: bool) -> gr.Textbox:
    """The question box as it is while, or after, this exchange."""
    kept: dict[str, Any] = {"value": ""} if clear else {}
    if exchange and exchange.pending:
        return gr.Textbox(**kept, submit_btn=False, stop_btn="停止")
    if exchange and exchange.fault is not None:
        # a question that failed can be mended or sent again
        kept = {"value": exchange.question}
    return gr.Textbox(**kept, submit_btn="提问", stop_btn=False)


def _retry(exchange: Exchange | None) -> gr.Button:
    """The button that asks the last question again, there once it has been answered."""
    done = exchange is not None and not exchange.pending
    return gr.Button("重新回答", elem_id="retry", size="sm", visible=done)


def _example(chosen: gr.SelectData) -> str:
    return str(chosen.value["text"])


def _hint(sentence: str) -> str:
    return f'<p role="status">{escape(sentence)}</p>'
