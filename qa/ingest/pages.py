"""Lines become blocks: contents pages dropped, sentences cut by a page end joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.ingest import forms
from qa.ingest.forms import Form
from qa.ingest.readers import Line


@dataclass(frozen=True)
class Block:
    """A paragraph, or a run of table lines."""

    line: int
    """Physical line on which it begins."""
    text: str
    """A paragraph with its page cuts joined; empty for a table."""
    cells: tuple[tuple[str, ...], ...] = ()
    """The lines of a table, each a tuple of cells as printed."""
    lines: tuple[int, ...] = ()
    """Physical lines of the table."""

    @property
    def is_table(self) -> bool:
        """Whether this is a run of table lines."""
        return bool(self.cells)


@dataclass(frozen=True)
class Pages:
    """The blocks of a document, and how many cut sentences were joined."""

    blocks: tuple[Block, ...]
    joins: int


def read_pages(lines: Sequence[Line], form: Form) -> Pages:
    """The blocks of the lines behind a document's title."""
    blocks: list[Block] = []
    joins = 0
    unfinished = False
    blanks = 0
    for line in without_contents(lines):
        if not line.text.strip():
            blanks += 1
            continue
        if "\t" in line.text:
            _add_row(blocks, line, continued=blanks == 0)
            unfinished = False
        else:
            text = forms.unmarked(line.text).strip()
            if unfinished and blanks == 1 and not _starts_anew(text, form):
                blocks[-1] = Block(blocks[-1].line, blocks[-1].text + text)
                joins += 1
            else:
                blocks.append(Block(line.number, text))
            unfinished = _goes_on(blocks[-1].text, form)
        blanks = 0
    return Pages(tuple(blocks), joins)


def without_contents(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without a contents page: from 目录 to its first entry said again, or to text."""
    entries: list[str] | None = None
    for line in lines:
        text = line.text.strip()
        if entries is None:
            if forms.CONTENTS.match(text):
                entries = []
            else:
                yield line
        elif not text:
            continue
        elif entries and forms.tight(text) == entries[0]:
            entries = None
            yield line
        elif forms.is_heading(forms.unmarked(text)):
            entries.append(forms.tight(text))
        else:
            entries = None
            yield line


def _starts_anew(text: str, form: Form) -> bool:
    if form is Form.ARTICLES:
        opens = forms.ARTICLE.match(text) or forms.CHAPTER.match(text) or forms.ITEM.match(text)
        return opens is not None
    return forms.is_heading(text) or text.startswith("——")


def _goes_on(text: str, form: Form) -> bool:
    if form is Form.ARTICLES:
        return not forms.CHAPTER.match(text) and forms.is_unfinished(text)
    aside = (forms.ATTRIBUTION, forms.YEAR, forms.TITLE_NOTE, forms.ATTACHMENT_MARK)
    if forms.is_heading(text) or forms.is_bare_heading(text) or any(a.match(text) for a in aside):
        return False
    return forms.is_unfinished(text)


def _add_row(blocks: list[Block], line: Line, *, continued: bool) -> None:
    row = tuple(forms.unmarked(cell).strip() for cell in line.text.split("\t"))
    if continued and blocks and blocks[-1].is_table:
        last = blocks[-1]
        blocks[-1] = Block(last.line, "", (*last.cells, row), (*last.lines, line.number))
    else:
        blocks.append(Block(line.number, "", (row,), (line.number,)))
