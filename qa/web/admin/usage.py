"""The tab 使用情况: how much is asked, how it goes, what is cited."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import pandas as pd

from qa.records.usage import Day, Latency, Totals, Unanswered
from qa.web.admin.office import Office, Shown, clock
from qa.web.events import PRIVATE
from qa.web.spans import escape

_SPANS = {"近 7 天": 7, "近 30 天": 30, "近 90 天": 90}
_ASKED, _REFUSED = "提问", "拒绝作答"
_COLOURS = {_ASKED: "#2a8aa4", _REFUSED: "#c2701c"}
_TOP = 10
_UNANSWERED = 30


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    usage = office.records.usage

    def name(provision_id: str) -> str:
        try:
            return office.assistant.provision(provision_id).name
        except KeyError:
            return f"现行语料中已没有的条文（{provision_id}）"

    def show(days: int = 30) -> tuple[Any, ...]:
        by_day = usage.by_day(days)
        top = [(name(id), count) for id, count in usage.top_cited(days, _TOP)]
        return (
            _numbers(usage.totals(), by_day, usage.latency(days)),
            _questions(by_day),
            _days(by_day),
            pd.DataFrame(top, columns=["条文", "引用次数"]) if top else None,
            _top(top),
            _missed(usage.unanswered(days, _UNANSWERED)),
        )

    days = gr.Radio([*_SPANS.items()], value=30, label="时间", elem_id="days")
    numbers = gr.HTML("", elem_id="numbers", apply_default_css=False)
    questions = gr.LinePlot(
        x="日期",
        y="次数",
        color="种类",
        color_map=_COLOURS,
        color_title="",
        title="每天的提问",
        x_title="",
        y_title="",
        y_axis_format="d",
        y_lim=[0, None],
        x_label_angle=-45,
        height=260,
        elem_id="questions-plot",
    )
    by_day = gr.HTML("", apply_default_css=False, elem_classes="figures")
    articles = gr.BarPlot(
        x="条文",
        y="引用次数",
        title="引用最多的条文",
        x_title="",
        y_title="",
        y_axis_format="d",
        y_lim=[0, None],
        sort="-y",
        x_label_angle=-45,
        x_axis_labels_visible=False,
        height=240,
        elem_id="articles-plot",
    )
    top = gr.HTML("", elem_id="top", apply_default_css=False, elem_classes="figures")
    missed = gr.HTML("", elem_id="unanswered", apply_default_css=False, elem_classes="figures")
    shown: list[Any] = [numbers, questions, by_day, articles, top, missed]
    days.change(show, days, shown, **PRIVATE)
    return lambda: (30, *show()), [days, *shown]


def _questions(days: Sequence[Day]) -> pd.DataFrame:
    rows = [
        (f"{day.date:%m-%d}", count, kind)
        for kind in (_ASKED, _REFUSED)
        for day in days
        for count in [day.questions if kind == _ASKED else day.refused]
    ]
    return pd.DataFrame(rows, columns=["日期", "次数", "种类"])


def _numbers(totals: Totals, days: Sequence[Day], latency: Latency) -> str:
    asked = sum(day.questions for day in days)
    refused = sum(day.refused for day in days)
    facts = {
        "这段时间的提问": str(asked),
        "其中拒绝作答": f"{refused}（{refused / asked:.0%}）" if asked else "0",
        "出错": str(sum(day.faults for day in days)),
        "首条依据 p50 / p95": f"{_ms(latency.first_evidence_p50)} / "
        f"{_ms(latency.first_evidence_p95)}",
        "整个回答 p50 / p95": f"{_ms(latency.total_p50)} / {_ms(latency.total_p95)}",
        "启用以来提问": str(totals.questions),
        "对话": str(totals.conversations),
        "有用 / 有问题": f"{totals.up} / {totals.down}",
        "启用的用户": str(totals.users),
    }
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return f"<dl>{items}</dl>"


def _ms(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.0f} 毫秒" if value < 1000 else f"{value / 1000:.1f} 秒"


def _days(days: Sequence[Day]) -> str:
    rows = "".join(
        f"<tr><td>{day.date}</td><td>{day.questions}</td><td>{day.refused}</td>"
        f"<td>{day.faults}</td><td>{day.users}</td></tr>"
        for day in reversed(days)
        if day.questions
    )
    if not rows:
        return '<p class="quiet">这段时间没有人提问。</p>'
    head = "".join(f"<th>{name}</th>" for name in ("日期", "提问", "拒绝作答", "出错", "提问的人"))
    return (
        "<details><summary>逐日数字</summary><table>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _top(top: Sequence[tuple[str, int]]) -> str:
    items = "".join(f"<li>{escape(name)}：{count} 次</li>" for name, count in top)
    return f"<ol>{items}</ol>" if items else '<p class="quiet">这段时间没有引用条文。</p>'


def _missed(missed: Sequence[Unanswered]) -> str:
    items = "".join(
        f"<li>{escape(one.question)} <span class='quiet'>{clock(one.asked)}，"
        f"{'拒绝作答' if one.why == 'refused' else '有问题'}</span></li>"
        for one in missed
    )
    listed = f"<ul>{items}</ul>" if items else '<p class="quiet">没有。</p>'
    return f"<h2>未答上的问题</h2>{listed}"
