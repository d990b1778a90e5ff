from qa.ingest.accounting import account
from qa.ingest.corpus import parse
from qa.ingest.draft import Outline
from qa.ingest.readers import Line


def read(text: str) -> Outline:
    """The outline of lines that stand a blank line apart, as the volume prints them."""
    texts = text.replace("\n", "\n\n").split("\n")
    return parse([Line(number, line) for number, line in enumerate(texts, start=1)])[0]


def read_out(text: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(d.locator, d.headings, d.text) for d in read(text).drafts]


def test_an_attachment_that_no_list_announces_is_told_by_its_mark() -> None:
    assert read_out("一、任务\n做好登记。\n附件 2\n部门职责\n（一）市教育局\n负责入学。") == [
        ("一、", (), "一、任务\n做好登记。"),
        ("附件2 · （一）市教育局", ("附件2 部门职责",), "（一）市教育局\n负责入学。"),
    ]


def test_an_attachment_without_a_title_begins_with_its_text() -> None:
    assert read_out("一、任务\n做好登记。\n附件\n登记时间为每年三月，逾期不候。")[1:] == [
        ("附件 · 引言", ("附件",), "登记时间为每年三月，逾期不候。"),
    ]


def test_an_attachment_without_text_is_owned_up() -> None:
    texts = ["一、任务", "", "做好登记。", "", "附件 1", "", "部门职责"]
    lines = [Line(n, text) for n, text in enumerate(texts, start=1)]
    (fault,) = account(lines, "", parse(lines)[0].drafts).faults
    assert fault.endswith("“附件 1部门职责”。")


def test_a_heading_that_nothing_stands_below_is_kept() -> None:
    assert read_out("一、任务\n（一）登记。\n（二）交易。\n二、保障\n（一）资金。拨款。") == [
        ("一、（一）", ("一、任务",), "（一）登记。"),
        ("一、（二）", ("一、任务",), "（二）交易。"),
        ("二、（一）", ("二、保障",), "（一）资金。拨款。"),
    ]


def test_a_date_below_the_title_is_no_text_but_one_further_down_is() -> None:
    assert read_out("（2021年12月）\n数据是要素。\n（2021年12月）") == [
        ("第1段", (), "数据是要素。"),
        ("第2段", (), "（2021年12月）"),
    ]


def test_departments_are_read_from_the_duty_list() -> None:
    (draft,) = read(
        "一、任务。做好登记。（牵头单位：省发展改革委、省大数据局，责任单位：省财政厅）"
    ).drafts
    assert draft.departments == ("省发展改革委", "省大数据局", "省财政厅")


def test_text_between_a_chapter_and_its_first_article_stands_under_the_chapter() -> None:
    law = "本法由会议通过。\n第一章 总则\n本章适用于全省。\n第一条 甲。\n第二章 附则\n第二条 乙。"
    assert read_out(law) == [
        ("引言", (), "本法由会议通过。"),
        ("第一章", ("第一章 总则",), "本章适用于全省。"),
        ("第一条", ("第一章 总则",), "第一条 甲。"),
        ("第二条", ("第二章 附则",), "第二条 乙。"),
    ]


def test_a_misprinted_article_number_is_named_as_printed() -> None:
    assert [locator for locator, _, _ in read_out("第一条 甲。\n第十百条 乙。")] == [
        "第一条",
        "第十百条",
    ]


def test_a_table_among_quotes_is_text_of_the_quote() -> None:
    (quote,) = read("甲\t乙\n——2016年4月19日在会上的讲话").drafts
    assert quote.text == "甲\t乙\n——2016年4月19日在会上的讲话"
