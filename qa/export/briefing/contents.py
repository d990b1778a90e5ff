"""The table of contents of a Word document: a field, with its entries already in it."""

from collections.abc import Iterator, Sequence
from typing import Any

from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph

from qa.export.briefing.sheet import Heading
from qa.export.markup import one_line
from qa.export.typography import set_fonts

LEVELS = 2
"""Headings as far down as this have entries."""


def place(number: int) -> str:
    """The bookmark of a heading, counted from 1 among those with entries."""
    return f"_Toc{number:08}"


def add_contents(
    document: Docx, headings: Sequence[Heading], width: Length, *, whole_field: bool
) -> None:
    """The entries, and the request to bring their page numbers up to date on opening.

    whole_field: the table is one field, as Word wants it; LibreOffice fills in the page numbers
        only where each stands for itself.
    """
    _set_styles(document, width)
    title = document.add_paragraph("目录", "TOC Heading")
    title.paragraph_format.keep_with_next = True
    entries = [
        _entry(document, heading, number) for number, heading in enumerate(headings, start=1)
    ]
    if not entries or not whole_field:
        return
    begin = [*_field(f' TOC \\o "1-{LEVELS}" \\h \\z \\u ')]
    properties = entries[0]._p.get_or_add_pPr()
    for element in reversed(begin):
        properties.addnext(element)
    entries[-1]._p.append(_mark("end"))
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.find(qn("w:compat")).addprevious(update)


def _entry(document: Docx, heading: Heading, number: int) -> Paragraph:
    paragraph = document.add_paragraph(style=f"toc {heading.level}")
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), place(number))
    link.set(qn("w:history"), "1")
    link.append(paragraph.add_run(one_line(heading.text))._r)
    link.append(paragraph.add_run("\t")._r)
    for element in _field(f" PAGEREF {place(number)} \\h "):
        link.append(element)
    link.append(paragraph.add_run("")._r)
    link.append(_mark("end"))
    paragraph._p.append(link)
    return paragraph


def _field(code: str) -> Iterator[Any]:
    """The runs before a field's result."""
    yield _mark("begin")
    run = OxmlElement("w:r")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = code
    run.append(instruction)
    yield run
    yield _mark("separate")


def _mark(kind: str) -> Any:
    run = OxmlElement("w:r")
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def _set_styles(document: Docx, width: Length) -> None:
    styles = document.styles
    for level in range(1, LEVELS + 1):
        style: Any = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = styles["Normal"]
        set_fonts(style.element, heading=level == 1)
        style.font.size = Pt(11.5 - level / 2)
        form = style.paragraph_format
        form.left_indent = Cm(0.7 * (level - 1))
        form.space_before, form.space_after = Pt(3 if level == 1 else 0), Pt(0)
        form.line_spacing = 1.1
        form.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    head: Any = styles["TOC Heading"]
    set_fonts(head.element, heading=True)
