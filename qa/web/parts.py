"""The parts of the page 问答, and how they look while and after a question is answered."""

from typing import Any

import gradio as gr

from qa.web.conversation import Exchange
from qa.web.spans import escape

EXAMPLES = (
    ("法务", "数据安全法第二十一条讲什么"),
    ("法务", "个人信息泄露了单位要做什么"),
    ("法务", "不履行数据安全保护义务会受什么处罚"),
    ("数据管理", "公共数据可以不开放吗"),
    ("数据管理", "385行动里2025年省商务厅在数据应用上要做什么"),
    ("数据管理", "政务数据共享分为哪几类"),
    ("培训", "2016年4月19日座谈会上怎么讲核心技术"),
    ("培训", "数字经济核心产业增加值占GDP比重2025年目标"),
    ("培训", "数据二十条提出了哪些数据产权"),
)
"""For whom, and what they may ask."""


def chatbot() -> gr.Chatbot:
    """The conversation; before it, examples."""
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
        examples=[
            {"text": example, "display_text": f"{role} · {example}"} for role, example in EXAMPLES
        ],
    )


def question_box() -> gr.Textbox:
    """Where a question is written."""
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


def box(exchange: Exchange | None, *, clear: bool) -> gr.Textbox:
    """The question box as it is while, or after, this exchange."""
    kept: dict[str, Any] = {"value": ""} if clear else {}
    if exchange and exchange.pending:
        return gr.Textbox(**kept, submit_btn=False, stop_btn="停止")
    if exchange and exchange.fault is not None:
        # a question that failed can be mended or sent again
        kept = {"value": exchange.question}
    return gr.Textbox(**kept, submit_btn="提问", stop_btn=False)


def retry(exchange: Exchange | None) -> gr.Button:
    """The button that asks the last question again, there once it has been answered."""
    done = exchange is not None and not exchange.pending
    return gr.Button("重新回答", elem_id="retry", size="sm", visible=done)


def example(chosen: gr.SelectData) -> str:
    """The question of an example that was clicked."""
    return str(chosen.value["text"])


def hint(sentence: str) -> str:
    """A line above the question box."""
    return f'<p role="status">{escape(sentence)}</p>'


def changing(number: int) -> str:
    """The line while the last question is put otherwise."""
    return (
        f'<p role="status" class="changing">正在改第 {number} 问；'
        "提问后，原来的问答由新的代替。按 Esc 取消。</p>"
    )
