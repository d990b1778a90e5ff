import tomllib
from pathlib import Path
from typing import Any

import pytest

from qa.ingest.corpus import Corpus

PROVISIONS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "expected" / "provisions.toml").read_text(encoding="utf-8")
)["provision"]


@pytest.mark.parametrize(
    "expected", PROVISIONS, ids=[f"{p['document'][:12]}-{p['locator'][:24]}" for p in PROVISIONS]
)
def test_a_provision_reads_word_by_word(corpus: Corpus, expected: dict[str, Any]) -> None:
    place = (expected["document"], expected["locator"])
    found = [p for p in corpus.provisions if (p.document, p.locator) == place]
    assert len(found) == 1, expected["trap"]
    (provision,) = found
    assert provision.text == expected["text"].removeprefix("\n"), expected["trap"]
    assert list(provision.headings) == expected["headings"], expected["trap"]
    assert provision.kind == expected["kind"], expected["trap"]


def test_every_document_has_an_expected_provision(corpus: Corpus) -> None:
    assert {p["document"] for p in PROVISIONS} == {d.title for d in corpus.catalog.documents}


def test_the_parts_of_a_provision_are_its_text(corpus: Corpus) -> None:
    for provision in corpus.provisions:
        assert provision.text == "\n".join(part.text for part in provision.parts)
        assert all(part.text.strip() for part in provision.parts), provision.name


def test_a_sub_paragraph_is_found_by_the_name_a_lawyer_gives_it(corpus: Corpus) -> None:
    articles = {p.name: p for p in corpus.provisions if p.kind == "article"}
    fines = articles["《中华人民共和国数据安全法》第四十五条"].parts_at("第二款")
    assert [part.text[:8] for part in fines] == ["违反国家核心数据"]
    duties = articles["《中华人民共和国网络安全法》第二十一条"].parts_at("第（三）项")
    assert [part.text[:3] for part in duties] == ["（三）"]


def test_a_row_of_the_list_has_its_date(corpus: Corpus) -> None:
    dates = {p.locator: p.date for p in corpus.provisions if p.kind == "entry"}
    assert dates["第1项"] == "2016-11-07"
    assert all(dates.values())


def test_a_quote_has_the_date_of_its_occasion(corpus: Corpus) -> None:
    for quote in (p for p in corpus.provisions if p.kind == "quote"):
        assert quote.date is not None
        year, month, day = quote.date.split("-")
        assert quote.locator.startswith(f"{year}年{int(month)}月{int(day)}日")
        assert quote.headings[0].startswith(year)
