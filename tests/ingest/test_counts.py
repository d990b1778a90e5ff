from collections import Counter
from typing import Any

from qa.ingest.corpus import Corpus, read_corpus
from qa.ingest.numerals import to_han
from qa.settings import PROJECT

ROWS = ("row", "entry")


def test_the_volume_gives_what_was_counted_by_eye(corpus: Corpus, counts: dict[str, Any]) -> None:
    kinds = Counter(p.kind for p in corpus.provisions)
    (totals,) = corpus.totals.values()
    assert totals.documents == len({p.document for p in corpus.provisions}) == counts["documents"]
    assert kinds["article"] == counts["articles"]
    assert kinds["quote"] == counts["quotes"]
    assert kinds["box"] == counts["boxes"]
    assert kinds["duty"] == counts["duties"]
    assert kinds["row"] + kinds["entry"] == counts["rows"]
    assert totals.chapters == counts["chapters"]
    assert totals.sections == counts["article_sections"]
    assert totals.joins == counts["page_cuts"]


def test_each_document_gives_what_was_counted_by_eye(
    corpus: Corpus, counts: dict[str, Any]
) -> None:
    for name, kinds in (
        ("articles", ("article",)),
        ("boxes", ("box",)),
        ("rows", ROWS),
    ):
        found = Counter(p.document for p in corpus.provisions if p.kind in kinds)
        assert found == counts[f"{name}_by_document"], name
    titles = {entry.id: entry.title for entry in corpus.catalog.documents}
    chapters = {titles[i]: c.chapters for i, c in corpus.counts.items() if c.chapters}
    assert chapters == counts["chapters_by_document"]


def test_quotes_stand_under_their_years(corpus: Corpus, counts: dict[str, Any]) -> None:
    years = Counter(p.headings[0][:4] for p in corpus.provisions if p.kind == "quote")
    assert years == counts["quotes_by_year"]


def test_the_tasks_stand_under_their_tables(corpus: Corpus, counts: dict[str, Any]) -> None:
    tasks = [p for p in corpus.provisions if p.kind == "row" and p.locator.startswith("附件2")]
    assert Counter(p.headings[-1] for p in tasks) == counts["rows_by_table"]
    for year, number in counts["rows_without"].items():
        assert sum(f"\n{year}：" not in p.text for p in tasks) == number, year
    assert all(p.departments for p in tasks)


def test_articles_run_without_a_gap(corpus: Corpus, counts: dict[str, Any]) -> None:
    for document, number in counts["articles_by_document"].items():
        locators = [
            p.locator for p in corpus.provisions if p.document == document and p.kind == "article"
        ]
        assert locators == [f"第{to_han(n)}条" for n in range(1, number + 1)]


def test_titles_contents_and_marks_are_nowhere(corpus: Corpus, counts: dict[str, Any]) -> None:
    for string in counts["nowhere"]["strings"]:
        assert not [p.name for p in corpus.provisions if string in p.text], string


def test_headings_without_text_are_no_provisions(corpus: Corpus, counts: dict[str, Any]) -> None:
    places = {(p.document, p.locator) for p in corpus.provisions}
    for absent in counts["absent"]:
        assert (absent["document"], absent["locator"]) not in places


def test_ids_and_names_are_unique(corpus: Corpus) -> None:
    assert len({p.id for p in corpus.provisions}) == len(corpus.provisions)
    names = Counter(p.name for p in corpus.provisions)
    assert [name for name, times in names.items() if times > 1] == []


def test_a_second_reading_gives_the_same(corpus: Corpus) -> None:
    again = read_corpus(PROJECT / "corpus")
    assert again.provisions == corpus.provisions
    assert again.fingerprint == corpus.fingerprint


def test_the_volume_agrees_with_the_catalog(corpus: Corpus) -> None:
    assert corpus.differences() == ()
