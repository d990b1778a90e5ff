import pytest

from qa.ingest.forms import Form
from qa.ingest.pages import Pages, read_pages, without_contents
from qa.ingest.readers import Line


def lines(text: str) -> list[Line]:
    return [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]


def pages(text: str, form: Form = Form.OUTLINE) -> Pages:
    return read_pages(lines(text), form)


def texts(text: str, form: Form = Form.OUTLINE) -> list[str]:
    return [block.text for block in pages(text, form).blocks]


def test_a_sentence_cut_by_a_page_end_is_joined_without_a_space() -> None:
    read = pages("建设平台，数据交易\n\n市场要规范，\n\n有序。")
    assert [block.text for block in read.blocks] == ["建设平台，数据交易市场要规范，有序。"]
    assert read.blocks[0].line == 1
    assert read.joins == 2


@pytest.mark.parametrize(
    "following", ["一、总体要求", "（二）目标", "3.任务", "专栏 1 工程", "——坚持统筹。"]
)
def test_a_heading_is_never_joined_to_an_open_sentence(following: str) -> None:
    assert texts(f"推动数据分类，\n\n{following}") == ["推动数据分类，", following]


def test_a_list_inside_a_sentence_is_joined_although_it_looks_like_a_heading() -> None:
    assert texts("建设平台，推动\n\n一、二、三产业数据分类监管，定期检查。") == [
        "建设平台，推动一、二、三产业数据分类监管，定期检查。"
    ]


def test_a_short_line_without_punctuation_is_a_heading_and_does_not_go_on() -> None:
    assert texts("主要任务\n\n建设平台。") == ["主要任务", "建设平台。"]


def test_lines_without_a_page_end_between_them_stay_apart() -> None:
    assert texts("推动数据，\n分类监管。") == ["推动数据，", "分类监管。"]
    assert texts("推动数据，\n\n\n分类监管。") == ["推动数据，", "分类监管。"]


def test_an_article_is_never_joined_to_the_one_before() -> None:
    assert texts("第一条 未完\n\n第二条 另一条。", Form.ARTICLES) == [
        "第一条 未完",
        "第二条 另一条。",
    ]


def test_dates_of_adoption_above_a_law_stay_apart() -> None:
    adopted = ["2019年10月26日 第十四次会议通过", "2021年6月10日 第二十九次会议修订"]
    assert (
        texts("\n\n".join([*adopted, "第一条 甲。", "第二条 乙。"]), Form.ARTICLES)[:2] == adopted
    )


def test_table_lines_with_the_same_page_form_one_block() -> None:
    read = pages("甲\t乙\n1\t2\n\n3\t4")
    assert [block.cells for block in read.blocks] == [(("甲", "乙"), ("1", "2")), (("3", "4"),)]
    assert [block.lines for block in read.blocks] == [(1, 2), (4,)]


CONTENTS = "目 录\n\n一、基础\n\n- 1.现状\n\n二、任务\n\n"


def test_a_contents_page_ends_where_its_first_entry_is_said_again() -> None:
    kept = [line.text for line in without_contents(lines(CONTENTS + "一、基础\n\n1.现状"))]
    assert kept == ["一、基础", "", "1.现状"]


def test_a_contents_page_ends_at_the_text_below_it() -> None:
    kept = [line.text for line in without_contents(lines(CONTENTS + "制定本规划。\n\n一、基础"))]
    assert kept == ["制定本规划。", "", "一、基础"]


def test_a_contents_page_may_list_a_heading_without_a_number() -> None:
    text = "目录\n第一章 总则\n附 则\n\n第一章 总则\n\n第一条 甲。\n\n附则\n\n第二条 乙。"
    assert "附 则" not in [line.text for line in without_contents(lines(text))]


def test_headings_that_are_said_once_are_no_contents_page() -> None:
    text = "目录\n\n一、基础\n\n我们有数据。\n\n二、任务"
    assert [line.text for line in without_contents(lines(text))] == text.split("\n")
