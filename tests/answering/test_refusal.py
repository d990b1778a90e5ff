import pytest

from qa.retrieval.passage import Filters, Turn
from tests.answering.conftest import Ask


def test_an_article_that_does_not_exist_is_refused_with_the_number_of_articles(ask: Ask) -> None:
    answer = ask("公共数据开放办法第三十条").answer
    assert answer.refused
    sentence = "汇编收录的《山东省公共数据开放办法》共 23 条（至第二十三条），没有第三十条。"
    assert answer.refusal_reason == sentence
    assert answer.text.startswith(sentence + "\n\n汇编中与此最接近的内容：")
    assert [c.document for c in answer.citations] == ["山东省公共数据开放办法"] * 3
    assert all(c.quotes == () for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("《密码法》把密码分为哪三类", "《密码法》"),
        ("刑法第二百五十三条之一怎么规定的", "《刑法》"),
        ("民法典第一千零三十四条", "《民法典》"),
        ("GDPR第17条", "《GDPR》"),
        ("What does Article 17 of the GDPR say?", "《GDPR》"),
    ],
)
def test_a_law_that_is_not_here_is_refused_by_its_name(question: str, name: str, ask: Ask) -> None:
    answer = ask(question).answer
    assert answer.refusal_reason == f"汇编没有收录{name}，不能据此回答。"
    assert 1 <= len(answer.citations) <= 3


def test_a_law_beside_an_article_that_is_here_is_no_reason_to_refuse(ask: Ask) -> None:
    answer = ask("数据安全法第二十一条和《密码法》是什么关系").answer
    assert not answer.refused
    assert answer.citations[0].locator == "第二十一条"


@pytest.mark.parametrize(
    "question",
    [
        "给我讲个笑话",
        "推荐一家火锅店",
        "感冒了吃什么药",
        "姚明多高",
        "怎么做红烧肉",
        "who won the world cup",
        "how to cook pasta",
    ],
)
def test_what_has_nothing_to_do_with_the_volume_is_refused(question: str, ask: Ask) -> None:
    answer = ask(question).answer
    assert answer.refused
    assert answer.refusal_reason == "汇编里没有找到能回答这个问题的内容。"


@pytest.mark.parametrize("question", ["你好", "谢谢！", "hello", "😀😀😀", "？？？", "……", "--"])
def test_small_talk_and_signs_without_a_word_are_answered_with_how_to_ask(
    question: str, ask: Ask
) -> None:
    answer = ask(question).answer
    assert answer.refused
    assert answer.text == "请输入要在汇编里查的问题，例如“数据安全法第二十一条讲什么”。"
    assert answer.citations == ()


def test_a_paragraph_of_nothing_is_asked_back(ask: Ask) -> None:
    answer = ask("上述第三款").answer
    assert answer.refused
    assert "没有说明是哪部文件的哪一条" in (answer.refusal_reason or "")


def test_filters_that_leave_nothing_are_named_as_the_reason(ask: Ask) -> None:
    answer = ask("数据怎么分级", filters=Filters(levels=("讲话",), regions=("山东",))).answer
    assert answer.refusal_reason == "在所选的范围内没有找到相关内容；可以放宽筛选条件再问。"


def test_a_short_follow_up_is_not_taken_for_small_talk(ask: Ask) -> None:
    history = [Turn("user", "数据安全法第四十八条罚多少"), Turn("assistant", "五万元以上…")]
    assert not ask("那为什么呢", history).answer.refused


def test_words_quoted_from_the_volume_are_reason_enough_to_answer(ask: Ask) -> None:
    answer = ask("提到“小院高墙”的是哪一次发言？对这种做法怎么评价？").answer
    assert not answer.refused
    assert any("小院高墙" in quote for c in answer.citations for quote in c.quotes)


def test_when_a_listed_document_was_issued_is_answered_from_the_list(ask: Ask) -> None:
    answer = ask("《关于数字经济发展情况的报告》是谁什么时候发文的").answer
    assert not answer.refused
    assert "2022.10.28" in answer.text
