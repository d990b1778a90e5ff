from pathlib import Path

import pytest

from qa.errors import CatalogError, CorpusError, QAError
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import Corpus, fingerprint, read_corpus
from qa.ingest.normalise import terms
from qa.settings import PROJECT

CATALOG = """
[[source]]
file = "卷.txt"
title = "某汇编"

[source.expect]
documents = 1
articles = 2

[[document]]
id = "law"
title = "示范法"
level = "法律"
region = "国家"
expect = { articles = 2 }
"""
SOURCE = "示 范 法\n\n第一条 处五十万元以上五十万元以下罚款。\n\n第二条 自公布之日起施行。\n"
ERRATUM = """
[[erratum]]
document = "law"
printed = "处五十万元以上五十万元以下"
correct = "处五万元以上五十万元以下"
note = "本汇编印错。"
basis = "通读判断"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small corpus."""
    write(tmp_path)
    return tmp_path


def write(
    folder: Path, source: str = SOURCE, errata: str = ERRATUM, catalog: str = CATALOG
) -> None:
    (folder / "catalog.toml").write_text(catalog, encoding="utf-8")
    (folder / "卷.txt").write_text(source, encoding="utf-8")
    (folder / "errata.toml").write_text(errata, encoding="utf-8")


def refusal(folder: Path, error: type[QAError]) -> str:
    """The one Chinese sentence with which a corpus is refused."""
    with pytest.raises(error) as caught:
        read_corpus(folder)
    message = str(caught.value)
    assert message.endswith("。") and message.count("。") == 1 and "\n" not in message
    return message


def test_a_small_corpus_is_read(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert [p.name for p in corpus.provisions] == ["《示范法》第一条", "《示范法》第二条"]
    assert corpus.differences() == ()


def test_a_missing_source_is_named(folder: Path) -> None:
    (folder / "卷.txt").unlink()
    assert "找不到源文件 卷.txt" in refusal(folder, CorpusError)
    with pytest.raises(CorpusError, match="找不到源文件"):
        fingerprint(folder, load_catalog(folder))


def test_a_source_in_gbk_is_refused_with_what_to_do(folder: Path) -> None:
    (folder / "卷.txt").write_bytes(SOURCE.encode("gbk"))
    message = refusal(folder, CorpusError)
    assert "卷.txt 不是 UTF-8 编码" in message and "请另存为 UTF-8" in message


@pytest.mark.parametrize("content", ["", "\n \n　\n", "\ufeff"])
def test_an_empty_source_is_refused(folder: Path, content: str) -> None:
    write(folder, source=content)
    assert "卷.txt 是空的" in refusal(folder, CorpusError)


def test_a_folder_in_place_of_a_source_is_refused(folder: Path) -> None:
    (folder / "卷.txt").unlink()
    (folder / "卷.txt").mkdir()
    assert "读不了源文件 卷.txt" in refusal(folder, CorpusError)


def test_a_title_that_the_source_lacks_is_named(folder: Path) -> None:
    write(folder, source=SOURCE.replace("示 范 法", "示范条例"))
    assert "找不到《示范法》的标题行" in refusal(folder, CorpusError)


def test_an_erratum_that_matches_nothing_is_named(folder: Path) -> None:
    write(folder, errata=ERRATUM.replace("处五十万元以上", "处六十万元以上"))
    assert "勘误“处六十万元以上五十万元以下”（law）" in refusal(folder, CatalogError)


def test_an_erratum_of_another_place_matches_nothing(folder: Path) -> None:
    write(folder, errata=ERRATUM + 'locator = "第二条"\n')
    assert "在条文里找不到" in refusal(folder, CatalogError)


@pytest.mark.parametrize(
    "content", ["\ufeff" + SOURCE, SOURCE.replace("\n", "\r\n"), SOURCE.replace("\n", "\r")]
)
def test_a_byte_order_mark_and_foreign_line_ends_change_nothing(folder: Path, content: str) -> None:
    before = read_corpus(folder).provisions
    (folder / "卷.txt").write_bytes(content.encode())
    assert read_corpus(folder).provisions == before


def test_invisible_characters_are_no_text(folder: Path) -> None:
    before = read_corpus(folder).provisions
    write(folder, source=SOURCE.replace("公布", "公\u200b布\x07").replace("。\n", "。　\n"))
    assert read_corpus(folder).provisions == before


def test_markdown_headings_are_read_like_printed_ones(folder: Path) -> None:
    text = "# 示范法\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n第一条 甲。\n\n**第二条** 乙。\n"
    write(folder, source=text, errata="")
    read = [(p.locator, p.headings, p.text) for p in read_corpus(folder).provisions]
    assert read == [
        ("第一条", ("第一章 总则",), "第一条 甲。"),
        ("第二条", ("第一章 总则",), "第二条 乙。"),
    ]


def test_what_departs_from_the_catalog_is_said(folder: Path) -> None:
    write(folder, source=SOURCE + "\n第三条 多出一条。\n")
    assert read_corpus(folder).differences() == (
        "《示范法》条：应为 2，实为 3",
        "卷.txt 条：应为 2，实为 3",
    )


def test_a_chapter_without_articles_is_owned_up(folder: Path) -> None:
    write(folder, source=SOURCE + "\n第二章 空章\n")
    assert read_corpus(folder).differences()[-1] == (
        "《示范法》第 7 行起的文字没有归入任何条文，共 5 字：“第二章 空章”。"
    )


def test_articles_numbered_twice_have_names_of_their_own(folder: Path) -> None:
    write(folder, source=SOURCE + "\n第一编 附编\n\n第一条 又是第一条。\n")
    provisions = read_corpus(folder).provisions
    assert [p.locator for p in provisions] == ["第一条（1）", "第二条", "第一条（2）"]
    assert len({p.id for p in provisions}) == 3


def test_a_change_of_any_file_changes_the_fingerprint(folder: Path) -> None:
    seen = {read_corpus(folder).fingerprint}
    for change in ({"source": SOURCE + " "}, {"errata": ERRATUM + "#"}, {"catalog": CATALOG + "#"}):
        write(folder, **change)
        seen.add(read_corpus(folder).fingerprint)
    (folder / "errata.toml").unlink()
    seen.add(read_corpus(folder).fingerprint)
    assert len(seen) == 5


def test_the_id_of_a_provision_outlives_a_change_elsewhere(folder: Path) -> None:
    before = {p.locator: p.id for p in read_corpus(folder).provisions}
    write(folder, source=SOURCE.replace("自公布之日", "\n自发布之日"))
    after = {p.locator: p.id for p in read_corpus(folder).provisions}
    assert after["第一条"] == before["第一条"]
    assert after["第二条"] != before["第二条"]


def test_a_printed_error_stays_and_its_correction_is_searched(corpus: Corpus) -> None:
    (fine,) = [p for p in corpus.provisions if (p.document_id, p.locator) == ("dsl", "第四十八条")]
    printed, correct = "处五十万元以上五十万元以下罚款", "处五万元以上五十万元以下罚款"
    assert fine.text.endswith(f"{printed}。")
    assert fine.search_text.endswith(f"{printed}。\n{correct}")
    assert [(note.printed, note.correct) for note in fine.errata] == [(printed, correct)]


def test_every_erratum_stands_beside_the_text_that_it_is_about(corpus: Corpus) -> None:
    noted = [p for p in corpus.provisions if p.errata]
    assert len(noted) >= 40
    for provision in noted:
        for note in provision.errata:
            assert note.printed in provision.text
            assert note.correct is None or note.correct in provision.search_text


def test_every_provision_is_found_by_its_document_and_its_headings(corpus: Corpus) -> None:
    for provision in corpus.provisions:
        first = provision.search_text.split("\n")[0]
        assert first == " ".join((provision.document, *provision.headings))


@pytest.mark.parametrize(
    ("question", "document", "locator"),
    [
        ("罚款5万元以上50万元以下", "dsl", "第四十五条"),
        ("數據分類分級保護制度", "dsl", "第二十一条"),
        ("第21条", "dsl", "第二十一条"),
    ],
)
def test_the_terms_of_a_question_stand_in_the_provision_it_asks_for(
    corpus: Corpus, question: str, document: str, locator: str
) -> None:
    (wanted,) = [p for p in corpus.provisions if (p.document_id, p.locator) == (document, locator)]
    assert set(terms(question)) - {"款5", "上5"} <= set(terms(wanted.search_text))


def test_the_corpus_of_the_project_holds_what_is_promised() -> None:
    assert read_corpus(PROJECT / "corpus").differences() == ()
