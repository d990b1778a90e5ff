from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.catalog import Catalog, load_catalog
from qa.ingest.errata import Erratum, load_errata
from qa.settings import PROJECT

CORPUS = PROJECT / "corpus"

ENTRY = (
    '[[erratum]]\ndocument = "dsl"\nprinted = "五十万元以上五十万元"\n'
    'correct = "五万元以上五十万元"\nnote = "印错了。"\nbasis = "通读判断"\n'
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CORPUS)


@pytest.fixture(scope="module")
def errata(catalog: Catalog) -> tuple[Erratum, ...]:
    return load_errata(CORPUS, catalog)


@pytest.fixture(scope="module")
def bodies(catalog: Catalog) -> dict[str, str]:
    """The body of each document, by id, with every line break removed."""
    lines = (CORPUS / catalog.sources[0].file).read_text(encoding="utf-8").splitlines()
    # 58 is the first line behind the contents pages, and each title stands once in the body.
    starts = [
        next(i for i, line in enumerate(lines) if i >= 57 and "".join(line.split()) == d.title)
        for d in catalog.documents
    ]
    ends = [*starts[1:], len(lines)]
    return {
        d.id: "".join(lines[start:end])
        for d, start, end in zip(catalog.documents, starts, ends, strict=True)
    }


def test_every_printed_error_stands_in_its_document(
    errata: tuple[Erratum, ...], bodies: dict[str, str]
) -> None:
    for erratum in errata:
        assert erratum.printed in bodies[erratum.document], erratum.printed


def test_every_stray_english_word_of_the_volume_is_recorded(
    errata: tuple[Erratum, ...], bodies: dict[str, str]
) -> None:
    for stray, times in ((" and ", 14), ("workflows", 3)):
        assert sum(body.count(stray) for body in bodies.values()) == times
        recorded = [e for e in errata if stray in e.printed]
        assert sum(bodies[e.document].count(e.printed) for e in recorded) == times


def test_no_correction_brings_the_printed_error_back(errata: tuple[Erratum, ...]) -> None:
    for erratum in errata:
        assert (
            erratum.correct is None
            or erratum.printed not in erratum.correct
            or (
                erratum.printed == "加快数字技术赋能新制造。"  # only its number was lost
            )
        )


def test_the_fine_of_the_data_security_law_is_recorded(errata: tuple[Erratum, ...]) -> None:
    (fine,) = [e for e in errata if e.document == "dsl" and "罚款" in e.printed]
    assert fine.correct == "处五万元以上五十万元以下罚款"
    assert fine.note == "本汇编印作“五十万元以上五十万元以下”，公开文本为“五万元以上五十万元以下”。"
    assert fine.locator is None


def test_notes_are_one_sentence_and_own_up_when_the_right_words_are_unknown(
    errata: tuple[Erratum, ...],
) -> None:
    for erratum in errata:
        assert erratum.note.startswith("本汇编") and erratum.note.endswith("。")
        assert erratum.note.count("。") == 1
        if erratum.correct is None:
            assert "引用前请核对" in erratum.note


def test_a_corpus_without_errata_has_none(tmp_path: Path, catalog: Catalog) -> None:
    assert load_errata(tmp_path, catalog) == ()


BAD = {
    "unknown document": (
        ENTRY.replace('"dsl"', '"civil-code"'),
        "的第 1 个 [[erratum]]的字段 document 是“civil-code”，catalog.toml 里没有这个 id",
    ),
    "unknown field": (
        ENTRY + 'article = "第四十八条"\n',
        "（dsl）不认识字段 article；可用的字段是：document、locator、printed、correct、note、basis",
    ),
    "missing note": (ENTRY.replace('note = "印错了。"\n', ""), "（dsl）缺少字段 note；请补上"),
    "wrong basis": (
        ENTRY.replace("通读判断", "看出来的"),
        "字段 basis 不能是“看出来的”；可用的值是：与公开文本比对、汇编内部比对、通读判断",
    ),
    "empty printed": (
        ENTRY.replace('"五十万元以上五十万元"', '""'),
        "字段 printed 有误：不能为空",
    ),
    "number for a text": (
        ENTRY.replace('"印错了。"', "48"),
        "字段 note 有误：应为文字，写在引号里",
    ),
    "corrects nothing": (
        ENTRY.replace("五万元以上", "五十万元以上"),
        "（dsl）有误：correct 与 printed 相同；不知道正确写法时请删去 correct",
    ),
    "recorded twice": (ENTRY + ENTRY, "第 2 个 [[erratum]]与第 1 个重复"),
    "unknown table": ("[[errata]]\n", "最外层不认识 errata；这里只能有 [[erratum]]"),
    "broken line": ('[[erratum]]\ndocument = "dsl\n', "第 2 行"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_bad_errata_are_refused_in_one_sentence(
    tmp_path: Path, catalog: Catalog, text: str, sentence: str
) -> None:
    (tmp_path / "errata.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_errata(tmp_path, catalog)
    message = str(caught.value)
    assert sentence in message
    assert message.startswith("errata.toml ") and message.endswith("。")
    assert message.count("。") == 1 and "\n" not in message


def test_errata_that_are_not_utf_8_are_refused(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "errata.toml").write_bytes(ENTRY.encode("gb18030"))
    with pytest.raises(CatalogError, match=r"^errata\.toml 不是 UTF-8 编码"):
        load_errata(tmp_path, catalog)
