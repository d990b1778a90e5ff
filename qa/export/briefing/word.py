"""A briefing as a Word document: real headings, footnotes, contents, tables with repeated heads."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph

from qa.briefing.model import Briefing
from qa.export.briefing.contents import LEVELS, add_contents, place
from qa.export.briefing.footnotes import Footnotes
from qa.export.briefing.gridded import IN_TABLE, Grid
from qa.export.briefing.layout import blocks
from qa.export.briefing.pictures import png
from qa.export.briefing.sheet import Band, Cell, Heading, Line, Picture, Table, Text, Words
from qa.export.briefing.titling import facts, made, statement
from qa.export.markup import clean, one_line
from qa.export.typography import bookmark, describe, name_fonts, set_fonts, set_page, set_styles

_STYLES = {
    "text": "Body Text",
    "item": "Briefing Item",
    "more": "Briefing Item",
    "option": "Briefing Item",
    "quote": "Quote",
    "remark": "Caption",
    "above": "Caption",
}
_BORDERS = ("w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV")
_WIDTH = Cm(21 - 2 * 2.7)
"""Between the margins."""


def to_docx(briefing: Briefing, *, for_libreoffice: bool = False) -> bytes:
    """The file's bytes.

    for_libreoffice: the table of contents is no field, so that LibreOffice prints its numbers.
    """
    document = Document()
    set_page(document)
    set_styles(document)
    name_fonts(document)
    _set_styles(document)
    describe(document, one_line(briefing.title), made(briefing))
    laid = [*blocks(briefing)]
    writer = _Writer(document)
    _title(document, writer, briefing)
    headings = [b for b in laid if isinstance(b, Heading) and b.level <= LEVELS]
    add_contents(document, headings, _WIDTH, whole_field=not for_libreoffice)
    for block in laid:
        writer.block(block)
    writer.footnotes.store()
    stored = BytesIO()
    document.save(stored)
    return stored.getvalue()


class _Writer:
    """Writes the blocks of a briefing one after another."""

    def __init__(self, document: Docx) -> None:
        self._document = document
        self.footnotes = Footnotes(document)
        self._headings = 0
        self._begun = False

    def block(self, block: Heading | Text | Table | Picture) -> None:
        match block:
            case Heading() as heading:
                self._heading(heading)
            case Text() as text:
                self._text(text)
            case Table() as table:
                self.table(table)
            case Picture() as picture:
                self._picture(picture)

    def table(self, table: Table) -> None:
        grid = Grid(self._document, table.widths, _WIDTH)
        if table.head:
            grid.head(tuple(map(one_line, table.head)))
        for row in table.rows:
            if isinstance(row, Band):
                grid.band(one_line(row.text))
            else:
                for held, cell in zip(grid.row(_length(row)), row, strict=True):
                    self._cell(held, cell)
        grid.end()

    def _heading(self, heading: Heading) -> None:
        paragraph = self._document.add_heading(one_line(heading.text), heading.level)
        first_part = heading.level == 1 and not self._begun
        self._begun = True
        paragraph.paragraph_format.page_break_before = heading.new_page or first_part or None
        if heading.level <= LEVELS:
            self._headings += 1
            bookmark(paragraph.runs[0]._r, place(self._headings))

    def _text(self, text: Text) -> None:
        paragraph = self._document.add_paragraph(style=_STYLES[text.style])
        form = paragraph.paragraph_format
        form.keep_with_next = text.style == "above" or None
        if text.style == "option":
            form.left_indent, form.space_after = Cm(1.7), Pt(2)
            form.tab_stops.add_tab_stop(Cm(1.7))
        if text.style == "more":
            form.first_line_indent = Cm(0)
        if text.mark:
            paragraph.add_run(f"{text.mark}\t")
        self._line(paragraph, text.line)

    def _picture(self, picture: Picture) -> None:
        self._document.add_picture(BytesIO(png(picture.of)), width=_WIDTH)
        paragraph = self._document.paragraphs[-1]
        paragraph.paragraph_format.keep_with_next = True
        for described in paragraph._p.iter(qn("wp:docPr")):
            described.set("descr", picture.caption)
        caption = self._document.add_paragraph(picture.caption, "Caption")
        caption.paragraph_format.keep_with_next = True

    def _cell(self, held: Any, cell: Cell) -> None:
        paragraph = held.paragraphs[0]
        for number, line in enumerate(cell):
            if number:
                paragraph = held.add_paragraph()
            paragraph.style = IN_TABLE
            self._line(paragraph, line)

    def _line(self, paragraph: Paragraph, line: Line) -> None:
        for piece in line:
            if isinstance(piece, Words):
                paragraph.add_run(clean(piece.text)).bold = piece.strong or None
            else:
                self.footnotes.add(paragraph, clean(piece.note))


def _title(document: Docx, writer: _Writer, briefing: Briefing) -> None:
    """The title, what it rests on, and what a reader must know, in a box."""
    document.add_paragraph(one_line(briefing.title), "Title")
    for name, value in facts(briefing):
        paragraph = document.add_paragraph(style="Normal")
        paragraph.add_run(f"{name}：").bold = True
        paragraph.add_run(one_line(value))
    words = (*briefing.notices, statement(briefing))
    lines: Cell = tuple((Words(one_line(each)),) for each in words)
    writer.table(Table(("使用前请注意",), (1,), ((lines,),)))


def _length(row: tuple[Cell, ...]) -> int:
    """Characters of the longest cell."""
    return max(
        sum(len(piece.text) for line in cell for piece in line if isinstance(piece, Words))
        for cell in row
    )


def _set_styles(document: Docx) -> None:
    """A numbered paragraph whose number stands out, and the text of tables."""
    for name, size in (("Briefing Item", 12), (IN_TABLE, 10)):
        style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        set_fonts(style.element)
    for border in document.styles["Table Grid"].element.iter(*map(qn, _BORDERS)):
        border.set(qn("w:color"), "8C99A8")
    form = document.styles["Briefing Item"].paragraph_format
    form.left_indent, form.first_line_indent = Cm(0.9), Cm(-0.9)
    form.tab_stops.add_tab_stop(Length(Cm(0.9)))
    inside = document.styles[IN_TABLE].paragraph_format
    inside.line_spacing, inside.space_after = 1.15, Pt(1)
