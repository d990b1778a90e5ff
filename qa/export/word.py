"""A paper as a Word document: real heading styles, citations that link to the provisions."""

from collections.abc import Iterator
from io import BytesIO

from docx import Document
from docx.document import Document as Docx
from docx.text.paragraph import Paragraph

from qa.export.markup import Block, Run, blocks, clean, one_line, runs
from qa.export.paper import Paper, Quoted, Section
from qa.export.typography import bookmark, describe, link, name_fonts, set_page, set_styles

_STYLES = {"text": "Body Text", "bullet": "List Bullet", "numbered": "List", "quote": "Quote"}
_DEEPEST_LIST = 3
_DEEPEST_HEADING = 4


def to_docx(paper: Paper) -> bytes:
    """The file's bytes; it ends with the provisions that its text cites."""
    document = Document()
    set_page(document)
    set_styles(document)
    describe(document, one_line(paper.title), paper.made)
    name_fonts(document)
    document.add_paragraph(one_line(paper.title), "Title")
    document.add_paragraph(one_line(paper.statement), "Intense Quote")
    for number, section in enumerate(paper.sections, start=1):
        _Writer(document, section, number).write()
    _cited(document, paper)
    stored = BytesIO()
    document.save(stored)
    return stored.getvalue()


class _Writer:
    """Writes one section."""

    def __init__(self, document: Docx, section: Section, number: int) -> None:
        self._document = document
        self._section = section
        self._number = number
        self._mentioned: set[int] = set()

    def write(self) -> None:
        self._document.add_heading(one_line(self._section.heading), 1)
        for text in self._section.paragraphs:
            for block in blocks(text, self._section.cited):
                self._block(block)
        for quoted in self._section.collected:
            self._document.add_paragraph(one_line(quoted.name), "Subtitle")
            _words(self._document, quoted)
        for notice in self._section.notices:
            self._document.add_paragraph(f"注意：{one_line(notice)}", "Caption")

    def _block(self, block: Block) -> None:
        if block.kind == "heading":
            paragraph = self._document.add_heading("", min(block.level + 1, _DEEPEST_HEADING))
        else:
            deeper = min(block.level + 1, _DEEPEST_LIST)
            is_item = block.kind in ("bullet", "numbered")
            style = _STYLES[block.kind] + (f" {deeper}" if is_item and deeper > 1 else "")
            paragraph = self._document.add_paragraph(style=style)
        if block.mark:
            paragraph.add_run(f"{block.mark} ")
        for run in block.runs:
            self._run(paragraph, run)

    def _run(self, paragraph: Paragraph, run: Run) -> None:
        if run.cites is None:
            paragraph.add_run(run.text).bold = run.strong or None
            return
        here, there = _places(self._number, run.cites)
        mark = link(paragraph, run.text, there)
        if run.cites not in self._mentioned:
            self._mentioned.add(run.cites)
            bookmark(mark, here)


def _cited(document: Docx, paper: Paper) -> None:
    citing = [(n, section) for n, section in enumerate(paper.sections, start=1) if section.cited]
    if citing:
        document.add_heading("引用条文", 1)
    for number, section in citing:
        if len(citing) > 1:
            document.add_heading(one_line(section.heading), 2)
        mentioned = _mentioned(section)
        for n, quoted in section.cited.items():
            here, there = _places(number, n)
            paragraph = document.add_paragraph(style="Subtitle")
            if n in mentioned:
                bookmark(link(paragraph, f"[{n}]", here, raised=False), there)
            else:
                paragraph.add_run(f"[{n}]")
            paragraph.add_run(f" {one_line(quoted.name)}")
            _words(document, quoted)


def _mentioned(section: Section) -> set[int]:
    found = (runs(clean(text), section.cited) for text in section.paragraphs)
    return {run.cites for each in found for run in each if run.cites is not None}


def _words(document: Docx, quoted: Quoted) -> None:
    for line in _lines(quoted.text):
        document.add_paragraph(line, "Quote")
    if quoted.note:
        document.add_paragraph(f"注：{one_line(quoted.note)}", "Caption")


def _lines(text: str) -> Iterator[str]:
    return (line for line in clean(text).split("\n") if line.strip())


def _places(section: int, n: int) -> tuple[str, str]:
    """The names of the bookmarks at a citation's first mention and at its provision."""
    return f"cited_{section}_{n}", f"provision_{section}_{n}"
