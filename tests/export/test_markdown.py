"""Markdown that is read back by a CommonMark viewer, HTML and all."""

import re
from html import unescape

from markdown_it import MarkdownIt

from qa.assistant import Assistant
from qa.export import Paper, Quoted, Section, to_markdown
from tests.export.papers import LINES, MADE, NASTY, SEEN, conversation, nasty

VIEWER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def html(paper: Paper) -> str:
    return str(VIEWER.render(to_markdown(paper)))


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_a_conversation_has_its_answers_notices_and_provisions(assistant: Assistant) -> None:
    paper = conversation(assistant, "数据安全法第四十八条罚多少", "网络安全法第二十一条")
    written = to_markdown(paper)
    assert written.startswith("# 数据安全处罚\n\n> 依据 2023 年 11 月汇编《")
    assert "本文于 2026 年 3 月 9 日整理" in written
    assert "不构成法律意见" in written
    shown = text(html(paper))
    for section in paper.sections:
        assert section.heading in shown
        for notice in section.notices:
            assert notice in shown
        for n, quoted in section.cited.items():
            assert f"[{n}] {quoted.name}" in shown
            assert all(line.strip() in shown for line in quoted.text.split("\n"))
    assert any(section.notices for section in paper.sections)


def test_nasty_words_are_shown_as_they_are_and_do_nothing() -> None:
    page = html(nasty())
    assert "<script" not in page
    assert "<a " not in page
    assert "<s>" not in page
    assert "<em>" not in page
    assert "<code>" not in page
    assert text(page).count(SEEN) >= 7
    assert not set(NASTY) & set("\x00\x07\x1b\u202e\ufffe") & set(to_markdown(nasty()))


def test_lines_of_a_provision_stay_lines() -> None:
    section = Section("摘录", (), (Quoted(None, "某办法", "第一条", LINES),), ())
    page = html(Paper("摘录夹", MADE, "依据某汇编", (section,)))
    shown = re.search(r"<blockquote>\n<p>(# 一.*?)</p>", page, re.DOTALL)
    assert shown
    assert text(shown[1]).replace("\xa0", " ").split("\n") == LINES.split("\n")
    assert "<hr" not in page
    assert "<ol" not in page
    assert "<ul" not in page


def test_lists_quotes_and_strong_text_of_an_answer_are_kept() -> None:
    answer = "**要点**如下：\n\n- 甲[1]\n- 乙\n\n2. 丙\n\n> 原文\n\n### 小标题"
    section = Section("问", (answer,), (Quoted(1, "某法", "第一条", "原文。"),), ())
    page = html(Paper("答", MADE, "依据某汇编", (section,)))
    for part in (
        "<strong>要点</strong>如下",
        "<ul>",
        '<ol start="2">',
        "<blockquote>\n<p>原文</p>",
        "<h5>小标题</h5>",
        "甲[1]",
    ):
        assert part in page
