"""The tab 反馈: what people think of answers, what was not answered, and drafts made of both."""

import base64
from collections.abc import Sequence
from typing import Any, Literal

import gradio as gr

from qa.errors import NotFound
from qa.records.feedback import Given, Verdict
from qa.web.admin.office import (
    INTO_VIEW,
    Office,
    Shown,
    clock,
    confirming,
    rows,
    said,
    table,
    told,
)
from qa.web.events import PRIVATE
from qa.web.kept import loaded
from qa.web.messages import markdown_html
from qa.web.spans import escape

_LIMIT = 200
_DAYS = 365
_VERDICTS = {"up": "有用", "down": "有问题"}
_WHY = {"refused": "拒绝作答", "down": "有问题"}
_HEADERS = ("问题", "评价", "理由", "时间")
_MISSED = ("问题", "原因", "时间")
_ORDER = ("用户", "评价", "理由", "说明", "问题", "回答", "版本")
_NONE: tuple[int, str] | None = None


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    feedback, usage = office.records.feedback, office.records.usage

    def show(wanted: Literal["all", "up", "down"] = "all") -> tuple[Any, ...]:
        verdict: Verdict | None = None if wanted == "all" else wanted
        given = [
            (
                str(one.entry_id),
                [one.question, _VERDICTS[one.verdict], "、".join(one.reasons), clock(one.given)],
            )
            for one in feedback.all(_LIMIT, verdict)
        ]
        missed = [
            (str(one.entry_id), [one.question, _WHY[one.why], clock(one.asked)])
            for one in usage.unanswered(_DAYS, _LIMIT)
        ]
        return rows("反馈", _HEADERS, given), rows("未答上的问题", _MISSED, missed), drafts()

    def drafts() -> str:
        found: list[str] = []

        def read() -> str:
            found.append(_drafts(office.drafts.text, office.drafts.all()))
            return ""

        return told(read) or found[0]

    def pick(event: gr.EventData) -> tuple[Any, ...]:
        number = int(event.key)
        given = [one for one in feedback.all(_LIMIT) if one.entry_id == number]
        missed = [one for one in usage.unanswered(_DAYS, _LIMIT) if one.entry_id == number]
        questions = [one.question for one in given] + [one.question for one in missed]
        question = questions[0] if questions else None
        if question is None:  # its conversation has been deleted meanwhile
            return "", None
        shown = "".join(_details(one) for one in given)
        return shown or f"<article><dl><dt>问题</dt><dd>{escape(question)}</dd></dl></article>", (
            number,
            question,
        )

    def keep(chosen: tuple[int, str] | None, request: gr.Request) -> tuple[Any, ...]:
        def act() -> str:
            if chosen is None:
                raise NotFound("请先点列表中的一行，选一个问题。")
            name = office.drafts.add(*chosen)
            office.log(request, "列入题库草稿", f"{name}：{chosen[1][:80]}")
            return f"已列入题库草稿（{name}）；下载后补全各项，即可在评测页上传。"

        return told(act), drafts()

    def clear(request: gr.Request) -> tuple[Any, ...]:
        def act() -> str:
            office.drafts.clear()
            office.log(request, "清空题库草稿", "")
            return "题库草稿已清空。"

        return told(act), drafts()

    spoken = said()
    chosen = gr.State(_NONE)
    gr.HTML("<h2>反馈</h2>", apply_default_css=False)
    wanted = gr.Radio(
        [("全部", "all"), *((label, verdict) for verdict, label in _VERDICTS.items())],
        value="all",
        label="评价",
        elem_id="verdict",
    )
    given = table("given")
    gr.HTML("<h2>未答上的问题</h2>", apply_default_css=False)
    missed = table("missed")
    details = gr.HTML("", elem_id="details", apply_default_css=False, js_on_load=INTO_VIEW)
    keeping = gr.Button("把选中的问题列入题库草稿", variant="primary", elem_id="keep")
    kept = gr.HTML("", elem_id="drafts", apply_default_css=False)
    clearing = gr.Button("清空草稿", size="sm", elem_id="clear")
    confirming(
        clearing,
        lambda: "要清空题库草稿吗？没有下载的草稿会丢失。",
        clear,
        [],
        [spoken, kept],
        spoken,
    )
    wanted.change(show, wanted, [given, missed, kept], **PRIVATE)
    for listing in (given, missed):
        listing.click(pick, None, [details, chosen], **PRIVATE)
    keeping.click(keep, chosen, [spoken, kept], **PRIVATE)
    return lambda: ("all", *show()), [wanted, given, missed, kept]


def _details(given: Given) -> str:
    """One verdict with its exchange."""
    answer = loaded(given.data, 1).answer
    cited = "".join(
        f'<li value="{one.n}"><b>《{escape(one.document)}》{escape(one.place)}</b>'
        f"<blockquote>{escape(quote)}</blockquote></li>"
        for one in (answer.citations if answer else ())
        for quote in ["\n".join(one.quotes)]
    )
    facts = {
        "用户": given.user,
        "评价": _VERDICTS[given.verdict],
        "理由": "、".join(given.reasons),
        "说明": given.comment,
        "问题": given.question,
        "版本": "；".join(
            f"{name} {version}" for name, version in given.versions.items() if version
        ),
    }
    read = {name: escape(value) for name, value in facts.items()}
    # the citations are no links here: the evidence stands below, by its numbers
    text = answer.text or answer.refusal_reason or "" if answer else "（没有回答）"
    read["回答"] = markdown_html(text, 1, frozenset())
    rows = "".join(
        f'<dt>{name}</dt><dd class="{"answer" if name == "回答" else "words"}">{read[name]}</dd>'
        for name in _ORDER
        if read[name]
    )
    passages = f"<h3>引用的依据</h3><ol>{cited}</ol>" if cited else ""
    return f"<article><dl>{rows}</dl>{passages}</article>"


def _drafts(text: str, drafts: Sequence[dict[str, Any]]) -> str:
    """How many drafts there are, what they ask, and the link that downloads them."""
    if not drafts:
        return "<h2>题库草稿</h2><p class='quiet'>还没有草稿。</p>"
    content = base64.b64encode(text.encode()).decode()
    items = "".join(
        f"<li><code>{escape(draft['id'])}</code> {escape(draft['question'])}</li>"
        for draft in drafts
    )
    return (
        f"<h2>题库草稿</h2><p>{len(drafts)} 题，题型、可否作答、依据、答案和要点待人补全。"
        f'<a download="drafts.jsonl" href="data:application/x-ndjson;base64,{content}">'
        f"下载草稿（.jsonl）</a></p><ul>{items}</ul>"
    )
