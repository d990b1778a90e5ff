import pytest

from qa.ingest.catalog import Catalog
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.references import Reference, references


@pytest.fixture(scope="module")
def names(catalog: Catalog) -> DocumentNames:
    return DocumentNames(catalog.documents)


def read(question: str, names: DocumentNames) -> list[tuple[str | None, str]]:
    return [(r.document_id, r.locator) for r in references(plain(question), names)]


@pytest.mark.parametrize(
    ("question", "document_id", "locators"),
    [
        ("数据安全法第二十一条", "dsl", "第二十一条"),
        ("数据安全法第二十一条讲什么", "dsl", "第二十一条"),
        ("《数安法》第21条", "dsl", "第二十一条"),
        ("《数据安全法》第 21 条", "dsl", "第二十一条"),
        ("《数据安全法》里的第二十一条", "dsl", "第二十一条"),
        ("数据安全法二十一条", "dsl", "第二十一条"),
        ("数据安全法第廿一条", "dsl", "第二十一条"),
        ("《數據安全法》第二十一條第二款", "dsl", "第二十一条第二款"),
        ("数据安全法第２１条", "dsl", "第二十一条"),
        ("个保法66条", "pipl", "第六十六条"),
        ("个保法第六十六条第一款", "pipl", "第六十六条第一款"),
        ("《个人信息保护法》第13条第1款第（2）项", "pipl", "第十三条第一款第（二）项"),
        ("关基条例 第十五条第（七）项", "cii", "第十五条第（七）项"),
        ("关基条例第十五条第七项", "cii", "第十五条第（七）项"),
        ("数据安全法第21、22条", "dsl", "第二十一条 第二十二条"),
        ("数据安全法第二十一条、第二十二条", "dsl", "第二十一条 第二十二条"),
        ("根据数据安全法第二十七条和第三十条", "dsl", "第二十七条 第三十条"),
        ("个人信息保护法第四十一条至第四十三条", "pipl", "第四十一条 第四十二条 第四十三条"),
        ("个保法41-43条", "pipl", "第四十一条 第四十二条 第四十三条"),
        ("网安法第二十一条到二十三条", "csl", "第二十一条 第二十二条 第二十三条"),
        ("Article 21 of the Cybersecurity Law", "csl", "第二十一条"),
        (
            "What do Articles 21 and 22 of the Data Security Law say?",
            "dsl",
            "第二十一条 第二十二条",
        ),
        ("PIPL, Art. 13", "pipl", "第十三条"),
        ("第二十一条（数据安全法）", "dsl", "第二十一条"),
        ("数据安全法第三十条之二", "dsl", "第三十条之二"),
        ("公共数据开放办法第三十条", "sd-open-data", "第三十条"),
        ("数据安全法第0条", "dsl", "第零条"),
        ("数据二十条第五条", "data-20", "第五条"),
        ("数字经济规划专栏5", "plan-digital-economy", "专栏 5"),
        ("数字经济规划第五个专栏", "plan-digital-economy", "专栏 5"),
        ("数字强省规划专栏十", "sd-strong-province", "专栏 10"),
        ("数字经济规划第五部分第（二）节", "plan-digital-economy", "第五部分第（二）项"),
        ("网络安全法第三章", "csl", "第三章"),
    ],
)
def test_a_reference_is_read_in_every_spelling(
    question: str, document_id: str, locators: str, names: DocumentNames
) -> None:
    # 专栏 5 has a space of its own.
    wanted = [locators] if locators.startswith("专栏") else locators.split()
    assert read(question, names) == [(document_id, locator) for locator in wanted]


def test_each_reference_belongs_to_the_document_named_before_it(names: DocumentNames) -> None:
    question = "数据安全法第三十六条和个人信息保护法第四十一条有什么不同"
    assert read(question, names) == [("dsl", "第三十六条"), ("pipl", "第四十一条")]
    question = "网络安全法与数据安全法第二十一条"
    assert read(question, names) == [("dsl", "第二十一条")]


def test_a_place_without_an_article_is_kept_for_the_conversation(names: DocumentNames) -> None:
    assert references("上述第3款", names) == (Reference(paragraph=3),)
    assert references("它的第1款第(2)项", names) == (Reference(paragraph=1, item=2),)
    assert all(r.is_place_alone for r in references("第2款呢", names))


@pytest.mark.parametrize(
    ("question", "stranger", "locator"),
    [
        ("刑法第二百五十三条之一怎么规定的", "刑法", "第二百五十三条之一"),
        ("民法典第一千零三十四条", "民法典", "第一千零三十四条"),
        ("请问《电子商务法》第5条是什么", "电子商务法", "第五条"),
        ("根据宪法第四十条", "宪法", "第四十条"),
        ("GDPR第17条", "GDPR", "第十七条"),
        ("欧盟GDPR的第17条是什么", "GDPR", "第十七条"),
        ("Article 17 of the GDPR", "GDPR", "第十七条"),
    ],
)
def test_an_article_of_a_law_that_is_not_here_belongs_to_a_stranger(
    question: str, stranger: str, locator: str, names: DocumentNames
) -> None:
    (found,) = references(plain(question), names)
    assert (found.document_id, found.stranger, found.locator) == (None, stranger, locator)


def test_the_law_and_this_law_are_no_strangers(names: DocumentNames) -> None:
    for question in ("what does article 21 of the law say", "本法第二十一条", "违反本条例第三条"):
        (found,) = references(plain(question), names)
        assert found.stranger == ""


@pytest.mark.parametrize(
    "question",
    [
        "数据二十条",
        "数据二十条讲了什么",
        "这条",
        "一条建议",
        "给我一条建议",
        "给5-10条建议",
        "20条政策",
        "十条措施",
        "有多少条",
        "数据安全法有多少条",
        "数据安全法一共有几条",
        "泄露了5000条个人信息怎么办",
        "数据安全法规定泄露500条以上怎么处罚",
        "数据安全法第一百百条",
        "数据安全法第99999999999999999999条",
        "385行动计划",
        "14th Five-Year Plan for Digital Economy Development",
    ],
)
def test_what_is_no_reference_is_not_read_as_one(question: str, names: DocumentNames) -> None:
    assert references(plain(question), names) == ()


def test_a_range_is_bounded(names: DocumentNames) -> None:
    assert len(references("网络安全法第1条至第99999条", names)) == 20
    assert references("网络安全法第9条至第3条", names) == ()
