"""What stands above an article: headings of every kind, texts within a text, decisions."""

import pytest

from qa.ingest.catalog import DocumentEntry
from qa.ingest.draft import count
from qa.ingest.exporting import akoma_ntoso, faults_of
from qa.ingest.provision import Provision
from qa.ingest.readers import Line
from qa.ingest.recognise import recognise
from tests.ingest.test_breadth import places, read

NOTE = "（1993年3月29日第八届全国人民代表大会第一次会议通过）"


def under(text: str) -> dict[str, tuple[str, ...]]:
    """The headings of every provision, by its locator."""
    return {draft.locator: draft.headings for draft in read(text).drafts}


@pytest.mark.parametrize("year", ["1993年", "1993 年", "一九九三年"])
def test_a_year_stands_above_the_amendments_of_that_year(year: str) -> None:
    text = f"1988年\n第一条 甲。\n第二条 乙。\n{year}\n{NOTE}\n第三条 丙。\n第四条 丁。"
    assert under(text) == {
        "第一条": ("1988年",),
        "第二条": ("1988年",),
        year: (year,),
        "第三条": (year,),
        "第四条": (year,),
    }


def test_a_year_in_the_words_of_an_article_is_no_heading() -> None:
    assert places("第一条 甲。\n1993年\n起施行。\n第二条 乙。") == ["第一条", "第二条"]


def test_a_text_within_a_text_begins_with_its_own_title() -> None:
    text = f"第一条 甲。\n第二条 乙。\n某法修正案（1993年）\n{NOTE}\n第三条 丙。"
    assert under(text)["第三条"] == ("某法修正案（1993年）",)


def test_the_number_of_a_document_is_no_title_of_a_text() -> None:
    assert places(f"法释〔2020〕17号\n{NOTE}\n第一条 甲。\n第二条 乙。")[0] == "引言"


def test_a_decision_keeps_its_items_apart_from_the_law_that_follows() -> None:
    text = (
        "某会议决定对《某法》作如下修改：\n一、将第三条修改为：“第三条 甲。\n“乙。”\n"
        "二、增加一章：\n“第四章 丙\n第五条 丁。”\n三、删去第十条。\n本决定自1993年4月1日起施行。\n"
        f"某法\n{NOTE}\n目录\n第一章 总则\n第二章 附则\n"
        "第一章 总则\n第一条 子。\n第二章 附则\n第二条 丑。"
    )
    assert places(text) == ["引言", "一、", "二、", "三、", "某法", "第一条", "第二条"]
    assert under(text)["第二条"] == ("某法", "第二章 附则")


def test_a_heading_and_its_title_may_stand_on_two_lines() -> None:
    text = (
        "第一章\n总 则\n第一条\n甲。\n第二章\n数据、算力\n第一节\n采集\n第二条\n乙。\n"
        "附 则\n第三条\n丙。"
    )
    assert under(text) == {
        "第一条": ("第一章 总则",),
        "第二条": ("第二章 数据、算力", "第一节 采集"),
        "第三条": ("附则",),
    }
    assert (count(read(text)).chapters, count(read(text)).sections) == (2, 1)


def test_traditional_characters_number_like_simplified_ones() -> None:
    text = (
        "第一編 總則\n第一章 通則\n第一節 範圍\n第一條 甲。\n第二分編 乙\n第二條 丙。\n"
        "附 則\n第三條 丁。"
    )
    assert under(text) == {
        "第一条": ("第一編 總則", "第一章 通則", "第一節 範圍"),
        "第二条": ("第一編 總則", "第二分編 乙"),
        "第三条": ("附則",),
    }


def test_articles_may_stand_under_numbers_like_those_of_a_policy_text() -> None:
    text = (
        "一、一般规定\n第一条 甲：\n一、子\n二、丑\n第二条 乙。\n"
        "二、特别规定\n（一）第一类\n第三条 丙。\n"
        "（二）第二类\n第四条 丁：\n（一）寅；\n（二）卯\n第五条 戊。"
    )
    assert under(text) == {
        "第一条": ("一、一般规定",),
        "第二条": ("一、一般规定",),
        "第三条": ("二、特别规定", "（一）第一类"),
        "第四条": ("二、特别规定", "（二）第二类"),
        "第五条": ("二、特别规定", "（二）第二类"),
    }
    labels = [part.label for part in read(text).drafts[3].parts]
    assert labels == ["", "第（一）项", "第（二）项"]


def test_numbers_that_run_into_the_text_go_on_behind_a_chapter() -> None:
    text = "第一章 甲\n第一条（目的）乙。\n第二章 丙\n第二条（范围）丁。\n第三章 戊\n第三条为己。"
    assert places(text) == ["第一条", "第二条", "第三条"]


def test_numbers_are_the_items_of_an_article_that_has_no_others() -> None:
    draft = read("第一条 有下列情形：\n1.甲；\n2.乙：\n（1）丙；\n①丁。\n第二条 戊。").drafts[0]
    assert [p.label for p in draft.parts] == ["", "第（一）项", *["第（二）项"] * 3]


def test_an_annex_may_have_a_letter_and_a_colon() -> None:
    text = "第一条 甲。\n第二条 乙。\n附录A\n术语\nA.1 丙。\n附件二：某收费表\n丁 1元"
    assert under(text)["附录A"] == ("附录A 术语",)
    assert under(text)["附件二"] == ("附件二：某收费表",)


def test_the_numbers_of_pages_and_a_table_are_no_paragraphs_of_an_article() -> None:
    text = (
        "第一条 按标准，\n— 1 —\n处罚如下：\n类别\t处罚\n第二条 乙。\n- 2 -\n丙。\n"
        "第 3 页 共 4 页\n第三条 丁。"
    )
    first, second, _ = read(text).drafts
    assert [part.label for part in first.parts] == ["", ""]
    assert first.parts[0].text == "第一条 按标准，处罚如下："
    assert [part.text for part in second.parts] == ["第二条 乙。", "丙。"]


def test_days_signatures_and_announced_annexes_are_no_rest_of_a_sentence() -> None:
    text = "一、检查范围\n联系人：张三，电话：0533-1234567\n附件：检查表\n某市某办\n2024年3月2日"
    said = [part.text for draft in read(text).drafts for part in draft.parts]
    assert said[1:] == [
        "联系人：张三，电话：0533-1234567",
        "附件：检查表",
        "某市某办",
        "2024年3月2日",
    ]


@pytest.mark.parametrize(
    ("title", "head", "level"),
    [
        ("某市数据条例", "", "地方性法规"),
        ("示范条例", "某省第十三届人民代表大会常务委员会公告", "地方性法规"),
        ("某市公共数据管理办法", "某市人民政府令", "省政府规章"),
        ("城市房地产管理办法", "某部令第1号", "部门规章"),
        ("市场主体登记管理条例", "中华人民共和国国务院令", "行政法规"),
        ("关于某问题的解答", "法发〔2020〕1号", "司法解释"),
        ("中華人民共和國某法", "", "法律"),
    ],
)
def test_the_level_is_told_by_the_title_and_the_order(title: str, head: str, level: str) -> None:
    texts = [head, "2020年1月2日", title, "第一条 甲。", "第二条 乙。"]
    lines = [Line(n, text) for n, text in enumerate(texts, start=1)]
    assert recognise(lines, title).level == level


def test_headings_of_every_rank_are_valid_akoma_ntoso() -> None:
    text = (
        f"某法典\n{NOTE}\n第一编 甲\n第一分编 乙\n第一章 丙\n第一节 丁\n第一目 戊\n第一条 子。\n"
        "第二编 己\n第一篇 庚\n第一部分 辛\n第二条 丑：\n（一）寅；\n1.卯。\n"
        "附则\n第三条 辰。\n附件一 巳\n午"
    )
    entry = DocumentEntry(id="code", title="法典", level="法律", region="国家")
    held = [
        Provision(
            id=f"code-{n}",
            document_id="code",
            document="法典",
            kind=draft.kind,
            locator=draft.locator,
            headings=draft.headings,
            parts=tuple(draft.parts),
            text=draft.text,
            search_text="",
        )
        for n, draft in enumerate(read(text).drafts)
    ]
    content = akoma_ntoso(entry, held)
    assert faults_of(content) == ()
    for element in ("part", "subpart", "chapter", "section", "subchapter", "book", "title"):
        assert f"<{element} eId" in content.decode()
