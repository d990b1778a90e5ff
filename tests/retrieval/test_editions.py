"""Several texts of one law: which one is found."""

import shutil
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.vectors import VectorCache
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.retrieval.passage import Filters, Turn
from qa.settings import Settings
from qa.volume import Volume

OLD, NEW = "sd-open-data", "sd-open-data-2026"


@pytest.fixture(scope="module")
def amended(
    one_document: Path,
    embedder: Embedder,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Assistant:
    """One regulation, and its text from 2026 on."""
    folder = tmp_path_factory.mktemp("amended")
    corpus_dir = Path(shutil.copytree(one_document, folder / "corpus"))
    corpus = read_corpus(corpus_dir)
    text = (corpus_dir / corpus.catalog.sources[0].file).read_text(encoding="utf-8")
    path = folder / "new.txt"
    path.write_text(text.replace("公共数据以开放为原则", "公共数据以共享为原则"), encoding="utf-8")
    proposal = propose(path, corpus.provisions, corpus.catalog, Limits())
    entry = entry_for(proposal, corpus.catalog, version_of=OLD, effective="2026-03-01")
    Shelf(corpus_dir).add(proposal, entry, "test")
    corpus = read_corpus(corpus_dir)
    cache = VectorCache(folder / "vectors.sqlite")
    built = store.build(corpus, embedder, cache, folder / "indexes")
    index = store.open_index(built, corpus.fingerprint, embedder.fingerprint)
    there = settings.model_copy(update={"corpus_dir": corpus_dir})
    return Assistant(Volume(index, corpus.catalog, embedder, there), embedder, there)


@pytest.mark.parametrize(
    ("question", "filters", "document"),
    [
        ("公共数据开放办法第三条", Filters(), NEW),
        ("山东省公共数据开放办法第三条", Filters(), NEW),
        ("公共数据开放办法（2026年文本）第三条", Filters(), NEW),
        ("修改前的公共数据开放办法第三条", Filters(), OLD),
        ("2025年时的公共数据开放办法第三条是怎么规定的", Filters(), OLD),
        ("2026年4月时公共数据开放办法第三条是怎么规定的", Filters(), NEW),
        ("公共数据开放办法第三条", Filters(as_of="2026-02-28"), OLD),
        ("公共数据开放办法第三条", Filters(as_of="2026-03-01"), NEW),
        ("公共数据开放办法第三条", Filters(documents=(OLD,)), OLD),
        ("旧公共数据开放办法第三条", Filters(), OLD),
        ("原《公共数据开放办法》第三条怎么规定", Filters(), OLD),
        ("新公共数据开放办法第三条", Filters(), NEW),
        ("2024年6月公共数据开放办法第三条对开放怎么规定", Filters(), OLD),
        ("2024年的公共数据开放办法第三条", Filters(), OLD),
        ("截至2026年2月28日，公共数据开放办法第三条", Filters(), OLD),
        ("2026年3月之前公共数据开放办法第三条怎么规定", Filters(), OLD),
        ("2026年3月公共数据开放办法第三条怎么规定", Filters(), NEW),
        ("2025年12月修改的公共数据开放办法第三条", Filters(), NEW),
        ("公共数据开放办法第三条 before the amendment", Filters(), OLD),
        ("公共数据开放办法第三条 as of June 1, 2024", Filters(), OLD),
    ],
)
def test_a_question_is_answered_from_the_text_that_it_is_about(
    amended: Assistant, question: str, filters: Filters, document: str
) -> None:
    found = amended.search(question, (), filters)
    assert found.passages[0].direct
    assert (found.passages[0].provision.document_id, found.passages[0].provision.locator) == (
        document,
        "第三条",
    )


@pytest.mark.parametrize(
    ("before", "question", "document"),
    [
        ("修改前的公共数据开放办法第三条", "那第五条呢", OLD),
        ("公共数据开放办法第三条", "那修改前呢", OLD),
        ("公共数据开放办法第三条", "修改之前是怎么规定的？", OLD),
        ("修改前的公共数据开放办法第三条", "那现在的呢", NEW),
        ("公共数据开放办法第三条", "那第五条呢", NEW),
    ],
)
def test_a_conversation_stays_with_its_text_until_another_time_is_named(
    amended: Assistant, before: str, question: str, document: str
) -> None:
    *_, done = amended.ask(before, mode="extract")
    history = (Turn("user", before), Turn("assistant", done.answer.text))
    assert amended.search(question, history).passages[0].provision.document_id == document


def test_a_year_in_which_a_text_was_in_force_need_not_be_written_in_it(
    amended: Assistant,
) -> None:
    *_, done = amended.ask("2024年6月公共数据开放办法对开放的原则怎么规定", mode="extract")
    assert not done.answer.refused
    assert done.answer.citations[0].document == "山东省公共数据开放办法"


@pytest.mark.parametrize(
    "question",
    ["新旧公共数据开放办法有什么不同", "公共数据开放办法修改了哪些内容"],
)
def test_what_an_amendment_changed_is_answered_article_by_article(
    amended: Assistant, question: str
) -> None:
    *_, done = amended.ask(question, mode="extract")
    assert "修改 1 条" in done.answer.text
    old, new = done.answer.citations
    assert "公共数据以开放为原则" in old.quotes[0]
    assert "公共数据以共享为原则" in new.quotes[0]


def test_the_change_of_one_article_is_that_of_this_article(amended: Assistant) -> None:
    *_, done = amended.ask("公共数据开放办法第三条修改前后有什么变化", mode="extract")
    locators = {citation.locator for citation in done.answer.citations}
    assert locators == {"第三条"}


def test_only_the_text_in_force_is_searched(amended: Assistant) -> None:
    question = "公共数据开放遵循什么原则"
    assert owners(amended, question) == {NEW}
    assert owners(amended, question, Filters(as_of="2025-01-01")) == {OLD}


def test_the_old_text_is_still_there_to_be_read_and_says_what_it_is(amended: Assistant) -> None:
    assert amended.find_document("公共数据开放办法").id == NEW
    assert amended.reading.named("山东省公共数据开放办法") == OLD
    assert len(amended.reading.provisions(OLD)) == 23
    *_, done = amended.ask("修改前的公共数据开放办法第三条", mode="extract")
    assert "《山东省公共数据开放办法》修改后的文本自2026年3月1日起施行；这里是此前的文本。" in (
        done.answer.notices
    )


def owners(assistant: Assistant, question: str, filters: Filters | None = None) -> set[str]:
    return {p.provision.document_id for p in assistant.search(question, (), filters).passages}
