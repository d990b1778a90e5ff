"""Tables of a Word document: heads that repeat, rows that stay whole, widths that hold."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt

IN_TABLE = "Briefing Table"
"""The style of text in cells."""
_MOST_WHOLE = 900
"""Characters of a cell; a row with a longer one may break, or it would not go on a page."""
_SHADES = {"head": "DCE4EF", "band": "F1F4F8"}


class Grid:
    """A table that is filled row by row."""

    def __init__(self, document: Docx, shares: Sequence[float], width: Length) -> None:
        self._widths = [Length(round(width * share / sum(shares))) for share in shares]
        self._table = document.add_table(rows=0, cols=len(shares))
        self._table.style = document.styles["Table Grid"]
        self._table.autofit = False
        for column, each in zip(self._table.columns, self._widths, strict=True):
            column.width = each
        self._document = document

    def head(self, names: Sequence[str]) -> None:
        """The first row, repeated on each page."""
        cells = self.row(0)
        _mark(cells[0]._tc.getparent(), "w:tblHeader")
        for cell, name in zip(cells, names, strict=True):
            self._strong(cell, name, "head")

    def band(self, text: str) -> None:
        """A row across the whole width, kept with the next."""
        first, *others = self.row(0)
        cell = first.merge(others[-1]) if others else first
        self._strong(cell, text, "band")

    def row(self, length: int) -> list[Any]:
        """The cells of a new row.

        length: characters of its longest cell.
        """
        row = self._table.add_row()
        if length <= _MOST_WHOLE:
            _mark(row._tr, "w:cantSplit")
        cells = [*row.cells]
        for cell, width in zip(cells, self._widths, strict=True):
            cell.width = width
        return cells

    def end(self) -> None:
        """A little room beneath."""
        room = self._document.add_paragraph(style=IN_TABLE)
        room.paragraph_format.line_spacing = Pt(8)

    def _strong(self, cell: Any, text: str, kind: str) -> None:
        (paragraph,) = cell.paragraphs
        paragraph.style = self._document.styles[IN_TABLE]
        paragraph.add_run(text).bold = True
        paragraph.paragraph_format.keep_with_next = True
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:color"), "auto")
        shade.set(qn("w:fill"), _SHADES[kind])
        cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, tag: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(tag))
