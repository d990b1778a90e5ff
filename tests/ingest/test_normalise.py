import pytest

from qa.ingest.normalise import normalise, simplified, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第21条", "第二十一条"),
        ("第 21 条", "第二十一條"),
        ("第二十一条之一", "第21条之一"),
        ("5万元", "五万元"),
        ("50 万元以上", "五十万元以上"),
        ("两年", "2年"),
        ("百分之五", "5%"),
        ("百分之八十", "80％"),
        ("2016.4.19", "2016年4月19日"),
        ("2016 年 4 月 19 日", "2016-04-19"),
        ("二十个工作日", "20个工作日"),
        ("第（三）项", "第(3)项"),
        ("5G 网络", "５Ｇ网络"),
        ("IPV6", "IPv6"),
        ("數據安全法", "数据安全法"),
        ("個人信息處理者", "个人信息处理者"),
        ("關鍵信息基礎設施", "关键信息基础设施"),
        ("How long must network logs be kept", "network log kept"),
        ("penalties, measures and offices", "penalty measure office"),
        ("the process of analysis", "process analysis"),
    ],
)
def test_two_spellings_give_the_same_search_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other)
    assert terms(one)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("第二十一條", "第21条"),
        ("处五万元以上五十万元以下罚款", "处5万元以上50万元以下罚款"),
        ("一〇三日", "103日"),
        ("2023年9月4日", "2023年9月4日"),
    ],
)
def test_numbers_are_written_in_arabic(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize("text", ["一体化", "统一", "三农", "千方百计", "万物互联", "百花齐放"])
def test_a_word_that_holds_a_number_keeps_it(text: str) -> None:
    assert normalise(text) == text


def test_different_articles_and_amounts_stay_apart() -> None:
    assert set(terms("第二十一条")) != set(terms("第二十二条"))
    assert "5万" in terms("五万元") and "5万" not in terms("五十万元")


def test_terms_are_characters_words_numbers_and_neighbours() -> None:
    assert terms("5G网络") == ["5", "g", "网", "络", "5g", "g网", "网络"]


def test_a_pair_does_not_reach_over_punctuation() -> None:
    assert "据安" not in terms("数据，安全")


@pytest.mark.parametrize("text", ["", "。，", "第条", "第十百条", "二一万元", "\t\n", "💡"])
def test_odd_text_gives_terms_without_an_error(text: str) -> None:
    assert terms(text) == terms(normalise(text))


def test_simplified_text_is_left_alone() -> None:
    assert simplified("数据安全法") == "数据安全法"
