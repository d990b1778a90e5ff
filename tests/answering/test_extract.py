import re

import pytest

from qa.assistant import Assistant
from qa.evaluation.bank import load_bank
from qa.ingest.provision import Provision
from qa.retrieval.passage import Turn
from qa.settings import PROJECT
from tests.answering.conftest import Ask

QUESTIONS = [
    question.question
    for question in load_bank(PROJECT / "evals" / "questions" / "compilation.jsonl")[::6]
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_verbatim_and_every_number_leads_to_its_citation(
    question: str, ask: Ask, assistant: Assistant
) -> None:
    answer = ask(question).answer
    for citation in answer.citations:
        provision = assistant.provision(citation.provision_id)
        assert citation.document == provision.document
        assert citation.locator.startswith(provision.locator)
        assert bool(citation.quotes) != answer.refused
        at = 0
        for quote in citation.quotes:
            assert quote in provision.text[at:], "verbatim, in the order of the text"
            at += provision.text[at:].index(quote)
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    numbers = re.findall(r" \[(\d+)\]$", answer.text, flags=re.MULTILINE)
    assert [int(number) for number in numbers] == [c.n for c in answer.citations]


def test_the_article_named_is_quoted_whole_and_alone(
    ask: Ask, provisions: dict[tuple[str, str], Provision]
) -> None:
    answer = ask("个人信息保护法第十三条有哪些情形").answer
    (citation,) = answer.citations
    article = provisions["pipl", "第十三条"]
    assert (citation.provision_id, citation.locator) == (article.id, "第十三条")
    assert citation.quotes == (article.text,)
    for item in "一二三四五六七":
        assert f"（{item}）" in answer.text
    assert answer.text.startswith("**《中华人民共和国个人信息保护法》**")


def test_the_paragraph_named_is_quoted_alone(
    ask: Ask, provisions: dict[tuple[str, str], Provision]
) -> None:
    (citation,) = ask("数据安全法第二十一条第二款").answer.citations
    assert citation.locator == "第二十一条第二款"
    assert citation.quotes == (provisions["dsl", "第二十一条"].parts[1].text,)
    (citation,) = ask("关基条例第十五条第（七）项").answer.citations
    assert citation.locator == "第十五条第（七）项"
    assert citation.quotes[0].startswith("（七）")


def test_the_paragraph_asked_for_next_is_quoted(
    ask: Ask, provisions: dict[tuple[str, str], Provision]
) -> None:
    history = [Turn("user", "数据安全法第二十一条"), Turn("assistant", "国家建立数据分类…")]
    (citation,) = ask("上述第三款", history).answer.citations
    assert citation.locator == "第二十一条第三款"
    assert citation.quotes == (provisions["dsl", "第二十一条"].parts[2].text,)


@pytest.mark.parametrize(
    ("question", "document_id", "locator", "items"),
    [
        ("个人信息泄露了单位要做什么", "pipl", "第五十七条", "一二三"),
        ("网络运营者要履行哪些安全保护义务，日志留多久", "csl", "第二十一条", "一二三四五"),
        ("个人信息处理者停止提供产品后什么时候删除", "pipl", "第四十七条", "一二三四五"),
    ],
)
def test_a_list_is_kept_whole(
    question: str,
    document_id: str,
    locator: str,
    items: str,
    ask: Ask,
    provisions: dict[tuple[str, str], Provision],
) -> None:
    answer = ask(question).answer
    wanted = provisions[document_id, locator].id
    (quotes,) = [c.quotes for c in answer.citations if c.provision_id == wanted]
    words = "\n".join(quotes)
    assert all(f"（{item}）" in words for item in items)


def test_a_row_keeps_the_year_asked_for_only(ask: Ask) -> None:
    first = ask("385行动里2025年省商务厅在数据应用上要做什么").answer.citations[0]
    assert first.locator == "附件2 · 数据应用 · 省商务厅"
    assert "无证明之省" in first.quotes[-1]
    words = ask("385行动里2025年省商务厅在数据应用上要做什么").answer.text
    row = words.partition("[1]")[0]
    assert "2025 年" in row
    assert "2024 年" not in row
    assert "2026 年" not in row


def test_an_indicator_gives_its_figure_and_no_other_year(ask: Ask) -> None:
    words = ask("数字经济核心产业增加值占GDP比重2025年目标").answer.text.partition("[1]")[0]
    assert "2025 年：10" in words
    assert "2020 年" not in words


def test_provisions_of_one_document_stand_under_its_title_once(ask: Ask) -> None:
    answer = ask("数据安全法第36条和第48条、个保法第41条").answer
    titles = re.findall(r"^\*\*(《[^》]+》)\*\*$", answer.text, flags=re.MULTILINE)
    assert titles == ["《中华人民共和国数据安全法》", "《中华人民共和国个人信息保护法》"]
    assert [c.locator for c in answer.citations] == ["第三十六条", "第四十八条", "第四十一条"]


def test_where_one_document_is_named_the_others_are_not_quoted(ask: Ask) -> None:
    (citation,) = ask("网络安全法什么时候开始施行").answer.citations
    assert (citation.document, citation.locator) == ("中华人民共和国网络安全法", "第七十九条")
