"""Which documents are searched: the user's filters, and how they are told back."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from qa.ingest.catalog import DocumentEntry
from qa.retrieval.passage import Filters

Chosen = Sequence[str] | None


def filters(levels: Chosen, regions: Chosen, documents: Chosen) -> Filters:
    """The restrictions chosen; nothing chosen is no restriction."""
    return Filters(tuple(levels or ()), tuple(regions or ()), tuple(documents or ()))


def choices(documents: Sequence[DocumentEntry]) -> list[Any]:
    """The parts of the page in which they are chosen, in the order of `filters`."""
    return [
        gr.CheckboxGroup(
            list(dict.fromkeys(entry.level for entry in documents)),
            label="效力层级",
            elem_id="level",
        ),
        gr.CheckboxGroup(
            list(dict.fromkeys(entry.region for entry in documents)),
            label="制定层面",
            elem_id="region",
        ),
        gr.Dropdown(
            [(entry.title, entry.id) for entry in documents],
            multiselect=True,
            label="文件（可选多份）",
            elem_id="document",
        ),
    ]


def label(documents: Sequence[DocumentEntry], chosen: Filters) -> str:
    """One line that says what is searched, and that it is restricted where it is."""
    if chosen == Filters():
        return f"检索范围：全部 {len(documents)} 份文件"
    kept = [entry for entry in documents if _admits(chosen, entry)]
    if not kept:
        return "检索范围：没有文件同时符合所选条件，请放宽"
    words = ["、".join(names) for names in (chosen.levels, chosen.regions) if names]
    if chosen.documents:
        titles = [entry.title for entry in documents if entry.id in chosen.documents]
        words.append(f"《{titles[0]}》" + (f"等 {len(titles)} 份" if len(titles) > 1 else ""))
    return f"已限定范围：{' · '.join(words)}（{len(kept)} 份文件）"


def _admits(chosen: Filters, entry: DocumentEntry) -> bool:
    return (
        (not chosen.levels or entry.level in chosen.levels)
        and (not chosen.regions or entry.region in chosen.regions)
        and (not chosen.documents or entry.id in chosen.documents)
    )
