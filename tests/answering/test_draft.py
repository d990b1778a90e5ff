import pytest

from qa.answering.draft import Sentence, goes_in_circles, sentences_of


def numbers(text: str) -> list[tuple[int, ...]]:
    return [sentence.numbers for sentence in sentences_of(text)]


def test_marks_before_and_behind_the_full_stop_belong_to_their_sentence() -> None:
    assert sentences_of("不能拒绝注销[1]。应当立即删除。[1][2]处罚款[3]") == [
        Sentence("不能拒绝注销。", (1,), True),
        Sentence("应当立即删除。", (1, 2)),
        Sentence("处罚款", (3,)),
    ]


@pytest.mark.parametrize(
    ("mark", "cited"),
    [
        *(("【1】", (1,)), ("［2］", (2,)), ("[1,2]", (1, 2)), ("[1、3]", (1, 3))),
        *(("（资料2）", (2,)), ("（[1]）", (1,)), ("[资料1]", (1,)), (" [1] [2]", (1, 2))),
    ],
)
def test_a_mark_of_any_style_is_read(mark: str, cited: tuple[int, ...]) -> None:
    (sentence,) = sentences_of(f"应当立即删除{mark}。")
    assert (sentence.text, sentence.numbers) == ("应当立即删除。", cited)


def test_an_item_number_of_the_law_is_no_mark() -> None:
    (sentence,) = sentences_of("属于第十五条第（7）项[1]。")
    assert (sentence.text, sentence.numbers) == ("属于第十五条第（7）项。", (1,))


def test_a_decimal_point_ends_no_sentence_and_an_english_full_stop_does() -> None:
    assert numbers("目标是14.7%[1]。另一项是20.5%[2]。") == [(1,), (2,)]
    found = sentences_of("It must not do so [1]. The fine is 1.5 million yuan [2].")
    assert [s.text for s in found] == ["It must not do so.", "The fine is 1.5 million yuan."]


def test_lists_strong_words_and_echoes_are_taken_off() -> None:
    found = sentences_of("回答：\n- **应当**报告[1]。\n2. 应当告知用户[2]。")
    assert [s.text for s in found] == ["应当报告。", "应当告知用户。"]
    assert all(s.begins_paragraph for s in found)


def test_a_sentence_said_twice_counts_once() -> None:
    assert len(sentences_of("应当报告[1]。应当报告[2]。")) == 1


def test_a_text_of_marks_alone_has_no_sentence() -> None:
    assert sentences_of("[1][2]。\n……") == []


@pytest.mark.parametrize(
    "text",
    ["应当依法报告[1]。" * 3, "数据安全" * 12, "开头正常。" + "的" * 30, "甲，" * 20],
)
def test_a_model_that_goes_in_circles_is_noticed(text: str) -> None:
    assert goes_in_circles(text)


def test_a_list_with_like_beginnings_is_no_circle() -> None:
    law = "国家建立数据分类分级保护制度，国家建立数据安全审查制度，国家建立数据安全应急处置机制。"
    assert not goes_in_circles(law)
    assert not goes_in_circles("处一万元以上十万元以下罚款；处十万元以上一百万元以下罚款。")
