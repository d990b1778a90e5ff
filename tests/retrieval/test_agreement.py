import pytest

from qa.assistant import Assistant
from qa.retrieval.passage import Filters


def locators(assistant: Assistant, question: str, first: int) -> list[str]:
    return [p.provision.locator for p in assistant.search(question).passages[:first]]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("附表里交通运输部发的文件有哪些", (33, 62, 63)),
        ("清单里住建部的数据标准文件是哪几个，哪年发的", (60, 61)),
        ("中央网信办2021年发的文件有哪些？", (17, 20, 21)),
        ("2022年12月都有哪些政策文件发布？", (7, 56, 57, 71)),
        ("山东省政府办公厅2019年印发过哪些数据方面的文件", (78, 79)),
    ],
)
def test_listed_documents_are_found_by_their_issuer_and_date(
    question: str, numbers: tuple[int, ...], assistant: Assistant
) -> None:
    assert {f"第{number}项" for number in numbers} <= {*locators(assistant, question, 5)}


def test_an_issuer_that_is_not_meant_comes_behind(assistant: Assistant) -> None:
    found = assistant.search("2021年12月不是工信部发的文件都有什么").passages
    first = [p.provision.text for p in found[:4]]
    assert not any(text.endswith("发文单位：工业和信息化部") for text in first)
    assert all("2021.12" in text for text in first[:3])


def test_the_rows_of_a_group_agree_with_its_name(assistant: Assistant) -> None:
    found = assistant.search("数字强省规划里数字社会那组指标有哪几项").passages[:4]
    group = [p for p in found if p.provision.headings[-1:] == ("数字社会建设指标",)]
    assert len(group) == 3
    assert all("组别相符" in p.why for p in group)


def test_an_issuer_named_for_what_it_does_agrees_with_no_listed_document(
    assistant: Assistant,
) -> None:
    found = assistant.search("国务院公安部门对关键信息基础设施做什么").passages
    assert not any(p.provision.kind == "entry" and "部门相符" in p.why for p in found)


def test_listed_documents_of_shandong_stay_where_shandong_is_chosen(assistant: Assistant) -> None:
    question = "附表里省政府办公厅发了哪些文件"
    found = assistant.search(question, filters=Filters(regions=("山东",))).passages
    listed = [p.provision for p in found if p.provision.kind == "entry"]
    assert len(listed) >= 6
    assert all("山东" in p.text for p in listed)
    national = assistant.search(question, filters=Filters(regions=("国家",))).passages
    assert not any("发文单位：山东" in p.provision.text for p in national)


@pytest.mark.parametrize("question", ["等级保护怎么做", "工业数据怎么分级"])
def test_a_title_comes_behind_what_says_something(question: str, assistant: Assistant) -> None:
    kinds = [passage.provision.kind for passage in assistant.search(question).passages]
    assert "entry" in kinds
    assert "entry" not in kinds[:2]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("算法推荐服务有什么规定", 17),
        ("工业数据分类分级指南（试行）讲什么", 42),
        ("哪个文件讲工业数据分类分级", 42),
    ],
)
def test_a_title_that_is_named_or_asked_for_or_alone_comes_first(
    question: str, number: int, assistant: Assistant
) -> None:
    assert locators(assistant, question, 1) == [f"第{number}项"]
