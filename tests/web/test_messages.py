"""What the chat shows: the words as they are, and links to the cards."""

import re
from html import unescape

import pytest

from qa.answering.answer import Answer
from qa.retrieval.passage import Turn
from qa.web.conversation import Exchange, history
from qa.web.messages import answer_html, markdown_html, messages, question_html

NASTY = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "**粗** *斜* _下划_ ~~删~~ `代码` # 题 [链](http://x) ![图](http://x/y.png)",
    "$$\\frac{1}{2}$$ 与 \\(x\\) 与 $x$",
    "- 一\n- 二\n\n1. 三\n> 四",
    "&lt;b&gt; &amp; {{x}} ${x}",
]


def literal(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html.replace("<br>", "\n")))


@pytest.mark.parametrize("typed", NASTY)
def test_a_question_shows_exactly_as_typed(typed: str) -> None:
    html = question_html(Exchange(1, typed))
    assert literal(html) == typed
    assert re.findall(r"<(\w+)", html.replace("<br>", "")) == ["div"]


def test_a_message_is_one_line_so_that_no_markdown_is_read_in_it() -> None:
    exchange = Exchange(1, "一\n\n# 二", answer=Answer("# 题\n\n> 引\n\n- 项"))
    assert all("\n" not in message["content"] for message in messages((exchange,)))


@pytest.mark.parametrize("text", ["a * b * c", "a_b_c", "~~x~~", "`x`", "<b>x</b>", "$x$", "&lt;"])
def test_words_of_the_corpus_in_an_answer_are_literal(text: str) -> None:
    assert literal(markdown_html(f"> {text}[1]", 1, frozenset())) == f"{text}[1]"
    assert "<em" not in markdown_html(text, 1, frozenset())


def test_headings_lists_quotes_and_strong_are_read() -> None:
    html = markdown_html("### 题\n\n**《法》**\n\n> 引\n\n- 项", 1, frozenset())
    assert re.findall(r"<(h3|strong|blockquote|li)", html) == ["h3", "strong", "blockquote", "li"]


def test_only_numbers_that_were_checked_become_links() -> None:
    html = markdown_html("一。[1]二。[7]", 3, frozenset({1}))
    assert re.findall('href="([^"]+)"', html) == ["#t3-c1"]
    assert "[7]" in html


def test_notices_and_mode_stand_under_the_answer() -> None:
    answer = Answer("文", notices=("该法已修改。",), mode="extract")
    html = answer_html(Exchange(1, "问", answer=answer, timings_ms={"total": 1234.0}))
    assert "该法已修改。" in html and "原文摘录 · 共 1.2 秒" in literal(html)


def test_who_waits_for_the_search_sees_his_place() -> None:
    assert "前面还有 7 个问题，轮到后查找依据……" in answer_html(Exchange(1, "问", ahead=7))
    assert "正在查找依据……" in answer_html(Exchange(1, "问"))


def test_a_refusal_without_text_gives_its_reason() -> None:
    html = answer_html(Exchange(1, "问", answer=Answer("", refused=True, refusal_reason="没有。")))
    assert "没有。" in html and "未作回答" in html


def test_the_assistant_hears_what_was_answered_before() -> None:
    before = (
        Exchange(1, "甲", answer=Answer("乙")),
        Exchange(2, "坏", fault="不行。"),
        Exchange(3, "停", stopped=True),
    )
    assert history(before) == (Turn("user", "甲"), Turn("assistant", "乙"))
