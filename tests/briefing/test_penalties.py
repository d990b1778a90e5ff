import tomllib
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.briefing.model import Penalties, Penalty
from qa.briefing.request import Request
from qa.ingest.normalise import normalise

LISTED: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "penalties.toml").read_text(encoding="utf-8")
)


def rows(assistant: Assistant, document: str) -> tuple[Penalty, ...]:
    briefing = assistant.brief(Request(document=document, parts=("罚则一览",)))
    content = briefing.parts[0].content
    assert isinstance(content, Penalties)
    return content.rows


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


def test_a_topic_brings_the_penalties_of_other_laws_on_it(assistant: Assistant) -> None:
    briefing = assistant.brief(Request(topic="个人信息保护", parts=("罚则一览",)))
    content = briefing.parts[0].content
    assert isinstance(content, Penalties)
    places = {row.source.name for row in content.rows}
    assert "《中华人民共和国个人信息保护法》第六十六条第二款" in places
    assert "《中华人民共和国网络安全法》第六十四条第一款" in places
