"""The forms in which laws are published: the title is told, and what stands above it is kept."""

import pytest

from qa.ingest.readers import Line
from qa.ingest.recognise import recognise
from qa.ingest.titles import title_of

LAW = "第一章 总则\n第一条 为了规范管理，制定本条例。\n第二条 本条例自2022年1月1日起施行。"
TITLE = "数据管理条例"


def lines(text: str) -> list[Line]:
    return [Line(n, t) for n, t in enumerate(text.replace("\n", "\n\n").split("\n"), start=1)]


@pytest.mark.parametrize(
    "front",
    [
        "中华人民共和国国务院令\n第745号\n现公布《数据管理条例》，自2022年1月1日起施行。\n"
        "总理 某某某\n2021年7月30日",
        "中华人民共和国主席令\n第八十四号\n2021年6月10日",
        "某省人民代表大会常务委员会公告\n（第167号）\n《数据管理条例》已经通过，现予公布。",
        "国办发〔2023〕1号",
        "某部文件\n某发〔2023〕1号\n关于印发《数据管理条例》的通知\n各单位：\n"
        "现将条例印发给你们，请遵照执行。\n附件：数据管理条例",
    ],
)
@pytest.mark.parametrize("printed", [TITLE, f"《{TITLE}》", "数据\n管理条例", f"# {TITLE}"])
def test_the_title_is_told_and_the_order_above_it_is_kept(front: str, printed: str) -> None:
    found = recognise(lines(f"{front}\n{printed}\n（2021年7月）\n{LAW}"))
    assert found.title == TITLE
    assert found.drafts[0].locator == "题注"
    assert found.drafts[0].text == f"{front}\n（2021年7月）"
    assert [draft.locator for draft in found.drafts[1:]] == ["第一条", "第二条"]
    assert not [warning for warning in found.warnings if "没有归入" in warning]


def test_text_that_finds_no_place_is_named_with_its_number() -> None:
    found = recognise(lines(f"{TITLE}\n{LAW}\n第二章 没有条文的一章"))
    assert "第 9 行起的文字没有归入任何条文，共 10 字：“第二章 没有条文的一章”。" in found.warnings


def test_a_letter_that_stands_alone_is_the_text_itself() -> None:
    letter = "关于加强数据管理的通知\n各单位：\n现就有关事项通知如下：\n一、加强管理。"
    assert title_of(lines(letter)) == "关于加强数据管理的通知"


def test_a_law_of_the_volume_is_accounted_for_to_the_last_line(volume: list[Line]) -> None:
    law = volume[717:1014]
    assert recognise(law).title == "中华人民共和国网络安全法"
    assert not [warning for warning in recognise(law).warnings if "没有归入" in warning]


@pytest.mark.parametrize(
    ("text", "title", "places"),
    [
        ("某條例\n第一條 甲。\n第二條 乙。", "某條例", ["第一条", "第二条"]),
        ("某条例\n第一条 甲。", "某条例", ["第一条"]),
        ("## 某条例 ##\n**第一条** 甲。\n**第１２条** 乙。", "某条例", ["第一条", "第十二条"]),
        (
            "宪法修正案\n1988年\n第一条 甲。\n第二条 乙。\n1993年\n第三条 丙。",
            "宪法修正案",
            ["第一条", "第二条", "第三条"],
        ),
    ],
)
def test_a_form_is_read_to_its_last_article(text: str, title: str, places: list[str]) -> None:
    found = recognise(lines(text))
    assert (found.title, [draft.locator for draft in found.drafts]) == (title, places)


def test_numbers_that_begin_again_with_a_part_are_no_fault() -> None:
    text = "某条例\n第一部分 甲\n第一条 子。\n第二条 丑。\n第二部分 乙\n第一条 寅。\n第三条 卯。"
    warned = [warning for warning in recognise(lines(text)).warnings if "条号" in warning]
    assert warned == ["条号不连续：第三条之前缺第二条。"]


@pytest.mark.parametrize("again", [TITLE, "数据\n管理条例", f"{TITLE}\n{TITLE}"])
def test_a_title_that_is_printed_again_is_no_text_above_itself(again: str) -> None:
    found = recognise(lines(f"# {TITLE}\n{again}\n（2021年7月）\n{LAW}"))
    assert [draft.locator for draft in found.drafts] == ["题注", "第一条", "第二条"]
    assert found.drafts[0].text == "（2021年7月）"
    assert found.account.faults == ()
