"""Footnotes of a Word document: a part of its own, which python-docx has no words for."""

from typing import Any

from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from qa.export.typography import set_fonts

_TEXT, _MARK = "footnote text", "footnote reference"
_RULES = (("separator", -1), ("continuationSeparator", 0))
"""The lines between text and footnotes, which are footnotes to Word."""


class Footnotes:
    """Collects footnotes; `store` puts them into the document."""

    def __init__(self, document: Docx) -> None:
        self._document = document
        self._part = OxmlElement("w:footnotes")
        self._count = 0
        for kind, number in _RULES:
            paragraph = self._footnote(number, kind)
            run = OxmlElement("w:r")
            run.append(OxmlElement(f"w:{kind}"))
            paragraph.append(run)
        styles = document.styles
        text: Any = styles.add_style(_TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style = styles["Normal"]
        text.font.size = Pt(9)
        text.paragraph_format.space_after = Pt(0)
        text.paragraph_format.line_spacing = 1.1
        set_fonts(text.element)
        mark: Any = styles.add_style(_MARK, WD_STYLE_TYPE.CHARACTER, builtin=True)
        mark.font.superscript = True
        self._text, self._mark = text.style_id, mark.style_id

    def add(self, paragraph: Paragraph, note: str) -> None:
        """A mark at the end of a paragraph, and its note at the foot of the page."""
        self._count += 1
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(self._count))
        paragraph._p.append(self._marked(reference))
        held = self._footnote(self._count)
        style = OxmlElement("w:pStyle")
        style.set(qn("w:val"), self._text)
        held.get_or_add_pPr().append(style)
        held.append(self._marked(OxmlElement("w:footnoteRef")))
        run: Any = OxmlElement("w:r")
        run.text = f" {note}"
        held.append(run)

    def store(self) -> None:
        """Add the part, and say in the settings which footnotes are the lines."""
        part = Part(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            serialize_part_xml(self._part),
            self._document.part.package,
        )
        self._document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        lines = OxmlElement("w:footnotePr")
        for _, number in _RULES:
            line = OxmlElement("w:footnote")
            line.set(qn("w:id"), str(number))
            lines.append(line)
        self._document.settings.element.find(qn("w:compat")).addprevious(lines)

    def _footnote(self, number: int, kind: str = "") -> Any:
        """The paragraph of a new footnote."""
        footnote = OxmlElement("w:footnote")
        if kind:
            footnote.set(qn("w:type"), kind)
        footnote.set(qn("w:id"), str(number))
        paragraph = OxmlElement("w:p")
        footnote.append(paragraph)
        self._part.append(footnote)
        return paragraph

    def _marked(self, element: Any) -> Any:
        run: Any = OxmlElement("w:r")
        style = OxmlElement("w:rStyle")
        style.set(qn("w:val"), self._mark)
        run.get_or_add_rPr().append(style)
        run.append(element)
        return run
