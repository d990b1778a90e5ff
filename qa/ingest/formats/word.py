"""Word: paragraphs with their automatic numbers, and tables, in the order of the document."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from qa.errors import DocumentError
from qa.ingest.formats.archive import check_archive
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.limits import MOST_LINES, Limits, too_long
from qa.ingest.formats.numbering import MOST_STYLES, Numbering
from qa.ingest.formats.result import Read
from qa.ingest.readers import Line

_DAMAGED = (
    *(BadZipFile, zlib.error, OpcError, LxmlError),
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What is raised, here and in python-docx, where a part or a value is not what it should be."""
_GONE = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "instrText", "delText"))
_ASIDE = frozenset((qn("w:txbxContent"), qn("w:footnoteReference"), qn("w:pict")))
_NO_TEXT = _GONE | _ASIDE
_TINY = 6
"""Half points."""
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
        boxed = sum(1 for box in body.iter(qn("w:txbxContent")) if "".join(box.itertext()).strip())
        if boxed:
            yield f"有 {boxed} 个文本框没有收入，请核对。"
        if any(True for _ in body.iter(qn("w:drawing"), qn("w:pict"))):
            yield "图片里的文字没有收入。"
        if any(table.find(f".//{qn('w:tbl')}") is not None for table in body.iter(qn("w:tbl"))):
            yield "有嵌套的表格，里层表格并入所在的单元格，请核对。"

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
        for run in _runs(paragraph):
            text = "".join(_pieces(run))
            kind = self._hidden_how(run, paragraph) if text.strip() else ""
            if kind:
                hidden.setdefault(kind, []).append(text)
            else:
                shown.append(text)
        for kind, texts in hidden.items():
            self.findings.add(where, kind, "".join(texts))
        return self.findings.seen("".join(shown), where)

    def _hidden_how(self, run: Any, paragraph: Any) -> str:
        """How a run is hidden; empty where it is not."""
        vanish = self._property(run, paragraph, "w:vanish")
        if vanish is not None and vanish.get(qn("w:val"), "1") not in ("0", "false", "off"):
            return "设为隐藏"
        size = self._property(run, paragraph, "w:sz")
        half_points = size.get(qn("w:val"), "") if size is not None else ""
        if half_points.isdigit() and int(half_points) <= _TINY:
            return "字号极小"
        colour = self._property(run, paragraph, "w:color")
        if colour is not None and _is_white(colour.get(qn("w:val"), "")):
            shaded = [s for a in (run, *run.iterancestors()) for s in _shadings(a)]
            if not any(fill not in ("", "auto") and not _is_white(fill) for fill in shaded):
                return "与背景同色"
        return ""

    def _property(self, run: Any, paragraph: Any, name: str) -> Any:
        """A property of the run: its own, its style's, or its paragraph's style's."""
        own = run.find(f"{qn('w:rPr')}/{qn(name)}")
        if own is not None:
            return own
        for holder, kind in ((run, "w:rPr/w:rStyle"), (paragraph, "w:pPr/w:pStyle")):
            named = holder.find("/".join(qn(step) for step in kind.split("/")))
            style = named.get(qn("w:val")) if named is not None else None
            if (style, name) not in self._inherited:
                self._inherited[style, name] = self._of_style(style, f"{qn('w:rPr')}/{qn(name)}")
            if self._inherited[style, name] is not None:
                return self._inherited[style, name]
        return None

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
    for properties in ("w:rPr", "w:pPr", "w:tcPr"):
        shading = element.find(f"{qn(properties)}/{qn('w:shd')}")
        if shading is not None:
            yield shading.get(qn("w:fill"), "")
    highlight = element.find(f"{qn('w:rPr')}/{qn('w:highlight')}")
    if highlight is not None and highlight.get(qn("w:val")) not in ("white", "none"):
        yield "marked"


def _is_white(colour: str) -> bool:
    return bool(re.fullmatch(r"[EeFf][0-9A-Fa-f][EeFf][0-9A-Fa-f][EeFf][0-9A-Fa-f]", colour))
