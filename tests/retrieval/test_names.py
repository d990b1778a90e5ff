import pytest

from qa.ingest.catalog import Catalog
from qa.retrieval.names import DepartmentNames, DocumentNames, plain


@pytest.fixture(scope="module")
def names(catalog: Catalog) -> DocumentNames:
    return DocumentNames(catalog.documents)


def test_every_title_and_every_short_name_leads_to_its_document(
    names: DocumentNames, catalog: Catalog
) -> None:
    for entry in catalog.documents:
        for name in (entry.title, *entry.names):
            found = [m.document_id for m in names.mentions(plain(f"请问{name}"))]
            assert found == [entry.id], name


@pytest.mark.parametrize(
    ("question", "document_ids"),
    [
        ("数安法和个保法有什么区别", ["dsl", "pipl"]),
        ("關鍵信息基礎設施安全保護條例適用於誰", ["cii"]),
        ("What is the Data Security Law about?", ["dsl"]),
        ("山东省电子政务那个办法里怎么说", ["sd-egov"]),
        ("“十四五” 数字 经济发展规划", ["plan-digital-economy"]),
        ("DSLR相机", []),
        ("数据怎么处理才安全", []),
    ],
)
def test_documents_are_found_as_people_name_them(
    question: str, document_ids: list[str], names: DocumentNames
) -> None:
    assert [m.document_id for m in names.mentions(plain(question))] == document_ids


def test_the_longest_name_wins(names: DocumentNames) -> None:
    (mention,) = names.mentions("山东省十四五数字强省建设规划")
    assert (mention.document_id, mention.start) == ("sd-strong-province", 0)


def test_titles_that_are_not_here_are_strangers(names: DocumentNames) -> None:
    question = "《密码法》和《数据安全法》、《数安法》"
    assert list(names.strangers(question)) == ["密码法"]


def test_departments_are_found_with_and_without_the_province() -> None:
    departments = DepartmentNames(["省商务厅", "省大数据局", "济南海关"])
    assert departments.mentioned("商务厅和省大数据局、济南海关") == (
        "省商务厅",
        "省大数据局",
        "济南海关",
    )
    assert departments.mentioned("商务") == ()
    assert DepartmentNames([]).mentioned("省商务厅") == ()
