"""Several texts of one law: which one is found."""

import re
import shutil
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.vectors import VectorCache
from qa.ingest.clauses import clauses_of
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.numerals import to_han
from qa.ingest.shelf import Shelf
from qa.retrieval.passage import Filters, Turn
from qa.settings import Settings
from qa.volume import Volume

OLD, NEW = "sd-open-data", "sd-open-data-2026"
TITLE = "山东省公共数据开放办法"
AFTER = "山东省公共数据开放办法（2026年文本）"


@pytest.fixture(scope="module")
def amended(
    one_document: Path,
    embedder: Embedder,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Assistant:
    """One regulation, and its text from 2026 on: an article 4 more, article 10 less, 8 changed."""
    folder = tmp_path_factory.mktemp("amended")
    corpus_dir = Path(shutil.copytree(one_document, folder / "corpus"))
    corpus = read_corpus(corpus_dir)
    text = (corpus_dir / corpus.catalog.sources[0].file).read_text(encoding="utf-8")
    path = folder / "new.txt"
    path.write_text(amended_text(text), encoding="utf-8")
    proposal = propose(path, corpus.shared, corpus.catalog, Limits())
    entry = entry_for(proposal, corpus.catalog, version_of=OLD, effective="2026-03-01")
    Shelf(corpus_dir).add(proposal, entry, "test")
    corpus = read_corpus(corpus_dir)
    cache = VectorCache(folder / "vectors.sqlite")
    built = store.build(corpus, embedder, cache, folder / "indexes")
    index = store.open_index(built, corpus.fingerprint, embedder.fingerprint)
    there = settings.model_copy(update={"corpus_dir": corpus_dir})
    return Assistant(Volume(index, corpus.catalog, embedder, there), embedder, there)


def test_near_duplicates_are_told_from_the_index_as_from_the_texts(amended: Assistant) -> None:
    known = amended.corpus_now()
    read = read_corpus(known.folder)
    new = clauses_of(["第四条 公共数据开放的成效每年评估一次。"])
    clauses = new | clauses_of(p.text for p in read.of[OLD][:6])
    assert known.shared(clauses) == read.shared(clauses)
    assert {*read.shared(clauses)} == {OLD, NEW}
    assert known.shared(new) == {NEW: 1}


def amended_text(text: str) -> str:
    before, *articles = re.split(r"(?m)^(?=第[一二三四五六七八九十]+条)", text)
    del articles[9]
    articles.insert(3, "第四条 公共数据开放的成效每年评估一次。\n")
    renumbered = [
        re.sub(r"^第[一二三四五六七八九十]+条", f"第{to_han(n)}条", article)
        for n, article in enumerate(articles, start=1)
    ]
    return "".join([before, *renumbered]).replace("公共数据以开放为原则", "公共数据以共享为原则")


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
        ("旧法第三条怎么规定", Filters(), OLD),
        ("现行法第三条怎么规定", Filters(), NEW),
        ("修改后的法第三条怎么规定", Filters(), NEW),
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


@pytest.mark.parametrize(
    ("before", "question", "document", "locator"),
    [
        (["公共数据开放办法第六条"], "那修改前呢", OLD, "第五条"),
        (["公共数据开放办法第六条"], "以前怎么说", OLD, "第五条"),
        (["公共数据开放办法第六条"], "那2024年呢？", OLD, "第五条"),
        (["公共数据开放办法第六条"], "What about before the amendment?", OLD, "第五条"),
        (["公共数据开放办法第六条", "那修改前呢"], "那现在的呢？", NEW, "第六条"),
        (["修改前的公共数据开放办法第八条"], "现在怎么规定", NEW, "第九条"),
        (["修改前的公共数据开放办法第五条"], "修改后的公共数据开放办法呢", NEW, "第六条"),
        (["公共数据开放办法里，公共数据以什么为原则"], "旧法呢", OLD, "第八条"),
        (["修改前的公共数据开放办法第七条", "那第八条呢"], "现在呢", NEW, "第九条"),
    ],
)
def test_another_time_of_an_article_is_asked_for_whatever_its_number_then(
    amended: Assistant, before: list[str], question: str, document: str, locator: str
) -> None:
    first, *_ = amended.search(question, conversation(amended, before)).passages
    assert (first.provision.document_id, first.provision.locator) == (document, locator)


@pytest.mark.parametrize(
    ("before", "question", "told"),
    [
        ("修改前的公共数据开放办法第十条", "那现在呢", "对应的条文：修改时删去了。"),
        ("公共数据开放办法第四条", "以前呢", "对应的条文：它是修改时新增的。"),
    ],
)
def test_an_article_that_the_other_text_has_not_is_said_to_be_missing(
    amended: Assistant, before: str, question: str, told: str
) -> None:
    *_, done = amended.ask(question, conversation(amended, [before]), mode="extract")
    assert done.answer.refused and done.answer.refusal_reason
    assert done.answer.refusal_reason.endswith(told)


def test_its_number_now_is_asked_for_in_a_conversation(amended: Assistant) -> None:
    history = conversation(amended, ["修改前的公共数据开放办法第八条"])
    *_, done = amended.ask("现在是第几条", history, mode="extract")
    assert f"《{TITLE}》第八条，在《{AFTER}》里是第九条" in done.answer.text


def test_a_follow_up_that_says_more_than_a_time_is_searched_for(amended: Assistant) -> None:
    history = conversation(amended, ["修改前的公共数据开放办法第八条"])
    found = amended.search("现在对开放平台怎么规定", history)
    assert not found.direct and found.passages[0].provision.document_id == NEW


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("修改前公共数据以什么为原则", OLD),
        ("2024年6月，公共数据以什么为原则", OLD),
        ("公共数据以什么为原则", NEW),
    ],
)
def test_the_time_chooses_the_text_where_no_law_is_named(
    amended: Assistant, question: str, document: str
) -> None:
    assert owners(amended, question) == {document}


def test_the_other_text_stays_out_where_one_is_named(amended: Assistant) -> None:
    assert owners(amended, "修改前的公共数据开放办法对评估怎么规定") == {OLD}


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
    assert "修改 1 条，新增 1 条，删去 1 条，只改了条号 5 条" in done.answer.text
    added, old, new, deleted = done.answer.citations
    assert "每年评估一次" in added.quotes[0]
    assert "公共数据以开放为原则" in old.quotes[0]
    assert "公共数据以共享为原则" in new.quotes[0]
    assert (deleted.document, deleted.locator) == (TITLE, "第十条")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("公共数据开放办法新增了哪些条文", "新增 1 条"),
        ("公共数据开放办法删去了哪几条？", "删去 1 条"),
    ],
)
def test_what_was_added_and_what_was_deleted_is_told_alone(
    amended: Assistant, question: str, told: str
) -> None:
    *_, done = amended.ask(question, mode="extract")
    assert f"逐条对照：{told}。" in done.answer.text
    assert len(done.answer.citations) == 1


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("原公共数据开放办法第五条现在是第几条", f"《{TITLE}》第五条，在《{AFTER}》里是第六条"),
        (
            "公共数据开放办法修改前第八条对应现在哪一条",
            "第八条，在《{AFTER}》里是第九条，文字有修改",
        ),
        ("公共数据开放办法第九条在修改前是第几条", f"《{AFTER}》第九条，在《{TITLE}》里是第八条"),
        ("现行公共数据开放办法第六条是原来的第几条", "是第五条，文字没有改动"),
        ("公共数据开放办法第五条改成第几条了", "里是第六条"),
        ("旧法第五条对应新法哪一条", "里是第六条"),
        ("2024年的公共数据开放办法第五条现在是第几条", "里是第六条"),
        ("原公共数据开放办法第十条现在是第几条", "没有对应的条文：修改时删去了。"),
        ("公共数据开放办法第四条以前是第几条", "没有对应的条文：它是修改时新增的。"),
        ("修改前的公共数据开放办法第十条现在还有吗", "没有对应的条文：修改时删去了。"),
        (f"Which article of the current {TITLE} corresponds to the old Article 5?", "里是第六条"),
        (f"What article was Article 9 of the {TITLE} before the amendment?", "里是第八条"),
    ],
)
def test_which_article_of_the_other_text_it_is_is_answered_from_the_comparison(
    amended: Assistant, question: str, told: str
) -> None:
    *_, done = amended.ask(question, mode="extract")
    assert told.format(AFTER=AFTER) in done.answer.text


def test_which_article_tells_a_penalty_is_no_question_of_numbers(amended: Assistant) -> None:
    *_, done = amended.ask("公共数据开放办法第六条的罚则现在是哪一条", mode="extract")
    assert "里是第" not in done.answer.text


@pytest.mark.parametrize(
    "question",
    ["新旧公共数据开放办法对公共数据以什么为原则有什么不同", "公共数据开放办法的原则改了哪些"],
)
def test_the_changes_of_one_subject_are_those_that_speak_of_it(
    amended: Assistant, question: str
) -> None:
    *_, done = amended.ask(question, mode="extract")
    assert [(c.document, c.locator) for c in done.answer.citations] == [
        (TITLE, "第八条"),
        (AFTER, "第九条"),
    ]


@pytest.mark.parametrize("question", ["那跟修改前有什么变化", "修改了哪些内容"])
def test_what_changed_is_asked_of_the_article_of_the_conversation(
    amended: Assistant, question: str
) -> None:
    history = conversation(amended, ["公共数据开放办法第九条"])
    *_, done = amended.ask(question, history, mode="extract")
    assert [c.locator for c in done.answer.citations] == ["第八条", "第九条"]


def test_what_only_the_other_text_says_is_not_in_this_one(amended: Assistant) -> None:
    *_, done = amended.ask("修改前的公共数据开放办法对开放的成效怎么规定", mode="extract")
    *_, now = amended.ask("公共数据开放办法对开放的成效怎么规定", mode="extract")
    assert done.answer.refused and "没有写到“成效" in (done.answer.refusal_reason or "")
    assert "第四条" in {citation.locator for citation in now.answer.citations}


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


def conversation(assistant: Assistant, questions: list[str]) -> list[Turn]:
    """The questions with the answers that are given to them."""
    turns: list[Turn] = []
    for question in questions:
        *_, done = assistant.ask(question, turns, mode="extract")
        turns += [Turn("user", question), Turn("assistant", done.answer.text)]
    return turns


def owners(assistant: Assistant, question: str, filters: Filters | None = None) -> set[str]:
    return {p.provision.document_id for p in assistant.search(question, (), filters).passages}
