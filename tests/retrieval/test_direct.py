import pytest

from qa.assistant import Assistant
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters, Retrieval, Turn

ARTICLE = "按条号直接命中"


def named(found: Retrieval) -> list[tuple[str, str, str]]:
    return [
        (p.provision.document_id, p.provision.locator, p.focus) for p in found.passages if p.direct
    ]


@pytest.mark.parametrize(
    ("question", "document_id", "locator", "focus"),
    [
        ("数据安全法第二十一条", "dsl", "第二十一条", ""),
        ("《数安法》第21条", "dsl", "第二十一条", ""),
        ("《數據安全法》第二十一條", "dsl", "第二十一条", ""),
        ("个保法66条", "pipl", "第六十六条", ""),
        ("关基条例 第十五条第（七）项", "cii", "第十五条", "第（七）项"),
        ("个人信息保护法第六十六条第二款", "pipl", "第六十六条", "第二款"),
        ("Article 21 of the Cybersecurity Law", "csl", "第二十一条", ""),
    ],
)
def test_the_article_that_is_named_comes_first_with_score_1(
    question: str, document_id: str, locator: str, focus: str, assistant: Assistant
) -> None:
    found = assistant.search(question)
    assert named(found) == [(document_id, locator, focus)]
    assert found.direct
    assert (found.passages[0].score, found.passages[0].why) == (1.0, ARTICLE)
    assert all(p.score < 1 for p in found.passages[1:])
    assert found.missing == ()


def test_a_box_and_a_section_are_found_by_their_numbers(assistant: Assistant) -> None:
    for question, locator in (
        ("数字经济规划专栏5", "专栏 5"),
        ("数字经济规划第五部分第（二）节", "五、（二）"),
    ):
        first = assistant.search(question).passages[0]
        assert (first.provision.document_id, first.provision.locator) == (
            "plan-digital-economy",
            locator,
        )
        assert (first.score, first.why) == (1.0, "按章节序号直接命中")


def test_a_chapter_gives_its_articles_in_their_order(assistant: Assistant) -> None:
    # 第三章 网络运行安全 of the volume's text: 第一节 第二十一至三十条, 第二节 第三十一至三十九条.
    chapter = [locator for _, locator, _ in named(assistant.search("网络安全法第三章"))]
    assert (len(chapter), chapter[0], chapter[-1]) == (19, "第二十一条", "第三十九条")
    section = [locator for _, locator, _ in named(assistant.search("网络安全法第三章第二节"))]
    assert (len(section), section[0], section[-1]) == (9, "第三十一条", "第三十九条")


def test_several_articles_come_in_the_order_asked(assistant: Assistant) -> None:
    found = assistant.search("数据安全法第36条和个保法第41条有什么不同")
    assert named(found) == [("dsl", "第三十六条", ""), ("pipl", "第四十一条", "")]


def test_the_paragraph_asked_for_after_an_article_is_of_that_article(
    assistant: Assistant,
) -> None:
    history = [Turn("user", "数据安全法第二十一条讲什么"), Turn("assistant", "国家建立…")]
    assert named(assistant.search("上述第三款", history)) == [("dsl", "第二十一条", "第三款")]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "公共数据开放办法第三十条",
            "汇编收录的《山东省公共数据开放办法》共 23 条（至第二十三条），没有第三十条。",
        ),
        (
            "数安法第56条",
            "汇编收录的《中华人民共和国数据安全法》共 55 条（至第五十五条），没有第五十六条。",
        ),
        (
            "网络安全法第十章",
            "汇编收录的《中华人民共和国网络安全法》共 79 条（至第七十九条），没有第十章。",
        ),
        ("数字经济规划专栏50", "汇编收录的《“十四五”数字经济发展规划》没有“专栏 50”。"),
    ],
)
def test_a_place_that_does_not_exist_is_said_not_to_exist(
    question: str, sentence: str, assistant: Assistant
) -> None:
    found = assistant.search(question)
    assert found.missing == (sentence,)
    assert named(found) == []


def test_a_paragraph_that_does_not_exist_is_said_beside_its_article(
    assistant: Assistant,
) -> None:
    found = assistant.search("个人信息保护法第六十六条第三款")
    assert found.missing == ("《中华人民共和国个人信息保护法》第六十六条没有第三款。",)
    assert named(found)[0][:2] == ("pipl", "第六十六条")


def test_a_paragraph_of_nothing_is_asked_back(assistant: Assistant) -> None:
    (sentence,) = assistant.search("上述第三款").missing
    assert sentence.startswith("问题里的“第三款”没有说明是哪部文件的哪一条；请写明")


def test_an_article_number_without_a_document_is_looked_up_in_all(assistant: Assistant) -> None:
    found = assistant.search("第七十条是什么")
    assert {d for d, _, _ in named(found)} == {"csl", "pipl"}
    assert found.passages[0].why == "按条号直接命中（未指明文件）"


def test_words_in_quotation_marks_lead_to_the_one_provision_that_has_them(
    assistant: Assistant, provisions: dict[tuple[str, str], Provision]
) -> None:
    found = assistant.search("数据安全法里“重要数据的处理者应当明确数据安全负责人”是哪一条")
    assert found.passages[0].provision == provisions["dsl", "第二十七条"]
    assert found.passages[0].why == "所引原文仅见于此"


def test_a_filter_holds_for_direct_hits_too(assistant: Assistant) -> None:
    found = assistant.search("数据安全法第二十一条", filters=Filters(regions=("山东",)))
    assert named(found) == []
    assert found.missing == ()
