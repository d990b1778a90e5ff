"""Word: paragraphs with their automatic numbers, and tables, in the order of the document."""

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn as qualified
from lxml.etree import LxmlError

from qa.errors import DocumentError
from qa.ingest.formats.archive import check_archive
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.limits import MOST_LINES, Limits, too_long
from qa.ingest.formats.numbering import MOST_STYLES, Numbering
from qa.ingest.formats.result import Read
from qa.ingest.readers import Line

qn = cache(qualified)
_DAMAGED = (
    *(BadZipFile, zlib.error, OpcError, LxmlError),
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What is raised, here and in python-docx, where a part or a value is not what it should be."""
_GONE = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "instrText", "delText"))
_ASIDE = frozenset((qn("w:txbxContent"), qn("w:footnoteReference"), qn("w:pict")))
_NO_TEXT = _GONE | _ASIDE
_PICTURE = qn("wp:docPr")
_TINY = 6
"""Half points."""
_NARROW = 10
"""Percent of a character's width."""
_FAR = -3000
"""Twentieths of a point, to the left or above."""
_ALIKE = 32
"""Levels, of 255, between two colours that nobody tells apart."""
_MARKERS = {"black": "000000", "white": "FFFFFF", "yellow": "FFFF00", "darkBlue": "000080"}
"""Of the colours of highlighting those that words are hidden on; on the others they are seen."""
_LONG_ASIDE = 20
"""Characters from which the words for a picture are reported."""
_CONTENTS = re.compile(r"^toc\s*\d|^toc heading|^目录", re.IGNORECASE)
_PRINTED_CONTENTS = re.compile(r"\t[ \xa0\u3000.…·]*\d+$")
_WITHIN = frozenset(qn(f"w:{name}") for name in ("ins", "moveTo", "customXml", "sdtContent"))
"""What only holds parts of a text that was changed or filled in."""


def read_word(path: Path, limits: Limits) -> Read:
    """The paragraphs and tables of a .docx; changes count as accepted, comments are left out."""
    check_archive(path, limits)
    try:
        document = docx.Document(str(path))
        reader = _Reader(document, path.name)
        texts = [text for text in reader.texts(document.element.body) if text.strip()]
        warnings = tuple(reader.warnings(document))
        reader.look_at_pictures(document)
    except _DAMAGED as error:
        raise DocumentError(f"{path.name} 已损坏，打不开；请重新保存后再加入。") from error
    if not texts:
        raise DocumentError(f"{path.name} 里没有文字；若内容是图片，请另存为 PDF 后再加入。")
    return Read(
        lines=tuple(Line(number, text) for number, text in enumerate(texts, start=1)),
        pages=None,
        how="word",
        warnings=warnings,
        hidden=reader.findings.sentences(),
    )


class _Reader:
    def __init__(self, document: Document, name: str) -> None:
        self._name = name
        self.findings = Findings()
        self._numbering = Numbering(document)
        self._styles = {
            s.get(qn("w:styleId")): s for s in document.styles.element.iter(qn("w:style"))
        }
        self._inherited: dict[tuple[Any, str], Any] = {}
        """What a style says of a property, by itself or by those that it is based on."""
        self._paragraphs = 0
        self._contents = 0

    def texts(self, parent: Any) -> Iterator[str]:
        """A paragraph or a row of a table each; cells divided by tabs."""
        for element in parent.iterchildren():
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                yield from self._table(element)
            elif element.tag in _WITHIN or element.tag == qn("w:sdt"):
                yield from self.texts(element)

    def warnings(self, document: Document) -> Iterator[str]:
        """What a .docx may hold that is not in the lines."""
        body = document.element.body
        if self._contents:
            yield f"略去了目录（{self._contents} 行）。"
        if any(True for _ in body.iter(qn("w:ins"), qn("w:del"))):
            yield "文件里有修订，按全部接受读出。"
        notes = sum(1 for _ in body.iter(qn("w:footnoteReference"), qn("w:endnoteReference")))
        if notes:
            yield f"有 {notes} 处脚注或尾注没有收入。"
        remarks = sum(1 for _ in body.iter(qn("w:commentReference")))
        if remarks:
            yield f"有 {remarks} 处批注没有收入。"
        boxed = sum(1 for box in body.iter(qn("w:txbxContent")) if "".join(box.itertext()).strip())
        if boxed:
            yield f"有 {boxed} 个文本框没有收入，请核对。"
        if any(True for _ in body.iter(qn("w:drawing"), qn("w:pict"))):
            yield "图片里的文字没有收入。"
        if any(table.find(f".//{qn('w:tbl')}") is not None for table in body.iter(qn("w:tbl"))):
            yield "有嵌套的表格，里层表格并入所在的单元格，请核对。"

    def look_at_pictures(self, document: Document) -> None:
        """Report the words that stand for a picture: nobody sees them, and they are not read."""
        for picture in document.element.body.iter(_PICTURE):
            text = picture.get("descr", "")
            if len(text) >= _LONG_ASIDE:
                self.findings.add("文件", "图片替代说明里", text)

    def _paragraph(self, element: Any) -> Iterator[str]:
        self._paragraphs += 1
        if self._paragraphs > MOST_LINES:
            raise too_long(self._name)
        label = self._numbering.label(element)
        text = self._text(element)
        if self._is_contents(element, text):
            self._contents += 1
            return
        # Only tables have tabs.
        for part in text.split("\n"):
            line = f"{label}{part}".replace("\t", " ").strip(" \u3000")
            label = ""
            if line:
                yield line

    def _table(self, element: Any) -> Iterator[str]:
        for row in _held(element, qn("w:tr")):
            cells: list[str] = []
            for cell in _held(row, qn("w:tc")):
                properties = cell.find(qn("w:tcPr"))
                texts = [t for t in self.texts(cell) if t.strip()]
                span = properties.find(qn("w:gridSpan")) if properties is not None else None
                wide = int(span.get(qn("w:val"), "1")) if span is not None else 1
                cells += [
                    " ".join(t.replace("\t", " ") for t in texts),
                    *[""] * (min(wide, 64) - 1),
                ]
            if any(cells):
                yield "\t".join(cells) if len(cells) > 1 else cells[0]

    def _text(self, paragraph: Any) -> str:
        where = f"第{self._paragraphs}段"
        shown: list[str] = []
        hidden: dict[str, list[str]] = {}
        own = _properties(paragraph, "w:pPr")
        styled, outside = _value(own, "w:pStyle"), _is_outside(own)
        for run in _runs(paragraph):
            text = "".join(_pieces(run))
            kind = ""
            if text.strip():
                kind = "移到页面之外" if outside else self._hidden_how(run, styled)
            if kind:
                hidden.setdefault(kind, []).append(text)
            else:
                shown.append(text)
        for kind, texts in hidden.items():
            self.findings.add(where, kind, "".join(texts))
        return self.findings.seen("".join(shown), where)

    def _hidden_how(self, run: Any, styled: str) -> str:
        """How a run of a paragraph of some style is hidden; empty where it is not."""
        own = _properties(run, "w:rPr")
        styles = (_value(own, "w:rStyle"), styled)
        if self._said(own, styles, "w:vanish", "1") not in ("", "0", "false", "off"):
            return "设为隐藏"
        half_points = self._said(own, styles, "w:sz")
        percent = self._said(own, styles, "w:w").removesuffix("%")
        if half_points.isdigit() and int(half_points) <= _TINY:
            return "字号极小"
        if percent.isdigit() and int(percent) <= _NARROW:
            return "字号极小"
        colour = self._said(own, styles, "w:color")
        if _is_colour(colour):
            fill = next(filter(_is_colour, self._fills(run)), "FFFFFF")
            if _alike(colour, fill):
                return "与背景同色"
        return ""

    def _said(self, own: Any, styles: Sequence[str], name: str, otherwise: str = "") -> str:
        """The value of a property: the run's own, its style's, or its paragraph's style's.

        Args:
            otherwise: what it means where it stands without a value.
        """
        held = own.find(qn(name)) if own is not None else None
        for style in styles if held is None else ():
            if (style, name) not in self._inherited:
                self._inherited[style, name] = self._of_style(style, f"{qn('w:rPr')}/{qn(name)}")
            held = self._inherited[style, name]
            if held is not None:
                break
        return "" if held is None else str(held.get(qn("w:val"), otherwise))

    def _fills(self, run: Any) -> Iterator[str]:
        """The colours behind a run, the nearest first; of a table's style any that it has."""
        for element in (run, *run.iterancestors()):
            yield from _shadings(element)
            if element.tag == qn("w:tbl"):
                style = self._styles.get(_value(_properties(element, "w:tblPr"), "w:tblStyle"))
                held = style.iter(qn("w:shd")) if style is not None else ()
                yield from (shading.get(qn("w:fill"), "") for shading in held)

    def _of_style(self, style: Any, path: str) -> Any:
        for _ in range(MOST_STYLES):
            if style not in self._styles:
                return None
            found = self._styles[style].find(path)
            if found is not None:
                return found
            based = self._styles[style].find(qn("w:basedOn"))
            style = based.get(qn("w:val")) if based is not None else None
        return None

    def _is_contents(self, paragraph: Any, text: str) -> bool:
        named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style = self._styles.get(named.get(qn("w:val"))) if named is not None else None
        name = style.find(qn("w:name")) if style is not None else None
        styled = name is not None and bool(_CONTENTS.match(name.get(qn("w:val"), "")))
        return styled or bool(_PRINTED_CONTENTS.search(text))


def _held(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, not those of tables inside."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in _WITHIN or child.tag == qn("w:sdt"):
            yield from _held(child, tag)


def _runs(paragraph: Any) -> Iterator[Any]:
    """The runs of a paragraph, however deep they stand, without those that are not of its text."""
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag == qn("w:r"):
            yield element
        children = element.iterchildren(reversed=True)
        waiting += [child for child in children if child.tag not in _NO_TEXT]


def _pieces(run: Any) -> Iterator[str]:
    for child in run.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in (qn("w:tab"), qn("w:ptab")):
            yield "\t"
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        elif child.tag == qn("w:noBreakHyphen"):
            yield "-"


def _shadings(element: Any) -> Iterator[str]:
    for name in ("w:rPr", "w:pPr", "w:tcPr"):
        properties = _properties(element, name)
        if properties is not None:
            marker = _MARKERS.get(_value(properties, "w:highlight"), "")
            shading = properties.find(qn("w:shd"))
            yield from (marker, "" if shading is None else shading.get(qn("w:fill"), ""))


def _properties(element: Any, name: str) -> Any:
    """They come first; looked for among all children of a long paragraph they would take long."""
    first = next(element.iterchildren(), None)
    return first if first is not None and first.tag == qn(name) else None


def _is_outside(properties: Any) -> bool:
    frame = None if properties is None else properties.find(qn("w:framePr"))
    places = () if frame is None else (frame.get(qn("w:x"), ""), frame.get(qn("w:y"), ""))
    return any(re.fullmatch(r"-\d{1,9}", place) and int(place) < _FAR for place in places)


def _is_colour(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Fa-f]{6}", value))


def _alike(one: str, other: str) -> bool:
    pairs = ((int(one[n : n + 2], 16), int(other[n : n + 2], 16)) for n in (0, 2, 4))
    return all(abs(a - b) < _ALIKE for a, b in pairs)


def _value(properties: Any, name: str) -> str:
    held = properties.find(qn(name)) if properties is not None else None
    return "" if held is None else str(held.get(qn("w:val"), ""))
