"""Which documents are searched: the user's filters, and how they are told back."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.ingest.editions import chinese_date
from qa.restrictions import day
from qa.retrieval.passage import Filters

Chosen = Sequence[str] | None


NOTHING: tuple[Any, ...] = ([], [], [], [], "")
"""What the parts hold where nothing is chosen."""


def filters(
    levels: Chosen,
    regions: Chosen,
    documents: Chosen,
    years: Sequence[int] | None,
    as_of: str | None = "",
) -> Filters:
    """The restrictions chosen; nothing chosen is no restriction.

    Raises:
        QuestionError: the day is none.
    """
    return Filters(
        tuple(levels or ()),
        tuple(regions or ()),
        tuple(documents or ()),
        tuple(years or ()),
        day(as_of or ""),
    )


def choices(assistant: Assistant) -> list[Any]:
    """The parts of the page in which they are chosen, in the order of `filters`."""
    levels, regions, documents, years = _offered(assistant)
    return [
        gr.CheckboxGroup(levels, label="效力层级", elem_id="level"),
        gr.CheckboxGroup(regions, label="制定层面", elem_id="region"),
        gr.Dropdown(documents, multiselect=True, label="文件（可选多份）", elem_id="document"),
        gr.Dropdown(
            years,
            multiselect=True,
            label="年份（按发布，讲话按日期；可选多个）",
            elem_id="year",
        ),
        # Gradio's own field of a date has a button without a name
        gr.Textbox(
            label="按某一天施行的文本（不填为现行的）",
            placeholder="2024-06-01",
            max_length=10,
            elem_id="as-of",
        ),
    ]


def renewed(assistant: Assistant) -> list[Any]:
    """What a visitor who comes now is offered: the index may be another than at the start."""
    return [*(gr.update(choices=offered) for offered in _offered(assistant)), gr.skip()]


def label(assistant: Assistant, chosen: Filters) -> str:
    """One line that says what is searched, and that it is restricted where it is."""
    documents = assistant.documents
    if chosen == Filters():
        return f"检索范围：全部 {len(documents)} 份文件"
    kept = assistant.reading.admitted(chosen)
    if not kept:
        return "检索范围：没有文件同时符合所选条件，请放宽"
    words = ["、".join(names) for names in (chosen.levels, chosen.regions) if names]
    if chosen.documents:
        titles = [entry.title for entry in documents if entry.id in chosen.documents]
        words.append(f"《{titles[0]}》" + (f"等 {len(titles)} 份" if len(titles) > 1 else ""))
    if chosen.years:
        words.append("、".join(map(str, sorted(chosen.years))) + " 年")
    if chosen.as_of:
        words.append(f"{chinese_date(chosen.as_of)}施行的文本")
    return f"已限定范围：{' · '.join(words)}（{len(kept)} 份文件）"


def _offered(assistant: Assistant) -> tuple[list[Any], ...]:
    documents = assistant.documents
    return (
        list(dict.fromkeys(entry.level for entry in documents)),
        list(dict.fromkeys(entry.region for entry in documents)),
        [(entry.title, entry.id) for entry in documents],
        [(f"{year} 年", year) for year in assistant.reading.years],
    )
