import re
from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.catalog import Catalog, Counts, Totals, load_catalog
from qa.settings import PROJECT

CORPUS = PROJECT / "corpus"

SOURCE = '[[source]]\nfile = "卷.txt"\ntitle = "某汇编"\n'
DOCUMENT = '[[document]]\nid = "dsl"\ntitle = "数据安全法"\nlevel = "法律"\nregion = "国家"\n'

EVERYDAY = ("大数据", "数字政府", "数字经济", "数据安全", "网络安全", "公共数据", "政务数据")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CORPUS)


@pytest.fixture(scope="module")
def lines(catalog: Catalog) -> list[str]:
    text = (CORPUS / catalog.sources[0].file).read_text(encoding="utf-8")
    return ["".join(line.split()) for line in text.splitlines()]


def plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def test_every_title_and_part_is_a_line_of_the_volume(catalog: Catalog, lines: list[str]) -> None:
    for line in [d.title for d in catalog.documents] + list(catalog.sources[0].parts):
        assert line in lines


def test_documents_stand_in_the_order_of_the_volume(catalog: Catalog, lines: list[str]) -> None:
    places = [lines.index(document.title) for document in catalog.documents]
    assert places == sorted(places)


def test_expected_counts_of_the_documents_add_up_to_those_of_the_volume(catalog: Catalog) -> None:
    total = catalog.sources[0].expect
    assert total.documents == len(catalog.documents) == 20
    assert total.joins == 152
    for kind in Counts.model_fields:
        assert sum(getattr(d.expect, kind) for d in catalog.documents) == getattr(total, kind)
    assert [d.expect.articles for d in catalog.documents if d.expect.articles] == [
        79, 55, 74, 51, 52, 40, 23
    ]  # fmt: skip


def test_issue_dates_and_issuers_are_those_of_the_list_of_the_volume(
    catalog: Catalog, lines: list[str]
) -> None:
    rows = {}
    for row in re.findall(
        r"^\d+\t《(.+)》\t(\d{4}\.\d\d\.\d\d)\t(.+)$",
        (CORPUS / catalog.sources[0].file).read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    ):
        rows[row[0]] = (row[1].replace(".", "-"), row[2])
    assert len(rows) == 84
    listed = 0
    for document in catalog.documents:
        named = {document.title, *document.names} & rows.keys()
        if named:
            assert (document.issued, document.issuer) == rows[named.pop()]
            listed += 1
        elif document.id != "plan-digital-china":
            assert (document.issued, document.issuer) == (None, None)
    assert listed == 16


def test_a_month_in_the_text_does_not_become_a_day(catalog: Catalog, lines: list[str]) -> None:
    assert catalog.document("plan-digital-china").issued == "2023-02"
    assert any(line.startswith("2023年2月，中共中央、国务院印发了") for line in lines)


def test_effective_dates_are_those_of_the_last_articles(catalog: Catalog, lines: list[str]) -> None:
    printed = re.findall(r"本(?:法|条例|办法)自(\d+)年(\d+)月(\d+)日起施行。", "\n".join(lines))
    dates = [f"{int(y)}-{int(m):02}-{int(d):02}" for y, m, d in printed]
    assert [d.effective for d in catalog.documents if d.effective] == dates
    assert len(dates) == 7


def test_only_the_cybersecurity_law_is_amended_and_only_385_is_a_draft(catalog: Catalog) -> None:
    assert [(d.id, d.status) for d in catalog.documents if d.status] == [("csl", "amended")]
    assert [d.id for d in catalog.documents if d.draft] == ["sd-385"]
    assert {d.id for d in catalog.documents if d.notices} == {"csl", "sd-385"}


def test_notice_of_the_cybersecurity_law_tells_both_texts_apart(catalog: Catalog) -> None:
    (notice,) = catalog.document("csl").notices
    for fact in ("2025 年 10 月 28 日修改", "2026 年 1 月 1 日", "条文序号", "2017 年 6 月 1 日"):
        assert fact in notice


@pytest.mark.parametrize(
    ("name", "document_id"),
    [
        ("数安法", "dsl"), ("数据安全法", "dsl"), ("DSL", "dsl"), ("Data Security Law", "dsl"),
        ("个保法", "pipl"), ("个信法", "pipl"), ("PIPL", "pipl"),
        ("网安法", "csl"), ("CSL", "csl"), ("Cybersecurity Law", "csl"),
        ("关基条例", "cii"), ("关保条例", "cii"),
        ("数据二十条", "data-20"), ("数据20条", "data-20"),
        ("十四五数字经济规划", "plan-digital-economy"),
        ("数字强省规划", "sd-strong-province"), ("十四五数字强省规划", "sd-strong-province"),
        ("385行动", "sd-385"), ("385行动计划", "sd-385"),
        ("大数据条例", "sd-bigdata"), ("山东大数据条例", "sd-bigdata"),
        ("公共数据开放办法", "sd-open-data"), ("电子政务办法", "sd-egov"),
        ("数字政府指导意见", "opinion-digital-gov"), ("数字政府实施方案", "sd-digital-gov"),
        ("大数据产业规划", "sd-bigdata-industry"), ("附表", "list"),
    ],
)  # fmt: skip
def test_names_that_staff_use_lead_to_one_document(
    catalog: Catalog, name: str, document_id: str
) -> None:
    assert [d.id for d in catalog.documents if name in d.names] == [document_id]


def test_no_name_stands_inside_a_title_or_name_of_another_document(catalog: Catalog) -> None:
    for document in catalog.documents:
        for other in catalog.documents:
            if other.id != document.id:
                for theirs in (other.title, *other.names):
                    inside = [
                        n
                        for n in document.names
                        if re.search(rf"\b{re.escape(n)}\b" if n.isascii() else plain(n),
                                     theirs if n.isascii() else plain(theirs), re.IGNORECASE)
                    ]  # fmt: skip
                    assert not inside, (document.id, inside, theirs)


def test_no_name_stands_in_the_list_for_a_document_that_is_not_compiled(
    catalog: Catalog, lines: list[str]
) -> None:
    titles = {plain(d.title) for d in catalog.documents}
    names = {plain(n) for d in catalog.documents for n in d.names}
    listed = {plain(m[1]) for line in lines[5205:] if (m := re.match(r"\d+《(.+)》\d{4}\.", line))}
    not_compiled = listed - titles - names
    assert len(not_compiled) == 84 - 16
    assert not [(n, t) for n in names for t in not_compiled if n in t]


def test_no_name_is_an_everyday_phrase(catalog: Catalog) -> None:
    names = {name for document in catalog.documents for name in document.names}
    assert names.isdisjoint(EVERYDAY)


def test_a_title_is_found_whatever_its_spaces(catalog: Catalog) -> None:
    speeches = catalog.by_title("习近平总书记关于大数据 重要论述摘编")
    assert speeches is not None and speeches.id == "speeches"
    assert catalog.by_title("山东省数字政府") is None


def test_an_unknown_id_is_named(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="没有 id 为“civil-code”的文件"):
        catalog.document("civil-code")


def test_differences_of_counts_are_told_in_chinese() -> None:
    assert Counts(articles=55, chapters=7).differences(Counts(articles=54, chapters=7)) == (
        "条：应为 55，实为 54",
    )
    assert Totals(joins=152).differences(Totals(joins=151, documents=1)) == (
        "文件：应为 0，实为 1",
        "跨页接句：应为 152，实为 151",
    )


@pytest.mark.parametrize(
    ("written", "iso"),
    [("2021-06-10", "2021-06-10"), ('"2021-06"', "2021-06"), ('"2021"', "2021")],
)
def test_dates_may_be_a_day_a_month_or_a_year(tmp_path: Path, written: str, iso: str) -> None:
    write(tmp_path, SOURCE + DOCUMENT + f"issued = {written}\n")
    assert load_catalog(tmp_path).document("dsl").issued == iso


def test_a_byte_order_mark_of_a_windows_editor_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_bytes(("\ufeff" + SOURCE + DOCUMENT).encode())
    assert load_catalog(tmp_path).document("dsl").title == "数据安全法"


def write(folder: Path, text: str) -> None:
    (folder / "catalog.toml").write_text(text, encoding="utf-8")
