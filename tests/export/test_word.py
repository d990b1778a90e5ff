"""Word, read back by python-docx."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.oxml.ns import qn
from lxml import etree

from qa.assistant import Assistant
from qa.export import Paper, Quoted, Section, to_docx
from tests.export.papers import LINES, MADE, SEEN, conversation, nasty


def read(paper: Paper) -> Docx:
    return Document(BytesIO(to_docx(paper)))


def styled(document: Docx, name: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style and p.style.name == name]


def anchors(document: Docx) -> Iterator[tuple[str, str]]:
    for link in document.element.iter(qn("w:hyperlink")):
        yield link.get(qn("w:anchor")), "".join(t.text for t in link.iter(qn("w:t")))


def bookmarks(document: Docx) -> list[str]:
    return [each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))]


@pytest.fixture(scope="module")
def paper(assistant: Assistant) -> Paper:
    return conversation(assistant, "数据安全法第四十八条罚多少", "网络安全法第二十一条")


def test_headings_are_real_and_the_first_page_says_what_it_rests_on(paper: Paper) -> None:
    document = read(paper)
    assert styled(document, "Title") == ["数据安全处罚"]
    assert styled(document, "Heading 1") == [*(s.heading for s in paper.sections), "引用条文"]
    assert document.paragraphs[1].text == paper.statement
    assert "依据 2023 年 11 月汇编" in paper.statement
    assert paper.statement.endswith("不构成法律意见。")
    for section in paper.sections:
        for notice in section.notices:
            assert f"注意：{notice}" in styled(document, "Caption")


def test_the_provisions_are_there_word_for_word(paper: Paper) -> None:
    quotes = styled(read(paper), "Quote")
    for section in paper.sections:
        for quoted in section.cited.values():
            assert set(quoted.text.split("\n")) <= set(quotes)


def test_each_citation_links_to_its_provision_and_back(paper: Paper) -> None:
    document = read(paper)
    links, places = [*anchors(document)], bookmarks(document)
    for number, section in enumerate(paper.sections, start=1):
        for n in section.cited:
            assert (f"provision_{number}_{n}", f"[{n}]") in links
            assert (f"cited_{number}_{n}", f"[{n}]") in links
    assert {target for target, _ in links} == set(places)
    assert len(places) == len(set(places))
    numbers = [each.get(qn("w:id")) for each in document.element.iter(qn("w:bookmarkStart"))]
    assert len(numbers) == len(set(numbers))


def test_the_page_is_a4_with_title_above_and_page_numbers_below(paper: Paper) -> None:
    page = read(paper).sections[0]
    assert page.page_width and page.page_height
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert page.header.paragraphs[0].text == "数据安全处罚"
    codes = [f.get(qn("w:instr")) for f in page.footer._element.iter(qn("w:fldSimple"))]
    assert codes == ["PAGE", "NUMPAGES"]


def test_chinese_text_has_chinese_fonts(paper: Paper) -> None:
    styles = read(paper).styles
    for name, font in (("Body Text", "仿宋"), ("Quote", "仿宋"), ("Heading 1", "黑体")):
        fonts = styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_nasty_words_are_shown_as_they_are() -> None:
    document = read(nasty())
    seen = [p.text for p in document.paragraphs]
    assert seen[0] == SEEN
    assert f"{SEEN}[1]" in seen
    assert set(LINES.split("\n")) <= set(styled(document, "Quote"))
    with ZipFile(BytesIO(to_docx(nasty()))) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
        outside = [n for n in parts.namelist() if b'TargetMode="External"' in parts.read(n)]
    assert outside == []


def test_a_collection_stands_in_its_section_with_its_notes() -> None:
    clip = Quoted(None, "中华人民共和国数据安全法", "第二十一条", "国家建立……\n各地区……", "培训用")
    section = Section("摘录", (), (clip,), ())
    document = read(Paper("摘录夹", MADE, "依据某汇编", (section,)))
    assert styled(document, "Subtitle") == ["《中华人民共和国数据安全法》第二十一条"]
    assert styled(document, "Quote") == ["国家建立……", "各地区……"]
    assert styled(document, "Caption") == ["注：培训用"]
    assert "引用条文" not in styled(document, "Heading 1")


def test_lists_and_strong_text_of_an_answer_are_kept() -> None:
    answer = "**要点**如下：\n\n- 甲[1]\n  - 乙\n\n2. 丙\n\n> 原文\n\n## 小标题"
    section = Section("问", (answer,), (Quoted(1, "某法", "第一条", "原文。"),), ())
    document = read(Paper("答", MADE, "依据某汇编", (section,)))
    (first,) = (p for p in document.paragraphs if p.text.startswith("要点"))
    assert [run.text for run in first.runs if run.bold] == ["要点"]
    assert styled(document, "List Bullet") == ["甲[1]"]
    assert styled(document, "List Bullet 2") == ["乙"]
    assert styled(document, "List") == ["2. 丙"]
    assert styled(document, "Heading 3") == ["小标题"]
    assert styled(document, "Quote") == ["原文", "原文。"]


def test_an_empty_paper_is_a_paper() -> None:
    document = read(Paper("空", MADE, "依据某汇编", ()))
    assert document.paragraphs[0].text == "空"
