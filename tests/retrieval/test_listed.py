import pytest

from qa.ingest.provision import Provision
from qa.retrieval.listed import asks_for_documents, issuers, region
from qa.retrieval.names import plain


@pytest.mark.parametrize(
    ("locator", "names"),
    [
        ("第8项", ("国务院",)),
        ("第1项", ("全国人大常委会",)),
        ("第6项", ("中共中央办公厅", "国务院")),
        ("第26项", ("国家发展和改革委员会", "市场监管总局")),
        ("第23项", ("国家发展和改革委员会",)),
        ("第77项", ("省人大常委会",)),
        ("第82项", ("省政府办公厅",)),
    ],
)
def test_issuers_have_the_names_that_the_volume_uses(
    locator: str, names: tuple[str, ...], provisions: dict[tuple[str, str], Provision]
) -> None:
    assert issuers(provisions["list", locator]) == names


def test_a_listed_document_is_from_where_its_issuer_is(
    provisions: dict[tuple[str, str], Provision],
) -> None:
    listed = [p for p in provisions.values() if p.kind == "entry"]
    shandong = [p.locator for p in listed if region(p, "国家") == "山东"]
    assert shandong == [f"第{number}项" for number in range(77, 85)]
    assert region(provisions["sd-open-data", "第八条"], "山东") == "山东"
    assert region(provisions["dsl", "第八条"], "国家") == "国家"


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("最高法发过什么数据方面的文件", True),
        ("中医药信息化的规划是谁印发的", True),
        ("附表里有几个是科技部的", True),
        ("385任务清单里省教育厅2025年干什么", False),
        ("国务院有关部门要怎么保护数据", False),
        ("座谈会上有哪些人发言", False),
    ],
)
def test_a_question_for_documents_is_told_from_one_about_their_content(
    question: str, asks: bool
) -> None:
    assert asks_for_documents(plain(question)) == asks
