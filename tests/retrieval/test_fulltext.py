"""Exact search, against a scan of the printed texts that knows nothing of the index."""

import random
import re
import unicodedata

import numpy as np
import pytest

from qa.assistant import Assistant
from qa.index.order import Mask
from qa.index.store import Index
from qa.ingest.provision import Provision
from qa.retrieval.fulltext import FullText, spans_of, terms_of
from qa.retrieval.listed import region
from qa.retrieval.passage import Filters

SEED = 20231124
TERMS = 50
_DASHES = str.maketrans("–―‐－", "——--")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def flat(text: str) -> str:
    """As a reader compares: no space, half width, small letters, one kind of dash."""
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    return plain.casefold().translate(_DASHES)


@pytest.fixture(scope="module")
def volume(assistant: Assistant) -> list[Provision]:
    return [p for e in assistant.documents for p in assistant.reading.provisions(e.id)]


@pytest.fixture(scope="module")
def texts(volume: list[Provision]) -> list[str]:
    return [flat(p.text) for p in volume]


@pytest.fixture(scope="module")
def fulltext(index: Index) -> FullText:
    return FullText(index.provisions, index.lexical, len(index.provisions))


def drawn(volume: list[Provision], count: int, seed: int) -> list[tuple[Provision, str]]:
    """Stretches of printed text without quotation marks, each with where it was drawn from."""
    draw = random.Random(seed)
    found: list[tuple[Provision, str]] = []
    while len(found) < count:
        provision = draw.choice(volume)
        start = draw.randrange(len(provision.text))
        term = provision.text[start : start + draw.randint(2, 9)].strip()
        if len(flat(term)) > 1 and not re.search('[“”"]', term):
            found.append((provision, term))
    return found


@pytest.fixture(scope="module")
def anywhere(volume: list[Provision]) -> Mask:
    return np.ones(len(volume), dtype=np.bool_)


def test_the_hits_are_those_of_a_scan_of_every_text(
    fulltext: FullText, volume: list[Provision], texts: list[str], anywhere: Mask
) -> None:
    hits = 0
    for source, term in drawn(volume, TERMS, SEED):
        expected = [p.id for p, text in zip(volume, texts, strict=True) if flat(term) in text]
        found = [p.id for p in fulltext.find(f"“{term}”", anywhere)]
        assert found == expected, term
        assert source.id in found
        hits += len(found)
    assert hits > 2 * TERMS  # most terms stand in more than one place


def test_several_words_hit_where_all_of_them_are(
    fulltext: FullText, volume: list[Provision], texts: list[str], anywhere: Mask
) -> None:
    pairs = drawn(volume, TERMS, SEED + 1), drawn(volume, TERMS, SEED + 2)
    none = 0
    for (_, one), (_, other) in zip(*pairs, strict=True):
        words = [flat(word) for word in (one[:2], other[:2])]
        expected = [
            p.id for p, text in zip(volume, texts, strict=True) if all(w in text for w in words)
        ]
        for query in (" ".join(words), "　".join(reversed(words))):
            assert [p.id for p in fulltext.find(query, anywhere)] == expected, query
        none += not expected
    assert 0 < none < TERMS


def test_width_case_space_and_dashes_make_no_difference(
    fulltext: FullText, volume: list[Provision], anywhere: Mask
) -> None:
    coded = re.compile(r"[A-Za-z\d（）()—%.:：;；,，-]")
    varied = 0
    for _, term in drawn(volume, 20 * TERMS, SEED + 3):
        if not coded.search(term):
            continue
        varied += 1
        expected = [p.id for p in fulltext.find(f"“{term}”", anywhere)]
        for variant in (
            flat(term).translate(_WIDE),
            flat(term).upper(),
            " ".join(flat(term)),
            flat(term).replace("—", "―"),
        ):
            assert [p.id for p in fulltext.find(f"“{variant}”", anywhere)] == expected, variant
        if varied == TERMS:
            return
    pytest.fail("too few terms with digits, letters or signs")


def test_every_place_is_marked_and_nothing_else(
    fulltext: FullText, volume: list[Provision], anywhere: Mask
) -> None:
    for _, term in drawn(volume, TERMS, SEED + 4):
        wanted = flat(term)
        for provision in fulltext.find(f"“{term}”", anywhere)[:40]:
            text = provision.text
            spans = spans_of(text, terms_of(f"“{term}”"))
            assert spans
            rest = [*text]
            for start, end in spans:
                printed = flat(text[start:end])
                assert printed == wanted * (len(printed) // len(wanted)), (term, text[start:end])
                assert text[start:end] == text[start:end].strip()
                rest[start:end] = "\0" * (end - start)
            assert wanted not in flat("".join(rest))


def test_a_query_of_nothing_hits_nothing(fulltext: FullText, anywhere: Mask) -> None:
    for query in ("", " ", "　\n", "“”", '""', "“ ”"):
        assert fulltext.find(query, anywhere) == ()
    assert fulltext.find("数" * 10_000, anywhere) == ()
    assert fulltext.find(".*", anywhere) == ()


def test_restrictions_leave_what_they_admit(
    assistant: Assistant, volume: list[Provision], texts: list[str]
) -> None:
    entries = {entry.id: entry for entry in assistant.documents}
    admits = {
        Filters(levels=("法律", "省政府规章")): lambda p: (
            entries[p.document_id].level in ("法律", "省政府规章")
        ),
        Filters(regions=("山东",)): lambda p: region(p, entries[p.document_id].region) == "山东",
        Filters(documents=("dsl", "pipl")): lambda p: p.document_id in ("dsl", "pipl"),
        Filters(levels=("法律",), documents=("dsl",)): lambda p: p.document_id == "dsl",
        Filters(levels=("法律",), regions=("山东",)): lambda p: False,
    }
    for filters, admit in admits.items():
        expected = [
            p.id for p, text in zip(volume, texts, strict=True) if "数据" in text and admit(p)
        ]
        assert [p.id for p in assistant.reading.find("数据", filters)] == expected
        assert bool(expected) == (filters.levels != ("法律",) or not filters.regions)


def test_a_large_volume_gives_the_same_without_all_its_texts_in_memory(
    fulltext: FullText, index: Index, volume: list[Provision], anywhere: Mask
) -> None:
    large = FullText(index.provisions, index.lexical, len(volume) - 1)
    for query in ("重要数据", "公共数据 开放", "国家数据安全工作协调机制", "数据出境安全评估"):
        expected = fulltext.find(query, anywhere)
        assert expected
        assert large.find(query, anywhere) == expected
