"""Forms that other collections print: small texts, each with what a reader must find in it."""

from pathlib import Path

import pytest

from qa.ingest.corpus import parse
from qa.ingest.draft import Outline
from qa.ingest.formats.plain import read_markdown
from qa.ingest.readers import Line


def read(text: str) -> Outline:
    """The outline of paragraphs that stand a blank line apart, as in Markdown."""
    texts = text.replace("\n", "\n\n").split("\n")
    return parse([Line(number, line) for number, line in enumerate(texts, start=1)])[0]


def places(text: str) -> list[str]:
    return [draft.locator for draft in read(text).drafts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第 一 条 甲。\n第 十 二 条 乙。", ["第一条", "第十二条"]),
        ("第１３条 甲。\n第 14 条 乙。", ["第十三条", "第十四条"]),
        ("第一千零一条 甲。\n第一〇〇二条 乙。", ["第一千零一条", "第一千零二条"]),
        ("第零条 甲。\n第一条 乙。", ["第零条", "第一条"]),
        ("第十条 甲。\n第十条之一 乙。\n第十条 之 二 丙。", ["第十条", "第十条之一", "第十条之二"]),
        ("第一条 甲。\n第二百五十三条之一【罪名】乙。", ["第一条", "第二百五十三条之一"]),
        ("第一条：甲。\n第二条、乙。\n第三条. 丙。", ["第一条", "第二条", "第三条"]),
        (
            "第一条为了甲。\n第二条中华人民共和国境内适用。\n第三条所有单位。\n第三条规定的除外。",
            ["第一条", "第二条", "第三条"],
        ),
    ],
)
def test_an_article_is_told_however_its_number_is_printed(text: str, expected: list[str]) -> None:
    assert places(text) == expected


def test_articles_that_a_decision_quotes_are_none_of_its_own() -> None:
    text = (
        "一、将第一条修改为：“第一条 甲。”\n二、增加二条：\n“第五条 乙。\n“第六条 丙。”\n"
        "三、增加一章：\n“第三章 监督\n第七条 丁。\n第八条 戊。”\n四、删去第九条。"
    )
    assert places(text) == ["一、", "二、", "三、", "四、"]


def test_articles_in_plain_quotation_marks_are_quoted_too() -> None:
    assert places('一、增加：\n"第二条 甲。\n第三条 乙。"\n二、删去第四条。') == ["一、", "二、"]


def test_a_law_that_quotes_another_one_goes_on_with_its_own_numbers() -> None:
    text = "第一条 甲。\n第二条 乙法修改为：“第三条 丙。\n第四条 丁。”\n第三条 戊。\n第四条 己。"
    assert places(text) == ["第一条", "第二条", "第三条", "第四条"]
    assert read(text).drafts[1].text.endswith("第四条 丁。”")


def test_a_number_or_a_title_on_a_line_of_its_own_is_no_paragraph_of_the_article() -> None:
    first, second = read("第一条\n甲。\n乙：\n（一）子。\n第二条 适用范围\n丙。").drafts
    assert [part.label for part in first.parts] == ["", "第一款", "第二款", "第二款第（一）项"]
    assert [part.text for part in second.parts] == ["第二条 适用范围", "丙。"]


def test_what_stands_below_an_item_belongs_to_it() -> None:
    items = "（一）甲：\n1.子；\n（2）丑；\n③寅；\n4、卯。\n（二）乙。"
    draft = read(f"第一条 有下列情形：\n{items}\n第二条 丙。").drafts[0]
    assert [part.label for part in draft.parts] == ["", *["第（一）项"] * 5, "第（二）项"]


def test_items_numbered_like_headings_are_items_where_a_colon_announces_them() -> None:
    draft = read("第一条 有下列情形：\n一、甲；\n二、乙。\n第二条 丙。").drafts[0]
    assert [part.label for part in draft.parts] == ["", "第（一）项", "第（二）项"]


def test_headings_of_every_rank_stand_above_their_articles() -> None:
    text = (
        "第一篇 甲\n第一章 乙\n第一条 子。\n第二篇 丙\n第一章 丁\n第一节 戊\n第一目 己\n第二条 丑。"
    )
    assert [draft.headings for draft in read(text).drafts] == [
        ("第一篇 甲", "第一章 乙"),
        ("第二篇 丙", "第一章 丁", "第一节 戊", "第一目 己"),
    ]


def test_a_contents_page_with_dots_pages_and_articles_is_dropped() -> None:
    text = (
        "目录\n第一章 总则……………1\n第二章 罚则（第二条—第三条）\n"
        "第一章 总则\n第一条 甲。\n第二章 罚则\n第二条 乙。"
    )
    outline = read(text)
    assert [draft.locator for draft in outline.drafts] == ["第一条", "第二条"]
    assert outline.chapters == 2


def test_an_opinion_is_read_by_its_numbers_also_beyond_ninety_nine() -> None:
    text = "一、公民\n（一）能力\n1、甲。\n2、乙。\n二、法人\n100、丙。\n101．丁。"
    assert places(text) == ["一、（一）1.", "一、（一）2.", "二、100.", "二、101."]


def test_short_lines_a_blank_line_apart_stay_apart() -> None:
    draft = read("第一条 甲。\n第二条 自发布之日起施行。\n某某部\n2003年5月1日").drafts[1]
    assert [part.text for part in draft.parts][1:] == ["某某部", "2003年5月1日"]


def test_marks_of_markdown_and_html_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "law.md"
    path.write_text(
        "---\ntitle: 某法\n---\n<p>第一条&nbsp;见[乙法](https://example.org/b)。</p>\n"
        "第二条 甲<br>（一）乙\\*；\n| 甲<br/>乙 | 丙 |\n第三条 <甲>与[乙](丙)。\n",
        encoding="utf-8",
    )
    read = read_markdown(path)
    assert [line.text for line in read.lines if line.text] == [
        "第一条\xa0见乙法。",
        "第二条 甲",
        "（一）乙*；",
        "甲 乙\t丙",
        "第三条 <甲>与[乙](丙)。",
    ]
    assert any("title: 某法" in sentence for sentence in read.hidden)
