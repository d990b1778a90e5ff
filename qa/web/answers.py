"""What can be done with an answer: copy it, judge it, ask it in other words."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.answering.literal import shown
from qa.errors import NotFound, QAError
from qa.records.records import Records
from qa.web.appearance import script
from qa.web.conversation import Exchange
from qa.web.kept import Kept

_CITED = "引用"


def tools(records: Records, kept: Kept) -> gr.HTML:
    """The strip below the chat: what to ask next, and the script of the buttons of each answer.

    It triggers `mend` for the last question to be put otherwise, and `follow`
    with a `question`.
    """

    def copied(asked: dict[str, Any], request: gr.Request) -> dict[str, str]:
        form = markdown_of if asked.get("form") == "markdown" else text_of
        try:
            conversation = kept.open(request.state.user.id, str(asked.get("id", "")))
            exchange = _with_entry(conversation, asked.get("entry"))
        except QAError as error:
            return {"fault": str(error)}
        return {"text": form(exchange)}

    def judge(asked: dict[str, Any], request: gr.Request) -> dict[str, str]:
        reasons = asked.get("reasons")
        entry = asked.get("entry")
        try:
            records.feedback.give(
                request.state.user.id,
                entry if isinstance(entry, int) else 0,
                "up" if asked.get("verdict") == "up" else "down",
                [str(each) for each in reasons] if isinstance(reasons, list) else (),
                str(asked.get("comment", "")),
            )
        except QAError as error:
            return {"fault": str(error)}
        return {}

    return gr.HTML(
        "",
        elem_id="follow",
        apply_default_css=False,
        js_on_load=script("dialog.js") + script("answers.js"),
        server_functions=[copied, judge],
    )


def text_of(exchange: Exchange) -> str:
    """Question, answer and what it cites, as plain text."""
    return _written(exchange, lambda text: shown(text.replace("**", "")), "{}", "[{}] {}")


def markdown_of(exchange: Exchange) -> str:
    """The same as Markdown."""
    return _written(exchange, str, "## {}", "- [{}] {}")


def _written(exchange: Exchange, body: Callable[[str], str], heading: str, place: str) -> str:
    answer = exchange.answer
    if answer is None:
        return "\n\n".join((heading.format(exchange.question), exchange.fault or exchange.text))
    lines = [heading.format(exchange.question), body(answer.text or answer.refusal_reason or "")]
    lines += answer.notices
    if answer.citations:
        cited = (
            place.format(citation.n, f"《{citation.document}》{citation.place}")
            for citation in answer.citations
        )
        lines.append("\n".join((f"{_CITED}：", *cited)))
    return "\n\n".join(lines)


def _with_entry(conversation: tuple[Exchange, ...], entry: object) -> Exchange:
    for exchange in conversation:
        if exchange.entry == entry:
            return exchange
    raise NotFound("这一问已经不在了；请刷新页面再看。")
