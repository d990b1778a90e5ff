import pytest

from qa.errors import QuestionError
from qa.ingest.catalog import Catalog
from qa.retrieval.names import DepartmentNames, DocumentNames
from qa.retrieval.passage import Turn
from qa.retrieval.question import Question, QuestionReader, cleaned


@pytest.fixture(scope="module")
def reader(catalog: Catalog) -> QuestionReader:
    return QuestionReader(
        DocumentNames(catalog.documents), DepartmentNames(["省商务厅", "省财政厅"]), max_chars=2000
    )


def asked(*questions: str) -> list[Turn]:
    return [
        turn
        for question in questions
        for turn in (Turn("user", question), Turn("assistant", "（回答）"))
    ]


def locators(question: Question) -> list[tuple[str | None, str]]:
    return [(r.document_id, r.locator) for r in question.references]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\ufeff", "\x00\x1b\x07"])
def test_an_empty_question_is_said_to_be_empty(text: str, reader: QuestionReader) -> None:
    with pytest.raises(QuestionError, match=r"^问题是空的；请输入要问的内容。$"):
        reader.read(text)


def test_a_question_of_20000_characters_is_refused_with_both_lengths(
    reader: QuestionReader,
) -> None:
    with pytest.raises(QuestionError, match=r"20000 个字，超过了 2000 个字；请缩短"):
        reader.read("数" * 20_000)
    assert len(reader.read("数" * 2000).text) == 2000


def test_control_and_invisible_characters_are_dropped() -> None:
    assert cleaned("数据\x00安全\u200b法\r\n第 21 条\x1b[31m") == "数据 安全法 第 21 条 [31m"


def test_html_stays_the_text_it_is(reader: QuestionReader) -> None:
    assert reader.read("<b>数据安全</b>&amp;").text == "<b>数据安全</b>&amp;"


def test_departments_dates_years_and_quotes_are_read(reader: QuestionReader) -> None:
    question = reader.read("2016.4.19和2022年6月商务厅说的“弯道超车在2025年”是什么")
    assert question.departments == ("省商务厅",)
    assert question.dates == ("2016-04-19", "2022-06")
    assert "2025" in question.years
    assert question.quotes == ("弯道超车在2025年",)


def test_a_paragraph_alone_is_of_the_article_spoken_of(reader: QuestionReader) -> None:
    history = asked("数据安全法第二十一条讲什么")
    assert locators(reader.read("上述第三款", history)) == [("dsl", "第二十一条第三款")]
    assert locators(reader.read("第二款呢", history)) == [("dsl", "第二十一条第二款")]


def test_an_article_alone_is_of_the_document_spoken_of(reader: QuestionReader) -> None:
    history = asked("数据安全法是什么时候施行的")
    question = reader.read("第三十条呢", history)
    assert locators(question) == [("dsl", "第三十条")]
    assert question.earlier


def test_a_chapter_alone_is_of_the_document_and_not_of_the_article(
    reader: QuestionReader,
) -> None:
    history = asked("数据安全法第二十一条讲什么")
    assert locators(reader.read("第三章呢", history)) == [("dsl", "第三章")]


def test_the_last_article_spoken_of_counts(reader: QuestionReader) -> None:
    history = asked("数据安全法第二十一条", "个保法第十三条")
    assert locators(reader.read("它的第一款", history)) == [("pipl", "第十三条第一款")]


def test_the_answers_count_as_spoken_too(reader: QuestionReader) -> None:
    history = [Turn("user", "泄露了怎么办"), Turn("assistant", "《个人信息保护法》第五十七条：…")]
    assert locators(reader.read("上述第二款", history)) == [("pipl", "第五十七条第二款")]


def test_a_question_that_names_its_document_stands_alone(reader: QuestionReader) -> None:
    question = reader.read("那个保法第十三条呢", asked("数据安全法第二十一条"))
    assert locators(question) == [("pipl", "第十三条")]
    assert not question.earlier


def test_without_a_conversation_a_place_stays_open(reader: QuestionReader) -> None:
    assert locators(reader.read("上述第三款")) == [(None, "第三款")]
