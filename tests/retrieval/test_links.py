import pytest

from qa.assistant import Assistant
from qa.index.store import Index
from qa.ingest.provision import Provision
from qa.retrieval.links import Links


@pytest.fixture(scope="module")
def articles(provisions: dict[tuple[str, str], Provision]) -> tuple[Provision, ...]:
    return tuple(provisions.values())


@pytest.fixture(scope="module")
def links(index: Index) -> Links:
    return Links(index.provisions)


def linked(
    links: Links, articles: tuple[Provision, ...], document: str, locator: str
) -> dict[str, str]:
    """What an article is linked with, and what is said of it there."""
    here = next(
        n for n, p in enumerate(articles) if (p.document_id, p.locator) == (document, locator)
    )
    return {articles[n].locator: why.format(locator) for n, why in links.of(here)}


def test_a_penalty_refers_to_its_duties(links: Links, articles: tuple[Provision, ...]) -> None:
    assert linked(links, articles, "dsl", "第四十五条") == {
        "第二十七条": "第四十五条援引本条",
        "第二十九条": "第四十五条援引本条",
        "第三十条": "第四十五条援引本条",
    }


def test_a_duty_knows_its_penalty_also_through_a_range(
    links: Links, articles: tuple[Provision, ...]
) -> None:
    # 网络安全法第六十四条 says 第四十一条至第四十三条: 42 is named by the range alone.
    assert linked(links, articles, "csl", "第四十二条")["第六十四条"] == "本条援引第四十二条"


def test_references_stay_in_their_document(links: Links, articles: tuple[Provision, ...]) -> None:
    for position, provision in enumerate(articles):
        for other, _ in links.of(position):
            assert articles[other].document_id == provision.document_id
    assert len(links) == 41


def test_the_penalty_of_a_duty_joins_the_passages(assistant: Assistant) -> None:
    found = assistant.search("数据安全法第二十七条", top_k=10)
    joined = [p for p in found.passages if p.provision.locator == "第四十五条"]
    assert len(found.passages) <= 10
    assert joined and joined[0].provision.document_id == "dsl"
