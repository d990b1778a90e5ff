"""Word's page, fonts and links, as far as python-docx leaves them to its users.

Fonts: 黑体 for headings and 仿宋 for text, as GB/T 9704-2012 has them for official papers; where
a machine lacks them, its word processor takes the nearest of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

_LATIN, _TEXT, _HEAD = "Times New Roman", "仿宋", "黑体"
_OTHER_NAMES = {"仿宋": "FangSong,仿宋_GB2312,STFangsong", "黑体": "SimHei,STHeiti"}
_BLACK, _GREY = RGBColor(0, 0, 0), RGBColor(0x55, 0x55, 0x55)
_INDENT = 200
"""Hundredths of a character's width: two characters; in twips for programs that know only those."""
_SIZES: dict[str, float] = {
    "Normal": 12,
    "Body Text": 12,
    "List": 12,
    "List 2": 12,
    "List 3": 12,
    "List Bullet": 12,
    "List Bullet 2": 12,
    "List Bullet 3": 12,
    "Quote": 11,
    "Intense Quote": 10.5,
    "Caption": 10.5,
    "Header": 9,
    "Footer": 9,
    "Title": 20,
    "Subtitle": 12,
    "Heading 1": 15,
    "Heading 2": 13,
    "Heading 3": 12,
    "Heading 4": 12,
}
"""Points."""
_HEADS = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Heading 4")
_GREYS = ("Intense Quote", "Caption", "Header", "Footer")


def set_page(document: Docx) -> None:
    """A4 with the margins of a letter."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.7)
    page.top_margin = page.bottom_margin = Cm(2.8)


def set_styles(document: Docx) -> None:
    """Chinese fonts, black headings and upright quotations in the styles that are used."""
    for name, size in _SIZES.items():
        style: Any = document.styles[name]
        head = name in _HEADS
        style.font.size = Pt(size)
        style.font.italic = False
        style.font.bold = head
        style.font.color.rgb = _GREY if name in _GREYS else _BLACK
        set_fonts(style.element, heading=head)
        form = style.paragraph_format
        form.line_spacing = 1.4 if size > 9 else 1
        form.space_after = Pt(6 if size > 9 else 0)
        form.space_before = Pt(12 if name.startswith("Heading") else 0)
    title: Any = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _drop(title.element, "w:pBdr")
    subtitle: Any = document.styles["Subtitle"]
    subtitle.paragraph_format.keep_with_next = True
    subtitle.paragraph_format.space_before = Pt(8)
    for name in ("Header", "Footer"):
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name in ("Quote", "Intense Quote"):
        quote: Any = document.styles[name]
        quote.paragraph_format.left_indent = Cm(0.8)
        quote.paragraph_format.right_indent = Cm(0)
    _indent_first_line(document.styles["Body Text"].element)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_fonts(style: Any, *, heading: bool = False) -> None:
    """The fonts of a style's element: those of headings, or of text."""
    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # a theme's fonts would win over those named
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks are Chinese
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), _LATIN)
    fonts.set(qn("w:eastAsia"), _HEAD if heading else _TEXT)


def describe(document: Docx, title: str, made: date) -> None:
    """The title above each page and in the file's properties, the page's number below."""
    section = document.sections[0]
    section.header.paragraphs[0].add_run(title)
    foot = section.footer.paragraphs[0]
    foot.add_run("第 ")
    field(foot, "PAGE")
    foot.add_run(" 页，共 ")
    field(foot, "NUMPAGES")
    foot.add_run(" 页")
    about = document.core_properties
    about.title = title[:255]
    about.author = about.comments = ""
    about.language = "zh-CN"
    about.created = about.modified = datetime.combine(made, time())


def name_fonts(document: Docx) -> None:
    """Other names of the Chinese fonts, for machines that have them under those."""
    (part,) = (
        each
        for each in document.part.package.iter_parts()
        if each.partname == "/word/fontTable.xml"
    )
    table = parse_xml(part.blob)
    for name, others in _OTHER_NAMES.items():
        font = OxmlElement("w:font")
        font.set(qn("w:name"), name)
        for tag, value in (("altName", others), ("charset", "86"), ("family", "auto")):
            child = OxmlElement(f"w:{tag}")
            child.set(qn("w:val"), value)
            font.append(child)
        table.append(font)
    part._blob = serialize_part_xml(table)


def link(paragraph: Paragraph, text: str, target: str, *, raised: bool = True) -> Any:
    """A link to a bookmark of the same document, at the end of a paragraph: its element."""
    anchored = OxmlElement("w:hyperlink")
    anchored.set(qn("w:anchor"), target)
    run = paragraph.add_run(text)
    run.font.superscript = raised or None
    anchored.append(run._r)
    paragraph._p.append(anchored)
    return anchored


def bookmark(element: Any, name: str) -> None:
    """A bookmark around an element of a paragraph."""
    root = element.getroottree().getroot()
    number = str(len(root.findall(f".//{qn('w:bookmarkStart')}")) + 1)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), name)
    end.set(qn("w:id"), number)
    element.addprevious(start)
    element.addnext(end)


def field(paragraph: Paragraph, code: str) -> None:
    """A field that the word processor fills in: `PAGE`, `NUMPAGES`."""
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), code)
    simple.append(paragraph.add_run("1")._r)
    paragraph._p.append(simple)


def _indent_first_line(style: Any) -> None:
    indent = style.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(_INDENT))
    indent.set(qn("w:firstLine"), str(round(_SIZES["Body Text"] * 20 * _INDENT / 100)))


def _drop(style: Any, *tags: str) -> None:
    found: Sequence[Any] = [e for tag in tags for e in style.iter(qn(tag))]
    for element in found:
        element.getparent().remove(element)
