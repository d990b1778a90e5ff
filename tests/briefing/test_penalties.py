import tomllib
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.briefing.model import Penalties, Penalty
from qa.briefing.request import Request
from qa.ingest.normalise import normalise

READ = tomllib.loads((Path(__file__).parent / "penalties.toml").read_text(encoding="utf-8"))
BREACHED: dict[str, dict[str, list[str]]] = READ.pop("breached")
NOTED: dict[str, int] = READ.pop("noted")
LISTED: dict[str, dict[str, list[str]]] = READ


def rows(assistant: Assistant, document: str) -> tuple[Penalty, ...]:
    if document not in _ROWS:
        _ROWS[document] = of(assistant, Request(document=document, parts=("罚则一览",)))
    return _ROWS[document]


def of(assistant: Assistant, request: Request) -> tuple[Penalty, ...]:
    content = assistant.brief(request).parts[0].content
    assert isinstance(content, Penalties)
    return content.rows


_ROWS: dict[str, tuple[Penalty, ...]] = {}


def said(amount: str) -> str:
    """In one spelling: Arabic numbers, without what they are called."""
    return normalise(amount).replace("罚款", "").replace("拘留", "").replace("5000元", "5千元")


@pytest.mark.parametrize("document", LISTED)
def test_every_paragraph_on_liability_has_its_row_with_the_exact_amounts(
    assistant: Assistant, document: str
) -> None:
    found = {
        row.source.locator: [said(a) for c in row.consequences for a in c.amounts]
        for row in rows(assistant, document)
    }
    wanted = {place: [said(a) for a in amounts] for place, amounts in LISTED[document].items()}
    assert found == wanted
    breached = {r.source.locator: [*r.breached] for r in rows(assistant, document) if r.breached}
    assert breached == BREACHED[document]


def test_every_misprint_of_a_row_is_noted(assistant: Assistant) -> None:
    found = {
        f"{document} {row.source.locator}": len(row.source.notes)
        for document in LISTED
        for row in rows(assistant, document)
        if row.source.notes
    }
    assert found == NOTED


def test_all_words_of_a_row_are_words_of_its_article(assistant: Assistant) -> None:
    for document in LISTED:
        for row in rows(assistant, document):
            text = assistant.provision(row.source.provision_id).text.replace("\n", "")
            words = [row.who, row.violation, row.by, *row.items, *row.breached]
            for consequence in row.consequences:
                words += [consequence.case, consequence.measures, consequence.persons]
            assert [word for word in words if word not in text] == []


def test_the_misprinted_fine_is_kept_and_noted(assistant: Assistant) -> None:
    (row,) = (r for r in rows(assistant, "dsl") if r.source.locator == "第四十八条第二款")
    assert row.consequences[1].case == "造成严重后果的"
    assert "五十万元以上五十万元以下罚款" in row.consequences[1].persons
    assert ["五万元以上五十万元以下" in note for note in row.source.notes] == [True]


def test_a_row_tells_who_breaks_what_and_who_punishes(assistant: Assistant) -> None:
    (row,) = (r for r in rows(assistant, "dsl") if r.source.locator == "第四十五条第一款")
    assert row.who == "开展数据处理活动的组织、个人"
    assert row.breached == ("第二十七条", "第二十九条", "第三十条")
    assert row.by == "有关主管部门"
    assert row.consequences[1].case == "拒不改正或者造成大量数据泄露等严重后果的"


@pytest.mark.parametrize(
    ("topic", "places"),
    [
        (
            "个人信息保护",
            {"个人信息保护法》第六十六条第二款", "网络安全法》第六十四条第一款"},
        ),
        # by the numbers of what is breached, in laws that do not say 出境; and by a general clause
        (
            "数据出境",
            {
                "网络安全法》第六十六条",
                "数据安全法》第四十六条",
                "数据安全法》第四十八条第二款",
                "个人信息保护法》第六十六条第一款",
            },
        ),
        ("政务数据共享", {"山东省电子政务和政务数据管理办法》第三十七条"}),
    ],
)
def test_a_topic_brings_what_punishes_its_duties(
    assistant: Assistant, topic: str, places: set[str]
) -> None:
    found = of(assistant, Request(topic=topic, parts=("罚则一览",)))
    names = {row.source.name.removeprefix("《").removeprefix("中华人民共和国") for row in found}
    assert {place.lstrip("《") for place in places} <= names


def test_few_rows_are_those_of_the_nearest_duties_of_both_halves_of_a_topic(
    assistant: Assistant,
) -> None:
    found = of(assistant, Request(template="新员工入门", parts=("罚则一览",)))
    names = {row.source.name.removeprefix("《中华人民共和国") for row in found}
    assert {"数据安全法》第四十五条第一款", "个人信息保护法》第六十六条第一款"} <= names
    assert len(found) <= 10
