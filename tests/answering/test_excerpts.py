import pytest

from qa.answering.excerpts import Excerpt, excerpts
from qa.answering.relevance import Relevance
from qa.assistant import Assistant
from qa.index.embedding import Embedder

QUESTIONS = [
    "个人信息泄露了单位要做什么",
    "公共数据可以不开放吗",
    "385行动里2025年省商务厅在数据应用上要做什么",
    "数字经济核心产业增加值占GDP比重2025年目标",
]


@pytest.fixture(scope="module")
def relevance(embedder: Embedder) -> Relevance:
    return Relevance(embedder)


def given(assistant: Assistant, relevance: Relevance, question: str, room: int) -> list[Excerpt]:
    return [*excerpts(assistant.search(question), room, relevance)]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("room", [200, 600, 3000])
def test_the_excerpts_keep_to_their_room_and_to_the_words_of_the_text(
    question: str, room: int, assistant: Assistant, relevance: Relevance
) -> None:
    found = given(assistant, relevance, question, room)
    assert [excerpt.n for excerpt in found] == list(range(1, len(found) + 1))
    assert 0 < sum(len(excerpt.text) for excerpt in found) <= max(room, 250) + 40
    for excerpt in found:
        if excerpt.passage.provision.kind == "row":
            continue  # with units, see below
        text = "".join(excerpt.passage.provision.text.split())
        for piece in excerpt.text.replace("；……", "……").strip("；").split("……"):
            for words in piece.split("；"):
                assert "".join(words.split()) in text


def test_the_best_passage_comes_first(assistant: Assistant, relevance: Relevance) -> None:
    found = given(assistant, relevance, QUESTIONS[1], 400)
    assert found[0].passage.provision.name == "《山东省公共数据开放办法》第八条"
    assert found[0].passage.provision.text.startswith("第八条")


def test_more_room_gives_more_passages(assistant: Assistant, relevance: Relevance) -> None:
    few, many = (given(assistant, relevance, QUESTIONS[0], room) for room in (200, 2000))
    assert len(few) < len(many)


def test_a_named_article_comes_first_and_what_may_be_asked_beside_it_follows(
    assistant: Assistant, relevance: Relevance
) -> None:
    question = "违反网络安全法第二十七条受了治安处罚，多久不能干网络运营的关键岗位"
    first, *others = given(assistant, relevance, question, 600)
    assert first.line.startswith("[1]《网络安全法》第二十七条：")
    assert "第六十三条" in [excerpt.passage.provision.locator for excerpt in others]


def test_of_a_named_paragraph_nothing_else_is_read(
    assistant: Assistant, relevance: Relevance
) -> None:
    first, *_ = given(assistant, relevance, "数据安全法第二十一条第二款的核心数据由谁管", 1000)
    assert "核心数据" in first.text
    assert "分类分级保护制度，根据" not in first.text


def test_a_table_row_says_year_and_unit_with_each_figure(
    assistant: Assistant, relevance: Relevance
) -> None:
    first, *_ = given(assistant, relevance, "“爱山东”日活跃用户数2025年的目标", 600)
    assert first.text.startswith("2025 年：800万人；")
    first, *_ = given(assistant, relevance, QUESTIONS[3], 600)
    assert "2025 年：10%；" in first.text
