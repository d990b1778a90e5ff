import pytest

from qa.assistant import Assistant
from qa.index.store import Index
from qa.ingest.catalog import Catalog
from qa.retrieval.counterparts import Counterparts
from qa.retrieval.passage import Filters, Passage


def same_subject(passages: tuple[Passage, ...]) -> list[Passage]:
    return [p for p in passages if "同一主题" in p.why]


def test_the_provision_on_the_same_subject_at_the_other_level_comes_at_the_end(
    assistant: Assistant,
) -> None:
    passages = assistant.search("数据安全法第四十二条").passages
    (found,) = same_subject(passages[8:])
    assert (found.provision.document_id, found.provision.locator) == ("sd-open-data", "第六条")
    assert found.why == "与《中华人民共和国数据安全法》第四十二条同一主题（山东）"
    assert same_subject(passages[:8]) == []
    assert len(passages) == 10


def test_it_works_both_ways(assistant: Assistant) -> None:
    passages = assistant.search("山东省公共数据开放办法第六条").passages
    found = [p for p in passages if p.provision.document_id == "dsl"]
    assert "第四十二条" in [p.provision.locator for p in found]


def test_the_other_level_stays_away_where_it_is_filtered_out(assistant: Assistant) -> None:
    passages = assistant.search("数据安全法第四十二条", filters=Filters(regions=("国家",))).passages
    assert same_subject(passages) == []


def test_fewer_passages_leave_no_room_for_it(assistant: Assistant) -> None:
    assert same_subject(assistant.search("数据安全法第四十二条", top_k=5).passages) == []


@pytest.fixture(scope="module")
def counterparts(index: Index, catalog: Catalog) -> tuple[Counterparts, list[str], list[str]]:
    regions = [catalog.document(p.document_id).region for p in index.provisions]
    kinds = [p.kind for p in index.provisions]
    return Counterparts(index.dense, index.provisions, regions.__getitem__), regions, kinds


def test_counterparts_are_of_the_other_level_and_no_quotes_or_rows(
    counterparts: tuple[Counterparts, list[str], list[str]],
) -> None:
    found, regions, kinds = counterparts
    pairs = [(n, other) for n in range(len(regions)) for other, _ in found.of(n)]
    assert len(pairs) == len(found) > 200
    assert all(regions[n] != regions[other] for n, other in pairs)
    assert {kinds[n] for pair in pairs for n in pair} <= {"article", "section", "box"}
