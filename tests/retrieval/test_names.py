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


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("工信部发的", ("工业和信息化部",)),
        ("国家发改委和省发改委", ("国家发展和改革委员会", "省发展改革委")),
        ("省住建厅、卫健委", ("省住房城乡建设厅", "省卫生健康委")),
        ("中央网信办", ("中央网络安全和信息化委员会办公室",)),
        ("最高法", ("最高人民法院",)),
        ("国务院国资委", ("国务院国资委办公厅",)),
        ("国务院有关部门", ("国务院",)),
        ("各部门都要做", ()),
        ("信息部门", ()),
    ],
)
def test_abbreviated_departments_are_found(question: str, names: tuple[str, ...]) -> None:
    departments = DepartmentNames(
        [
            "工业和信息化部",
            "国家发展和改革委员会",
            "省发展改革委",
            "省住房城乡建设厅",
            "省卫生健康委",
            "中央网络安全和信息化委员会办公室",
            "最高人民法院",
            "国务院国资委办公厅",
            "国务院",
            "各有关部门",
        ]
    )
    assert departments.mentioned(question) == names


def test_a_department_that_is_not_meant_is_excluded() -> None:
    departments = DepartmentNames(["省政府办公厅", "省大数据局"])
    question = "省大数据局的，哪些不是省政府办公厅发的"
    assert departments.mentioned(question) == ("省大数据局",)
    assert [d.name for d in departments.excluded(question)] == ["省政府办公厅"]
