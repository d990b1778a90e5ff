"""Lines become blocks: contents pages dropped, sentences cut by a page end joined."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.ingest import forms
from qa.ingest.forms import Form
from qa.ingest.readers import Line

_RULED = re.compile("^:?-+:?$")
RULE = Line(0, "")
_PRINTED_LINE = 20
"""What is cut at a page end fills a printed line; a shorter one without a comma is whole."""
_CONTENTS = 5
"""Contents pages that are looked for; each is compared with all that follows."""
_LONGEST_JOINED = 20_000
"""Characters of a paragraph that page ends have cut; more is none that anybody wrote."""
_PUNCTUATION = re.compile("[，。、；：“”《》（）()]")
_LEADERS = re.compile(r"[\s.．…·]*\d*$|[（(]\s*第\S{1,12}条.{0,16}[）)][\s.．…·]*\d*$")
"""What stands behind an entry of a contents page: dots, the page, the articles."""


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

    @property
    def plain(self) -> str:
        """The text; of a table its lines as printed, for a form that has no tables."""
        return self.text or "\n".join("\t".join(row) for row in self.cells)


@dataclass(frozen=True)
class Pages:
    """The blocks of a document, and how many cut sentences were joined."""

    blocks: tuple[Block, ...]
    joins: int


def read_pages(lines: Sequence[Line], form: Form) -> Pages:
    """The blocks of the lines behind a document's title."""
    blocks: list[Block] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    """Those of a table that may go on."""
    joins = 0
    unfinished = False
    blanks = 0
    articles = False
    for line in map(tabbed, without_contents(lines)):
        text = forms.unmarked(line.text)
        if forms.PAGE_NUMBER.match(line.text.strip()):
            blanks = 0
            continue
        if not text:
            blanks += line is not RULE
            continue
        articles = articles or (form is Form.ARTICLES and bool(forms.ARTICLE.match(text)))
        if articles and forms.ANNEX.match(text):
            form = Form.ANNEX
        in_table = "\t" in line.text
        if blanks or not in_table:
            blocks += _table(rows)
            rows = []
        if in_table:
            rows.append((line.number, tuple(map(forms.unmarked, line.text.split("\t")))))
            unfinished = False
        else:
            fits = unfinished and len(blocks[-1].text) + len(text) <= _LONGEST_JOINED
            if fits and blanks == 1 and not _starts_anew(text, form, blocks[-1].text):
                blocks[-1] = Block(blocks[-1].line, blocks[-1].text + text)
                joins += 1
            else:
                blocks.append(Block(line.number, text))
            unfinished = _goes_on(blocks[-1].text, form)
        blanks = 0
    return Pages((*blocks, *_table(rows)), joins)


def tabbed(line: Line) -> Line:
    """A row of a Markdown table with tabs between its cells; the rule below its header is none."""
    text = line.text.strip()
    if len(text) < 2 or not (text.startswith("|") and text.endswith("|")):
        return line
    cells = [cell.strip() for cell in text[1:-1].split("|")]
    if all(_RULED.match(cell) for cell in cells):
        return RULE
    return line._replace(text="\t".join(cells))


def without_contents(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without a contents page: 目录 and the headings that the text says again."""
    position = looked = 0
    while position < len(lines):
        end = position
        if looked < _CONTENTS and forms.CONTENTS.match(forms.unmarked(lines[position].text)):
            looked += 1
            end = _contents_end(lines, position)
        if end == position:
            yield lines[position]
            end += 1
        position = end


def _contents_end(lines: Sequence[Line], start: int) -> int:
    """Behind the last entry of the contents page that begins here; `start` if none does."""
    texts = [_entry(forms.unmarked(line.text)) for line in lines[start + 1 :]]
    first = next((text for text in texts if text), "")
    said = Counter(texts)
    before = 0
    for position, text in enumerate(texts):
        again = before > 0 and text == first
        entry = forms.is_heading(text) or said[text] > 1
        if again or (text and not entry):
            body = texts[position:]
            listed = before and any(t.startswith(first) for t in body)
            return start + 1 + position if listed else start
        before += bool(text)
    return start


def _entry(text: str) -> str:
    """A heading as a contents page and the text itself have in common."""
    return forms.tight(_LEADERS.sub("", text))


def _starts_anew(text: str, form: Form, before: str) -> bool:
    if any(said.match(text) for said in (forms.DATED, forms.DAY_ALONE, forms.FIELD)):
        return True
    if forms.ATTACHMENT_LIST.match(text):
        return True
    if forms.LEVEL_1.match(text) and forms.LEVEL_1.match(before):
        return True
    if form is Form.ARTICLES:
        headings = (forms.ARTICLE, forms.CHAPTER, forms.LONE_CHAPTER)
        opens = (*headings, forms.ITEM, forms.SUB_ITEM, forms.ENACTED)
        return any(opening.match(text) for opening in opens)
    if form is Form.ANNEX and (forms.ANNEX.match(text) or forms.ARTICLE.match(text)):
        return True
    return forms.is_heading(text) or text.startswith("——")


def _goes_on(text: str, form: Form) -> bool:
    if len(text) < _PRINTED_LINE and forms.ATTACHMENT_LIST.match(text):
        return False
    if form is Form.ARTICLES and (forms.CHAPTER.match(text) or forms.PREAMBLE.match(text)):
        return text.endswith("、")
    if len(text) < _PRINTED_LINE and (form is Form.ANNEX or not _PUNCTUATION.search(text)):
        return False
    if form is Form.ARTICLES:
        return not forms.ENACTED.match(text) and forms.is_unfinished(text)
    if form is Form.ANNEX and forms.ANNEX.match(text):
        return False
    aside = (forms.ATTRIBUTION, forms.YEAR, forms.TITLE_NOTE, forms.ATTACHMENT_MARK)
    if forms.is_heading(text) or forms.is_bare_heading(text) or any(a.match(text) for a in aside):
        return False
    return forms.is_unfinished(text)


def _table(rows: Sequence[tuple[int, tuple[str, ...]]]) -> list[Block]:
    if not rows:
        return []
    lines, cells = zip(*rows, strict=True)
    return [Block(lines[0], "", cells, lines)]
