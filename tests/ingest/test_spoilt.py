"""Spoilt files and texts: a sentence for each; what long runs of `tests.ingest.fuzz` found."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from qa.errors import DocumentError
from qa.ingest.catalog import load_catalog
from qa.ingest.formats import Limits, images, pdf, read
from qa.ingest.numerals import to_int
from qa.retrieval.names import DepartmentNames, DocumentNames
from qa.retrieval.question import QuestionReader
from qa.settings import PROJECT
from tests.ingest import bombs
from tests.ingest.fuzz import Misread, fuzz, try_one
from tests.ingest.mutants import MUTANTS, mutant


@pytest.mark.parametrize("parser", MUTANTS)
def test_a_hundred_spoilt_inputs_are_read_or_refused_with_a_sentence(
    parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Recognising characters takes a second a page; the long run does it.
    monkeypatch.setattr(images, "Recogniser", Misread)
    monkeypatch.setattr(pdf, "Recogniser", Misread)
    tried = [try_one(parser, mutant(parser, number), tmp_path) for number in range(100)]
    assert [(n, each.finding) for n, each in enumerate(tried) if each.finding] == []


def test_a_long_run_leaves_nothing_behind() -> None:
    report = fuzz("text", 100)
    assert (report.inputs, report.findings, report.left) == (100, [], [])
    assert 0 < report.refused < 100


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "hex", "utf-7"])
def test_a_page_that_declares_no_encoding_of_pages_is_read_as_it_is(
    charset: str, tmp_path: Path
) -> None:
    page = f"<html><meta charset={charset}><body><p>第一条 内容。</p><p>第二条 内容。</p></body>"
    (tmp_path / "办法.html").write_text(page, encoding="utf-8")
    assert read(tmp_path / "办法.html", Limits()).lines[0].text == "第一条 内容。"


def test_a_page_with_control_characters_is_read(tmp_path: Path) -> None:
    page = "<html><body><p>甲<script>x</script>乙\x08</p><p>第一条 内容。</p></body></html>"
    (tmp_path / "办法.html").write_text(page, encoding="utf-8")
    assert [line.text for line in read(tmp_path / "办法.html", Limits()).lines] == [
        "甲乙",
        "第一条 内容。",
    ]


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CELL = f"""<w:document xmlns:w="{WORD}"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="x"/>
</w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"""
LEVEL = f"""<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="二"/>
</w:abstractNum></w:numbering>"""


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/document.xml", CELL),
        ("word/document.xml", "<a/>"),
        ("word/numbering.xml", LEVEL),
        ("[Content_Types].xml", "<a/>"),
        ("_rels/.rels", "<a/>"),
    ],
)
def test_a_word_file_with_a_part_that_is_wrong_is_refused(
    part: str, content: str, tmp_path: Path
) -> None:
    (tmp_path / "办法.docx").write_bytes(bombs.word({part: content.encode()}))
    with pytest.raises(DocumentError, match="已损坏，打不开"):
        read(tmp_path / "办法.docx", Limits())


@pytest.mark.parametrize("name", ["word/document.xml", "docProps/thumbnail.jpeg"])
def test_a_word_file_whose_packing_is_spoilt_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "办法.docx"
    path.write_bytes(bombs.word())
    with zipfile.ZipFile(path) as packed:
        info = packed.getinfo(name)
    content = bytearray(path.read_bytes())
    begin = info.header_offset + 30 + len(name)
    content[begin : begin + info.compress_size] = b"\xff" * info.compress_size
    path.write_bytes(content)
    with pytest.raises(DocumentError, match="已损坏，打不开"):
        read(path, Limits())


def test_a_pdf_with_a_page_that_cannot_be_loaded_says_which(tmp_path: Path) -> None:
    (tmp_path / "办法.pdf").write_bytes(bombs.pdf_of(b"9 0 R", 1))
    with pytest.raises(DocumentError, match="第 1 页已损坏，打不开"):
        read(tmp_path / "办法.pdf", Limits())


def test_a_picture_without_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "页.tif"
    Image.new("L", (40, 30)).save(path)
    path.write_bytes(path.read_bytes().replace(b"\x00\x01\x04\x00", b"\x99\x99\x04\x00", 1))
    with pytest.raises(DocumentError, match="已损坏，打不开"):
        read(path, Limits())


@pytest.mark.parametrize("number", ["六亿四", "二七十零", "百亿四", "七十零"])
def test_units_in_no_order_are_no_number(number: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        to_int(number)


@pytest.mark.parametrize("number", ["六亿四", "二七十零", "百亿四", "七十零"])
def test_a_question_with_a_number_that_is_none_is_read(number: str) -> None:
    catalog = load_catalog(PROJECT / "corpus")
    reader = QuestionReader(DocumentNames(catalog.documents), DepartmentNames([]), max_chars=2000)
    assert reader.read(f"数据安全法第{number}条怎么规定").documents == ("dsl",)
