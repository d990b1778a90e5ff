"""The tab 使用情况: how much is asked, how it goes, what is cited, what is not answered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import gradio as gr
import pandas as pd

from qa.records.usage import Day
from qa.web.admin import figures
from qa.web.admin.office import Office, Shown
from qa.web.events import PRIVATE

_SPANS = {"近 7 天": 7, "近 30 天": 30, "近 90 天": 90}
_A_WEEK = 7
_ASKED, _REFUSED, _CITED = "提问", "拒绝作答", "引用"
_MEDIAN, _SLOW = "p50（中位）", "p95（只有 5% 更慢）"
_TEAL, _AMBER = "#2a8aa4", "#c2701c"
_TOP = 10
_UNANSWERED = 100


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    usage = office.records.usage

    def name(provision_id: str) -> str:
        try:
            return office.assistant.provision(provision_id).name
        except KeyError:
            return f"现行语料中已没有的条文（{provision_id}）"

    def show(days: int = 30) -> tuple[Any, ...]:
        by_day, latency = usage.by_day(days), usage.latency_by_day(days)
        top = [(name(id), count) for id, count in usage.top_cited(days, _TOP)]
        return (
            figures.numbers(usage.totals(), by_day, usage.latency(days)),
            _questions(by_day),
            _took(
                {
                    day: (took.first_evidence_p50, took.first_evidence_p95)
                    for day, took in latency.items()
                }
            ),
            _took({day: (took.total_p50, took.total_p95) for day, took in latency.items()}),
            figures.daily(by_day, latency),
            _cited(top) if top else None,
            figures.cited(top),
            figures.unanswered(usage.unanswered(days, _UNANSWERED), office.assistant.alike),
        )

    days = gr.Radio([*_SPANS.items()], value=30, label="时间", elem_id="days")
    numbers = gr.HTML("", elem_id="numbers", elem_classes="numbers", apply_default_css=False)
    questions = _by_day("每天的提问", "次数", {_ASKED: _TEAL, _REFUSED: _AMBER}, "questions-plot")
    both = {_MEDIAN: _TEAL, _SLOW: _AMBER}
    with gr.Row(elem_classes="plots"):
        first = _by_day("首条依据的用时", "秒", both, "first-plot")
        total = _by_day("整个回答的用时", "秒", both, "total-plot")
    by_day = gr.HTML("", apply_default_css=False, elem_classes="figures")
    articles = gr.BarPlot(
        x="序号",
        y="引用次数",
        title="引用最多的条文",
        tooltip=["条文"],
        x_title="序号，见下面的列表",
        y_title="引用次数",
        y_axis_format="d",
        y_lim=[0, None],
        sort=[str(n) for n in range(1, _TOP + 1)],
        color="种类",
        color_map={_CITED: _TEAL},
        colors_in_legend=[],
        height=240,
        elem_id="articles-plot",
    )
    top = gr.HTML("", elem_id="top", apply_default_css=False, elem_classes="figures")
    missed = gr.HTML("", elem_id="unanswered", apply_default_css=False, elem_classes="figures")
    shown: list[Any] = [numbers, questions, first, total, by_day, articles, top, missed]
    days.change(show, days, shown, **PRIVATE)
    return lambda: (30, *show()), [days, *shown]


def _by_day(title: str, unit: str, colours: Mapping[str, str], elem_id: str) -> gr.LinePlot:
    """A plot of two lines over the days."""
    return gr.LinePlot(
        x="日期",
        y=unit,
        color="种类",
        color_map=dict(colours),
        color_title="",
        title=title,
        x_title="日期",
        y_title=unit,
        y_axis_format="d" if unit == "次数" else "~g",
        y_lim=[0, None],
        x_axis_format="%m-%d",
        x_label_angle=-45,
        height=260,
        min_width=300,
        elem_id=elem_id,
    )


def _questions(days: Sequence[Day]) -> pd.DataFrame:
    axis = _axis([day.date for day in days])
    rows = [
        (at, day.questions if kind == _ASKED else day.refused, kind)
        for kind in (_ASKED, _REFUSED)
        for at, day in zip(axis, days, strict=True)
    ]
    return pd.DataFrame(rows, columns=["日期", "次数", "种类"])


def _took(of_days: Mapping[date, tuple[float | None, float | None]]) -> pd.DataFrame:
    """p50 and p95 of each day, in seconds; None where nothing was measured."""
    axis = _axis([*of_days])
    rows = [
        (at, None if took is None else took / 1000, kind)
        for place, kind in enumerate((_MEDIAN, _SLOW))
        for at, both in zip(axis, of_days.values(), strict=True)
        for took in [both[place]]
    ]
    return pd.DataFrame(rows, columns=["日期", "秒", "种类"]).astype({"秒": float})


def _axis(days: Sequence[date]) -> Sequence[Any]:
    """Each day by its name; of many as moments, of which the plot names as many as have room."""
    if len(days) <= _A_WEEK:
        return [f"{day:%m-%d}" for day in days]
    noon = time(12)  # UTC, which is the same day wherever the browser may be
    return [pd.Timestamp(datetime.combine(day, noon)) for day in days]


def _cited(top: Sequence[tuple[str, int]]) -> pd.DataFrame:
    rows = [(str(n), name, count, _CITED) for n, (name, count) in enumerate(top, start=1)]
    return pd.DataFrame(rows, columns=["序号", "条文", "引用次数", "种类"])
