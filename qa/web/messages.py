"""Messages of the chat as HTML that Gradio's chatbot shows as it stands.

The chatbot reads a message as Markdown, in which a block element on a line of its own goes
through untouched. So each message is one line of HTML, and nothing in it is Markdown any more.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from qa.answering.answer import Answer
from qa.answering.checked import UNSUPPORTED
from qa.web.conversation import Conversation, Exchange
from qa.web.spans import escape

Message = dict[str, str]

# Block marks only: what stands inside a line is the words of the corpus or of the user, shown
# literally, but for **strong** and the citations.
_MARKDOWN = MarkdownIt("zero", {"breaks": True}).enable(
    ["heading", "list", "blockquote", "newline"]
)
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
_CITATION = re.compile(r"\\(&lt;|[\\\[!(:])|\[(\d{1,3})\]")
"""What `literal` escaped, as it stands in HTML; or a citation."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MODES = {"extract": "原文摘录", "llm": "大模型作答"}
_VERDICTS = (("up", "有用"), ("down", "没用"))
_TIMINGS = {
    "extract": (("retrieval", "检索"), ("total", "共")),
    "llm": (("first_evidence", "依据"), ("first_token", "首字"), ("total", "共")),
}


def messages(conversation: Conversation) -> list[Message]:
    """The whole conversation, for the chatbot."""
    shown: list[Message] = []
    for exchange in conversation:
        acts = acts_html(exchange, last=exchange is conversation[-1])
        shown.append({"role": "user", "content": question_html(exchange)})
        shown.append({"role": "assistant", "content": answer_html(exchange) + acts})
    return shown


def question_html(exchange: Exchange) -> str:
    """The question, exactly as it was typed."""
    return f'<div class="asked" id="q{exchange.number}">{_literal(exchange.question)}</div>'


def answer_html(exchange: Exchange) -> str:
    """The answer so far, its notices, and one line about how it came about."""
    if exchange.fault is not None:
        return f'<div class="answer fault">{_literal(exchange.fault)}</div>'
    return f'<div class="answer">{_reading(exchange)}{_body(exchange)}{_foot(exchange)}</div>'


def acts_html(exchange: Exchange, *, last: bool) -> str:
    """The buttons below an exchange that is stored; answers.js knows what they do.

    The chatbot leaves no attributes but class, id and title.
    """
    if exchange.unkept:
        return f'<div class="notices">{escape(exchange.unkept)}</div>'
    if exchange.entry is None or exchange.pending:
        return ""
    buttons = [
        '<button type="button" class="copy-text">复制</button>',
        '<button type="button" class="copy-markdown">复制 Markdown</button>',
    ]
    for verdict, label in _VERDICTS:
        chosen = exchange.verdict == verdict
        said = '<span class="sr-only chosen-said">（已选）</span>' if chosen else ""
        css = f"judge {verdict}{' chosen' if chosen else ''}"
        buttons.append(f'<button type="button" class="{css}">{label}{said}</button>')
    if last:
        buttons.append('<button type="button" class="mend">改一改再问</button>')
    return f'<div class="acts" id="entry-{exchange.entry}">{"".join(buttons)}</div>'


def _reading(exchange: Exchange) -> str:
    return f'<p class="reading">{escape(exchange.reading)}</p>' if exchange.reading else ""


def _body(exchange: Exchange) -> str:
    answer = exchange.answer
    if answer is None:
        if exchange.text:
            return markdown_html(exchange.text, exchange.number, cited=frozenset())
        return "" if exchange.stopped else f'<p class="waiting">{_awaited(exchange)}</p>'
    text = answer.text or answer.refusal_reason or ""
    cited = frozenset(citation.n for citation in answer.citations)
    body = markdown_html(text, exchange.number, cited)
    notices = "".join(f"<p>{escape(notice)}</p>" for notice in answer.notices)
    return body + (f'<div class="notices">{notices}</div>' if notices else "")


def _awaited(exchange: Exchange) -> str:
    if exchange.retrieval is None:
        ahead = f"前面还有 {exchange.ahead} 个问题，轮到后" if exchange.ahead else "正在"
        return f"{ahead}查找依据……"
    if exchange.ahead:
        return f"依据已找到；前面还有 {exchange.ahead} 个问题，轮到后开始作答……"
    return "依据已找到，正在阅读并作答……"


def _foot(exchange: Exchange) -> str:
    if exchange.stopped:
        return '<p class="about">已停止。</p>'
    if exchange.answer is None:
        return ""
    facts = [*_authorship(exchange.answer)]
    for key, label in _TIMINGS[exchange.answer.mode]:
        if key in exchange.timings_ms:
            facts.append(f"{label} {_duration(exchange.timings_ms[key])}")
    return f'<p class="about">{" · ".join(facts)}</p>'


def _authorship(answer: Answer) -> Iterator[str]:
    """Who wrote it, and how much of it was found in the passages."""
    if answer.refused:
        yield "未作回答"
        return
    yield _MODES[answer.mode]
    if answer.model:
        yield escape(answer.model)
    if answer.supported is not None:
        yield f"{answer.supported:.0%} 的句子核对到依据"


def markdown_html(text: str, number: int, cited: frozenset[int]) -> str:
    """An answer's Markdown as HTML; citations of exchange `number` link to their cards.

    Headings, lists, quotes, `**strong**` and `[n]` are read; everything else is literal.
    """
    rendered = str(_MARKDOWN.render(text)).replace("\n", "")

    def link(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        n = int(match[2])
        if n not in cited:
            return match[0]
        return f'<a class="cite" href="#t{number}-c{n}" title="查看依据 {n}">{n}</a>'

    marked = rendered.replace(UNSUPPORTED, f'<span class="unsupported">{UNSUPPORTED}</span>')
    return _CITATION.sub(link, _STRONG.sub(r"<strong>\1</strong>", marked))


def _literal(text: str) -> str:
    visible = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
    return escape(visible).replace("\n", "<br>")


def _duration(milliseconds: float) -> str:
    if milliseconds < 1000:
        return f"{max(1, round(milliseconds))} 毫秒"
    return f"{milliseconds / 1000:.1f} 秒"
