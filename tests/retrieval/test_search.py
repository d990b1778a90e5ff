import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import TextNode

from qa.assistant import Assistant
from qa.ingest.catalog import Catalog
from qa.retrieval.passage import Filters
from qa.retrieval.retriever import ProvisionRetriever


@pytest.mark.parametrize(
    ("question", "document_id", "locator"),
    [
        ("数据安全法第二十一条讲什么", "dsl", "第二十一条"),
        ("个人信息泄露了单位要做什么", "pipl", "第五十七条"),
        ("385行动里2025年省商务厅在数据应用上要做什么", "sd-385", "附件2 · 数据应用 · 省商务厅"),
        (
            "2016年4月19日座谈会上怎么讲核心技术",
            "speeches",
            "2016年4月19日 网络安全和信息化工作座谈会（4）"
            "|2016年4月19日 网络安全和信息化工作座谈会（5）",
        ),
        (
            "数字经济核心产业增加值占GDP比重2025年目标",
            "plan-digital-economy",
            "“十四五”数字经济发展主要指标 · 数字经济核心产业增加值占 GDP 比重（%）",
        ),
    ],
)
def test_the_questions_of_the_first_whole_have_the_right_provision_first(
    question: str, document_id: str, locator: str, assistant: Assistant
) -> None:
    first = assistant.search(question).passages[0].provision
    assert first.document_id == document_id
    assert first.locator in locator.split("|")


def places(assistant: Assistant, question: str) -> list[tuple[str, str]]:
    passages = assistant.search(question).passages
    return [(p.provision.document_id, p.provision.locator) for p in passages]


@pytest.mark.parametrize(
    ("question", "document_id", "locator"),
    [
        ("我想撤回同意", "pipl", "第十五条"),
        ("我家孩子12岁，APP收集他的信息要谁同意？", "pipl", "第三十一条"),
        ("公安局要调我们公司的数据，能不给吗", "dsl", "第三十五条"),
        ("网安法里网络运营者要保存日志多久", "csl", "第二十一条"),
        ("2019.10.20的贺信说了什么", "speeches", "2019年10月20日 致第六届世界互联网大会的贺信"),
    ],
)
def test_everyday_words_find_the_provision(
    question: str, document_id: str, locator: str, assistant: Assistant
) -> None:
    assert places(assistant, question)[0] == (document_id, locator)


@pytest.mark.parametrize(
    ("question", "document_id", "locator"),
    [
        ("網絡日誌要留存幾個月", "csl", "第二十一条"),
        ("五千万元以下罚款", "pipl", "第六十六条"),
        ("5000万元以下罚款", "pipl", "第六十六条"),
        ("对主管人员处5万元以上50万元以下罚款 向外国司法机构提供数据", "dsl", "第四十八条"),
    ],
)
def test_traditional_characters_amounts_and_corrected_misprints_find_the_provision(
    question: str, document_id: str, locator: str, assistant: Assistant
) -> None:
    assert (document_id, locator) in places(assistant, question)


@pytest.mark.parametrize(
    ("filters", "document_ids"),
    [
        (Filters(levels=("法律",)), {"csl", "dsl", "pipl"}),
        (Filters(levels=("行政法规", "省政府规章")), {"cii", "sd-egov", "sd-open-data"}),
        (Filters(documents=("dsl",)), {"dsl"}),
        (Filters(levels=("法律",), documents=("dsl", "cii")), {"dsl"}),
        (Filters(levels=("法律", "行政法规"), years=(2021,)), {"dsl", "pipl", "cii"}),
    ],
)
def test_filters_keep_to_the_documents_chosen(
    filters: Filters, document_ids: set[str], assistant: Assistant
) -> None:
    found = assistant.search("数据安全责任", filters=filters)
    assert len(found.passages) == 10
    assert {p.provision.document_id for p in found.passages} <= document_ids


def test_the_region_filter_keeps_to_the_province(assistant: Assistant, catalog: Catalog) -> None:
    found = assistant.search("公共数据共享", filters=Filters(regions=("山东",)))
    regions = {catalog.document(p.provision.document_id).region for p in found.passages}
    assert regions == {"山东"}


def test_a_speech_and_a_listed_document_go_by_their_own_years(assistant: Assistant) -> None:
    found = assistant.search("网络安全", filters=Filters(documents=("speeches",), years=(2016,)))
    dates = [passage.provision.date for passage in found.passages]
    assert dates and all(date and date.startswith("2016-") for date in dates)
    filters = Filters(levels=("清单",), years=(2019, 2020))
    listed = assistant.search("政策文件", filters=filters, top_k=20)
    years = {(passage.provision.date or "")[:4] for passage in listed.passages}
    assert years == {"2019", "2020"}


def test_a_named_provision_of_another_year_is_not_brought(assistant: Assistant) -> None:
    question = "2016年4月19日座谈会上怎么讲核心技术"
    assert assistant.search(question).passages[0].provision.date == "2016-04-19"
    later = assistant.search(question, filters=Filters(years=(2018,)))
    assert later.passages
    named = assistant.search("数据安全法第二十一条", filters=Filters(years=(2016,)))
    assert not named.direct and named.passages
    assert all(passage.provision.date != "2016-04-19" for passage in later.passages)
    assert all(passage.provision.document_id != "dsl" for passage in named.passages)


def test_words_are_found_within_the_years_chosen(assistant: Assistant) -> None:
    reading = assistant.reading
    everywhere = reading.find("数据安全")
    chosen = Filters(years=(2021,))
    within = reading.find("数据安全", chosen)
    assert 0 < len(within) < len(everywhere)
    assert all(reading.admits(chosen, provision) for provision in within)
    assert {p.document_id for p in within} <= {entry.id for entry in reading.admitted(chosen)}
    assert list(reading.years) == sorted(reading.years, reverse=True) and reading.years[0] == 2023


def test_filters_that_leave_nothing_give_nothing(assistant: Assistant) -> None:
    found = assistant.search("数据", filters=Filters(levels=("讲话",), regions=("山东",)))
    assert found.passages == ()


def test_passages_come_best_first_and_each_says_why(assistant: Assistant) -> None:
    found = assistant.search("385行动里省商务厅的任务", top_k=30)
    scores = [p.score for p in found.passages]
    assert len(scores) == 30
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)
    assert len({p.provision.id for p in found.passages}) == 30
    assert all(p.why for p in found.passages)
    assert "部门相符" in found.passages[0].why
    assert "文件相符" in found.passages[0].why


def test_timings_are_measured(assistant: Assistant) -> None:
    timings = assistant.search("数据分类分级").timings_ms
    total = timings.pop("total")
    assert 0 < sum(timings.values()) <= total + 1


def test_the_search_is_a_llama_index_retriever(assistant: Assistant) -> None:
    retriever = ProvisionRetriever(assistant._volume.search)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("数据安全法第二十一条")
    first = nodes[0]
    assert isinstance(first.node, TextNode)
    assert first.score == 1.0
    assert first.node.text == assistant.provision(first.node.node_id).text
    assert first.node.metadata["locator"] == "第二十一条"
    assert len(nodes) == 10
    assert all(node.score is not None for node in nodes)
