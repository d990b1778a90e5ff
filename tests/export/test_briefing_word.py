"""A briefing as a Word document, read back by python-docx; and the same words in Markdown."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree
from markdown_it import MarkdownIt

from qa.briefing.model import (
    Briefing,
    IndicatorTable,
    Part,
    Point,
    PointGroup,
    Points,
    Quiz,
    Source,
    Timeline,
)
from qa.export.briefing import to_docx, to_markdown
from tests.export.papers import LINES, NASTY, SEEN

VIEWER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
UNSEEN = {"provision_id", "kind", "subtopic", "form", "date", "issued", "effective"}
"""Fields that are not shown as they are."""
RESHAPED = {"breached", "amounts", "departments", "by", "sort", "level"}
"""Fields whose words are shown within those of another."""


@pytest.fixture(scope="module")
def document(briefing: Briefing) -> Docx:
    return read(briefing)


def read(briefing: Briefing) -> Docx:
    return Document(BytesIO(to_docx(briefing)))


def dense(text: str) -> str:
    return re.sub(r"\s", "", text)


def styled(document: Docx, *names: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style and p.style.name in names]


def words(element: Any) -> str:
    return dense("".join(t.text or "" for t in element.iter(qn("w:t"))))


def other_part(document: Docx, name: str) -> Any:
    (found,) = (p for p in document.part.package.iter_parts() if p.partname == name)
    return parse_xml(found.blob)


def said(value: object) -> Iterator[str]:
    """All words of a briefing's parts that a reader must find."""
    if isinstance(value, str):
        yield from filter(None, map(dense, value.split("\n")))
    elif isinstance(value, tuple):
        for each in value:
            yield from said(each)
    elif isinstance(value, Source):
        yield dense(value.locator)
    elif isinstance(value, IndicatorTable):  # a row's place is its name, in the table named above
        yield from said((value.title, value.document, *(row.values for row in value.rows)))
        yield from said(tuple((row.name, row.unit, row.group, row.nature) for row in value.rows))
    else:
        names = {*getattr(value, "__dataclass_fields__", {})} - UNSEEN - RESHAPED
        for name in sorted(names):
            yield from said(getattr(value, name))


def html(markdown: str) -> str:
    """As shown by a viewer that knows no footnotes; their notes are paragraphs to it."""
    return str(VIEWER.render(re.sub(r"^(\[\^\d+\]):", r"\1", markdown, flags=re.MULTILINE)))


def seen(rendered: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", rendered))


def test_every_word_of_every_part_is_there(briefing: Briefing, document: Docx) -> None:
    word = words(document.element) + words(other_part(document, "/word/footnotes.xml"))
    markdown = dense(seen(html(to_markdown(briefing))))
    wanted = {*said(tuple(part.content for part in briefing.parts))}
    assert len(wanted) > 250
    for text in sorted(wanted):
        assert text in word
        assert text in markdown


def test_the_headings_are_real_and_all_in_the_contents(briefing: Briefing, document: Docx) -> None:
    assert styled(document, "Heading 1") == [part.title for part in briefing.parts]
    entries = [text.removesuffix("\t") for text in styled(document, "toc 1", "toc 2")]
    assert entries == styled(document, "Heading 1", "Heading 2")
    assert len(entries) > 30
    codes = [each.text.strip() for each in document.element.iter(qn("w:instrText"))]
    assert codes[0] == r'TOC \o "1-2" \h \z \u'
    marks = [each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))]
    assert codes[1:] == [f"PAGEREF {mark} \\h" for mark in marks]
    kinds = [each.get(qn("w:fldCharType")) for each in document.element.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == len(codes)
    update = document.settings.element.find(qn("w:updateFields"))
    assert update is not None and update.get(qn("w:val")) == "true"


def test_points_are_cited_by_numbered_footnotes(briefing: Briefing, document: Docx) -> None:
    notes = other_part(document, "/word/footnotes.xml").findall(qn("w:footnote"))
    by_id = {note.get(qn("w:id")): words(note) for note in notes}
    marks = [m.get(qn("w:id")) for m in document.element.iter(qn("w:footnoteReference"))]
    assert marks == [str(n) for n in range(1, len(marks) + 1)]
    assert {*by_id} == {"-1", "0", *marks}
    points = briefing.parts[0].content
    assert isinstance(points, Points)
    sources = [s for group in points.groups for point in group.points for s in point.sources]
    for mark, source in zip(marks, sources, strict=False):
        assert by_id[mark].startswith(dense(source.name))


def test_a_footnote_quotes_what_the_statement_says_in_other_words(briefing: Briefing) -> None:
    source = Source("x", "某法", "第一条", "国家建立制度。\n各地区负责。", ("应为“制定”。",))
    points = (Point("国家建立制度。", (source,)), Point("要有制度。", (source,)))
    part = Part("要点", "要点", Points((PointGroup("义务", points),)))
    *_, first, second = to_markdown(replace(briefing, parts=(part,))).strip().split("\n\n")
    assert first == "[^1]: 《某法》第一条。勘误：应为“制定”。"
    assert second == "[^2]: 《某法》第一条：“国家建立制度。各地区负责。”。勘误：应为“制定”。"


def test_tables_repeat_their_heads_and_keep_rows_whole(document: Docx) -> None:
    assert len(document.tables) > 6
    for table in document.tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        for row in others:
            longest = max(len(cell.text) for cell in row.cells)
            whole = row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None
            assert whole == (longest <= 900), row.cells[0].text


def test_pictures_are_described_and_their_numbers_are_those_of_the_table(
    briefing: Briefing, document: Docx
) -> None:
    shapes = document.inline_shapes
    assert len(shapes) == 2
    for shape in shapes:
        assert "序号" in shape._inline.docPr.get("descr")
        assert shape.width.cm < 16 and shape.height.cm < 20
    (timeline,) = (t for t in document.tables if t.cell(0, 1).text == "时间")
    part = briefing.part("时间线")
    assert part and isinstance(part.content, Timeline)
    numbers = [row.cells[0].text for row in timeline.rows[1:]]
    assert numbers == [str(n) for n in range(1, len(part.content.events) + 1)]


def test_the_key_comes_after_all_questions_on_a_page_of_its_own(
    briefing: Briefing, document: Docx
) -> None:
    part = briefing.part("自测题")
    assert part and isinstance(part.content, Quiz)
    texts = [dense(p.text) for p in document.paragraphs]
    (at,) = (n for n, p in enumerate(document.paragraphs) if p.text == "答案与依据" and p.runs[0])
    assert document.paragraphs[at].paragraph_format.page_break_before
    for number, item in enumerate(part.content.items, start=1):
        assert any(text.startswith(f"{number}.{dense(item.stem)}") for text in texts[:at])
        key = {"单选": "ABCD", "判断": ("正确", "错误")}.get(item.form)
        said = "" if key is None or item.key is None else key[item.key]
        assert any(
            text.startswith(f"{number}.{said}{dense(item.source.name)}") for text in texts[at:]
        )


def test_chinese_fonts_are_named_with_others_for_their_place(document: Docx) -> None:
    for name, font in (
        ("Briefing Item", "仿宋"),
        ("Briefing Table", "仿宋"),
        ("Heading 1", "黑体"),
    ):
        assert document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == font
    fonts = other_part(document, "/word/fontTable.xml").findall(qn("w:font"))
    others = {f.get(qn("w:name")): f.find(qn("w:altName")) for f in fonts}
    assert "FangSong" in others["仿宋"].get(qn("w:val"))
    assert "SimHei" in others["黑体"].get(qn("w:val"))


def test_nasty_words_are_shown_as_they_are_and_a_part_without_content_has_its_note(
    briefing: Briefing,
) -> None:
    source = Source("x", NASTY, NASTY, "别的话。", (NASTY,))
    points = Points((PointGroup("定义", (Point(f"{NASTY}\n{LINES}", (source,)),)),))
    parts = (Part("要点", NASTY, points), Part("指标", "指标", None, NASTY, failed=True))
    nasty = replace(briefing, title=NASTY, basis=NASTY, notices=(NASTY,), parts=parts)
    document = read(nasty)
    assert styled(document, "Title", "Heading 1") == [SEEN, SEEN, "指标"]
    assert styled(document, "Caption") == [SEEN]
    assert f"《{SEEN}》{SEEN}" in "".join(
        t.text for t in other_part(document, "/word/footnotes.xml").iter(qn("w:t"))
    )
    rendered = html(to_markdown(nasty))
    assert "<script" not in rendered and "<a " not in rendered and "<li>" not in rendered
    assert rendered.count("<h1>") == 1 and "<!--" not in rendered
    assert seen(rendered).count(SEEN) >= 8
    for line in LINES.split("\n"):
        assert line.strip() in seen(rendered)


def test_all_parts_of_the_file_are_well_formed(document: Docx) -> None:
    for part in document.part.package.iter_parts():
        if part.partname.endswith((".xml", ".rels")):
            etree.fromstring(part.blob)
