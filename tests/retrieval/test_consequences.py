import pytest

from qa.assistant import Assistant
from qa.retrieval.consequences import asks_for_consequences

DUTY = ("中华人民共和国数据安全法", "第三十五条")
PENALTY = ("中华人民共和国数据安全法", "第四十八条")


def places(assistant: Assistant, question: str) -> list[tuple[str, str]]:
    passages = assistant.search(question).passages
    return [(p.provision.document, p.provision.locator) for p in passages]


@pytest.mark.parametrize(
    "question", ["不配合公安调查数据会怎样", "公安机关依法调取数据，拒不配合的要承担什么法律责任"]
)
def test_who_asks_what_follows_finds_the_penalty_beside_the_duty(
    assistant: Assistant, question: str
) -> None:
    assert set(places(assistant, question)[:2]) == {DUTY, PENALTY}


def test_the_penalty_says_for_breaking_what(assistant: Assistant) -> None:
    second = assistant.search("不配合公安调查数据会怎样").passages[1]
    assert second.why == "违反《中华人民共和国数据安全法》第三十五条的后果"


def test_who_asks_for_the_duty_has_nothing_moved(assistant: Assistant) -> None:
    passages = assistant.search("公安机关要调取数据时单位要做什么").passages
    assert (passages[0].provision.document, passages[0].provision.locator) == DUTY
    assert not any(passage.why.endswith("的后果") for passage in passages)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("没有定级备案会怎么样", True),
        ("泄露了客户资料怎么办", True),
        ("违反规定的单位怎么處理", True),
        ("政务数据怎么处理", False),
        ("个人信息处理者怎么告知", False),
        ("大数据局负责什么", False),
    ],
)
def test_consequences_are_asked_for_in_everyday_words(question: str, asks: bool) -> None:
    assert asks_for_consequences(question) is asks
