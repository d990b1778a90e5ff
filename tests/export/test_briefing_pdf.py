"""A briefing as LibreOffice prints it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from qa.briefing.model import Briefing, Duties, Timeline
from qa.errors import ExportError
from qa.export.briefing import to_pdf
from qa.export.briefing.layout import blocks
from qa.export.briefing.sheet import Cite, Heading, Table, Text


@pytest.fixture(scope="module")
def reader(briefing: Briefing) -> PdfReader:
    return PdfReader(BytesIO(to_pdf(briefing)))


@pytest.fixture(scope="module")
def pages(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def dense(text: str) -> str:
    return re.sub(r"\s", "", text)


def cites(briefing: Briefing) -> Iterator[Cite]:
    for block in blocks(briefing):
        if isinstance(block, Text):
            yield from (piece for piece in block.line if isinstance(piece, Cite))
        elif isinstance(block, Table):
            cells = (cell for row in block.rows if isinstance(row, tuple) for cell in row)
            lines = (line for cell in cells for line in cell)
            yield from (piece for line in lines for piece in line if isinstance(piece, Cite))


def outline(reader: PdfReader, level: list[object]) -> Iterator[tuple[str, int]]:
    """Headings and the numbers of their pages, from 1."""
    for each in level:
        if isinstance(each, Destination):
            page = reader.get_destination_page_number(each)
            assert page is not None and each.title
            yield dense(each.title), page + 1
        elif isinstance(each, list):
            yield from outline(reader, each)


def test_no_page_is_empty_and_every_sign_has_its_shape(
    pages: list[str], briefing: Briefing
) -> None:
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        around = f"{briefing.title}第{number}页，共{len(pages)}页"
        assert len(dense(page)) > len(dense(around)) + 20, number
        assert dense(briefing.title) in dense(page)
        assert f"第{number}页，共{len(pages)}页" in dense(page)
        assert not re.search("[\ufffd\u25a1\x00]", page), number


def test_the_contents_say_where_each_heading_is(reader: PdfReader, pages: list[str]) -> None:
    contents = dense("".join(pages[:3]))
    headings = [*outline(reader, reader.outline)]
    assert len(headings) > 40
    for text, page in headings:
        assert text in dense(pages[page - 1])
    titles = dict(headings)
    for text in ("要点", "罚则一览", "自测题", "延伸阅读", "答案与依据"):
        assert re.search(rf"{text}\.{{3,}}{titles[text]}(?!\d)", contents), text


def test_every_heading_and_footnote_is_printed(briefing: Briefing, pages: list[str]) -> None:
    printed = dense("".join(pages))
    for block in blocks(briefing):
        if isinstance(block, Heading):
            assert dense(block.text) in printed
    notes = [*cites(briefing)]
    assert len(notes) > 20
    for number, cite in enumerate(notes, start=1):
        assert f"{number}{dense(cite.source.name)}" in printed, cite


def test_cells_are_printed_whole_under_a_head_on_each_page(
    briefing: Briefing, pages: list[str]
) -> None:
    part = briefing.part("责任分工")
    assert part and isinstance(part.content, Duties)
    headed = [dense(page) for page in pages if "任务责任部门具体内容出处" in dense(page)]
    assert len(headed) > 1
    for row in part.content.rows:
        assert any(dense(row.steps[0].text) in page for page in headed)
    timeline = briefing.part("时间线")
    assert timeline and isinstance(timeline.content, Timeline)
    for event in timeline.content.events:
        assert any(dense(event.text) in dense(page) for page in pages)


def test_without_libreoffice_or_in_too_short_a_time_one_sentence_says_so(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=r"0 秒还没有写出 PDF.*\.docx。$"):
        to_pdf(briefing, patience_s=0.01)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExportError, match=r"没有 LibreOffice.*\.docx。$"):
        to_pdf(briefing)
