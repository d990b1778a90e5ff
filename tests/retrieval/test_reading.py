"""The corpus to be read: every place by its name, and what belongs together."""

import pytest

from qa.assistant import Assistant
from qa.index.store import Index
from qa.ingest.numerals import to_han
from qa.ingest.provision import Provision
from qa.retrieval.links import Links
from qa.retrieval.reading import Place, Reading


@pytest.fixture(scope="module")
def reading(assistant: Assistant) -> Reading:
    return assistant.reading


@pytest.fixture(scope="module")
def volume(assistant: Assistant) -> list[Provision]:
    return [p for e in assistant.documents for p in assistant.reading.provisions(e.id)]


def test_every_provision_and_every_place_in_it_is_found_by_its_own_name(
    reading: Reading, volume: list[Provision]
) -> None:
    parts = 0
    for provision in volume:
        assert reading.locate(provision.document_id, provision.locator) == Place(provision)
        if provision.kind != "article":
            continue
        for part in provision.parts:
            if part.label:
                place = Place(provision, part.label)
                assert reading.locate(provision.document_id, place.locator) == place
                parts += 1
    assert parts > 400


def test_every_article_is_found_by_its_number_in_digits(
    reading: Reading, volume: list[Provision]
) -> None:
    for document in {p.document_id for p in volume if p.kind == "article"}:
        articles = [p for p in reading.provisions(document) if p.kind == "article"]
        for number, article in enumerate(articles, start=1):
            assert article.locator == f"第{to_han(number)}条"
            for typed in (f"第{number}条", f"{number}条", f" 第 {number} 条 "):
                assert reading.locate(document, typed) == Place(article), (document, typed)
        beyond = len(articles) + 1
        assert reading.locate(document, f"第{beyond}条") is None
        assert reading.locate(document, f"第{to_han(beyond)}条") is None


@pytest.mark.parametrize(
    ("document", "typed", "locator"),
    [
        ("dsl", "第４８条第２款", "第四十八条第二款"),
        ("dsl", "第四十八条的第二款", "第四十八条第二款"),
        ("dsl", "第四十八条 第二款", "第四十八条第二款"),
        ("dsl", "四十八条2款", "第四十八条第二款"),
        ("dsl", "第一条第一款", "第一条"),
        ("pipl", "第十三条第一款（三）项", "第十三条第一款第（三）项"),
        ("pipl", "第13条第(3)项", "第十三条第一款第（三）项"),
        ("pipl", "第十三条第一款第三项", "第十三条第一款第（三）项"),
        ("pipl", "第十三条第七项", "第十三条第一款第（七）项"),
    ],
)
def test_an_odd_spelling_leads_to_the_one_place(
    reading: Reading, document: str, typed: str, locator: str
) -> None:
    place = reading.locate(document, typed)
    assert place
    assert place.locator == locator


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "条",
        "第条",
        "第二款",
        "第（一）项",
        "第零条",
        "第-1条",
        "第四十八条第三款",
        "第四十八条第零款",
        "第四十八条第一款第（一）项",
        "第四十八条之一",
        "第四十八条第四十七条",
        "民法典第四十八条",
        "第" + "九" * 5000 + "条",
    ],
)
def test_what_is_no_place_is_not_guessed(reading: Reading, typed: str) -> None:
    assert reading.locate("dsl", typed) is None


def test_who_cites_is_cited_and_the_other_way_round(
    reading: Reading, volume: list[Provision], index: Index
) -> None:
    cites = {(p.id, q.id) for p in volume for q in reading.related(p).cites}
    cited = {(q.id, p.id) for p in volume for q in reading.related(p).cited_in}
    assert cites == cited
    assert len(cites) == len(Links(index.provisions))
    assert all(one != other for one, other in cites)


def test_the_citing_words_stand_in_the_text(reading: Reading, volume: list[Provision]) -> None:
    for provision in volume:
        for cited in reading.related(provision).cites:
            text = provision.text
            # a range names its first and its last article only
            assert "本法" in text or "本条例" in text or "本办法" in text or cited.locator in text


def test_a_counterpart_is_from_the_other_level(
    assistant: Assistant, reading: Reading, volume: list[Provision]
) -> None:
    held = {p.id: assistant.document(p.document_id).region for p in volume}
    pairs = [(p, other) for p in volume for other in reading.related(p).counterparts]
    assert pairs
    assert all(held[one.id] != held[other.id] for one, other in pairs)


def test_a_document_is_named_by_all_its_names_whatever_their_marks(
    assistant: Assistant, reading: Reading
) -> None:
    for entry in assistant.documents:
        for name in (entry.id, entry.title, *entry.names):
            for typed in (name, f"《{name}》", f" {name} ", name.upper()):
                assert reading.named(typed) == entry.id, typed
    assert reading.named("") is None
    assert reading.named("数据安") is None
    assert reading.nearest("数据安法")[0].id == "dsl"


def test_the_nearest_places_are_offered_best_first(reading: Reading) -> None:
    assert reading.nearest_places("dsl", "第四十八条第九款")[0].locator == "第四十八条"
    assert reading.nearest_places("dsl", "xyz") == ()
