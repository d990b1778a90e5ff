import pytest

from qa.answering.polarity import contradicts, without_wrong_yes
from qa.answering.support import facts, support
from qa.ingest.provision import Provision

Provisions = dict[tuple[str, str], Provision]


def missing(sentence: str, *provisions: Provision) -> tuple[str, ...]:
    return support(sentence, provisions).missing


def test_a_sentence_in_the_words_of_its_article_is_supported(provisions: Provisions) -> None:
    article = provisions["dsl", "第二十九条"]
    found = support("发生数据安全事件时，应当立即采取处置措施，及时告知用户。", (article,))
    assert found.missing == ()
    assert found.words > 0.8


def test_the_same_sentence_is_not_supported_by_another_article(provisions: Provisions) -> None:
    other = provisions["dsl", "第五十五条"]
    found = support("发生数据安全事件时，应当立即采取处置措施，及时告知用户。", (other,))
    assert found.words < 0.4


def test_what_is_repeated_of_the_question_needs_no_support(provisions: Provisions) -> None:
    article = provisions["dsl", "第二十九条"]
    sentence = "我们单位的系统被黑了，应当立即采取处置措施。"
    alone = support(sentence, (article,)).words
    assert support(sentence, (article,), "我们单位的系统被黑了怎么办").words > alone + 0.2


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("可以处五万元以上五十万元以下罚款。", ()),
        ("可以处5万元以上50万元以下罚款。", ()),
        ("可以处50,000元以上500,000元以下罚款。", ()),
        ("可以处六万元以上五十万元以下罚款。", ("6",)),
        ("根据第四十五条，责令改正。", ()),
        ("根据第四十六条，责令改正。", ("第46条",)),
        ("根据《数据安全法》第四十五条，责令改正。", ()),
        ("根据《中华人民共和国数据安全法》第四十五条，责令改正。", ()),
        ("根据《网络安全法》，责令改正。", ("网络安全法",)),
        ("Article 45: fines of 50,000 to 500,000 yuan.", ()),
        ("Fines of 0.5 million yuan.", ()),
        ("Article 46 applies; the fine is 3 million yuan.", ("第46条", "3")),
        ("Fines of up to 50 million yuan.", ("50",)),
        ("可以处五亿元罚款。", ("5",)),
    ],
)
def test_a_wrong_figure_article_or_title_is_found(
    sentence: str, wrong: tuple[str, ...], provisions: Provisions
) -> None:
    assert missing(sentence, provisions["dsl", "第四十五条"]) == wrong


def test_a_percentage_whose_sign_stands_in_the_header_of_the_table_is_found(
    provisions: Provisions,
) -> None:
    (row,) = (p for p in provisions.values() if "数字校园建设覆盖率" in p.locator)
    assert missing("2020年为93.8%，2025年达到100%。", row) == ()
    assert missing("2020年为98.3%。", row) == ("98.3",)


def test_two_provisions_support_together_what_neither_does_alone(provisions: Provisions) -> None:
    first, second = provisions["dsl", "第二十七条"], provisions["dsl", "第二十九条"]
    sentence = "第二十七条要求建立全流程数据安全管理制度，第二十九条要求加强风险监测。"
    assert missing(sentence, first) == ("第29条",)
    assert missing(sentence, second) == ("第27条",)
    assert missing(sentence, first, second) == ()


def test_facts_are_read_as_written_and_in_full() -> None:
    assert facts("《网络安全法》第二十一条处300万元") == (
        *(("网络安全法", "网络安全法"), ("第21条", "第21条")),
        ("300", "3e+06"),
    )


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("自然人的个人信息受法律保护，任何组织、个人不得侵害自然人的个人信息权益。", False),
        ("任何组织、个人可以侵害自然人的个人信息权益。", True),
        ("任何组织、个人都不得侵害自然人的个人信息权益。", False),
    ],
)
def test_a_sentence_that_turns_its_article_round_is_noticed(
    sentence: str, turned: bool, provisions: Provisions
) -> None:
    assert contradicts(sentence, [provisions["pipl", "第二条"]]) is turned


def test_a_yes_before_a_prohibition_is_taken_off() -> None:
    assert without_wrong_yes("可以，运营者不得拒绝。") == "运营者不得拒绝。"
    assert without_wrong_yes("不可以，运营者不得拒绝。") == "不可以，运营者不得拒绝。"
    assert without_wrong_yes("可以，但不得公开。") == "可以，但不得公开。"
    assert (
        without_wrong_yes("可以，个人有权撤回同意，不得拒绝。")
        == "可以，个人有权撤回同意，不得拒绝。"
    )
