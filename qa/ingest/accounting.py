"""Every character of a text is accounted for: it stands in a provision once, or is named."""

import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from qa.ingest import forms
from qa.ingest.draft import Draft
from qa.ingest.pages import RULE, tabbed, without_contents
from qa.ingest.provision import Kind, Part
from qa.ingest.readers import Line
from qa.ingest.titles import place_of_title

_ROWS: tuple[Kind, ...] = ("row", "entry")
_LOOKED_AT = 50
"""Rows below a header of which the names of columns are gathered."""
_CARRIED = 2
"""The first cells of a row may be those of the row above."""


@dataclass(frozen=True)
class Account:
    """Where the characters of a text are, white space left aside."""

    placed: int
    """In provisions."""
    named: int
    """In the title, in headings and in the names of columns."""
    left_out: dict[str, int]
    """What is no text of its own, by its Chinese name: a contents page, marks of a typesetter."""
    faults: tuple[str, ...]
    """What is lost, or said of no line, or out of order: a Chinese sentence each."""

    @property
    def size(self) -> int:
        """Characters accounted for, those of `faults` aside."""
        return self.placed + self.named + sum(self.left_out.values())

    @property
    def sentence(self) -> str:
        """`共 1,200 字：条文 1,100，标题 80，未收入 20（目录 18、排版标记 2）`."""
        out = sum(self.left_out.values())
        said = f"共 {self.size:,} 字：条文 {self.placed:,}，标题 {self.named:,}"
        if out:
            parts = "、".join(f"{name} {size:,}" for name, size in self.left_out.items())
            said += f"，未收入 {out:,}（{parts}）"
        return said


def total(accounts: Iterable[Account]) -> Account:
    """Those of several texts as one."""
    held = [*accounts]
    left_out: Counter[str] = Counter()
    for each in held:
        left_out.update(each.left_out)
    return Account(
        placed=sum(each.placed for each in held),
        named=sum(each.named for each in held),
        left_out=dict(left_out),
        faults=tuple(fault for each in held for fault in each.faults),
    )


def account(lines: Sequence[Line], title: str, drafts: Sequence[Draft]) -> Account:
    """Go through a text line by line, with the provisions that were read off it.

    Args:
        title: as it is printed at the top; empty where the lines begin below it.
        drafts: the provisions in their order; the parts say on which line each begins.
    """
    ledger = _Ledger(_items(drafts), {line.number: line.page for line in lines})
    for draft in _out_of_order(drafts):
        ledger.faults.append(f"次序不对，或者收入了两次：“{draft.text}”。")
    printed = place_of_title(lines, title)
    body = printed.stop
    kept = {line.number for line in (*lines[:body], *without_contents(lines[body:]))}
    for position, line in enumerate(lines):
        size = len(forms.tight(line.text))
        if position in printed:
            ledger.named += size
        elif line.number not in kept:
            ledger.leave_out("目录", size)
        elif position >= body and forms.PAGE_NUMBER.match(line.text.strip()):
            ledger.leave_out("页码", size)
        elif size:
            ledger.take(line, size)
    return ledger.closed()


@dataclass
class _Item:
    """A part of a provision, or a row of a table."""

    line: int
    draft: Draft
    part: Part | None
    """None: the whole row."""


def _items(drafts: Sequence[Draft]) -> deque[_Item]:
    """In the order of the lines: a section goes on behind a table that stands in it."""
    items: list[_Item] = []
    for draft in drafts:
        if draft.kind in _ROWS and draft.parts:
            items.append(_Item(draft.parts[0].line, draft, None))
        else:
            items += [_Item(part.line, draft, part) for part in draft.parts]
    return deque(sorted(items, key=lambda item: item.line))


def _out_of_order(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The drafts that begin above the one before them, or whose parts do."""
    last = 0
    for draft in drafts:
        lines = [part.line for part in draft.parts]
        if lines and (lines[0] < last or lines != sorted(lines)):
            yield draft
        last = max([last, *lines[:1]])


@dataclass
class _Ledger:
    ahead: deque[_Item]
    """What has not been met yet, in its order."""
    pages: dict[int, int | None]
    """By the numbers of the lines."""
    placed: int = 0
    named: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    rest: str = ""
    """What is still to come of the part that was begun."""
    heading: str = ""
    """What is still to come of a heading that was begun, folded."""
    row: _Item | None = None
    columns: list[str] = field(default_factory=list)
    """The printed cells of the row that was begun."""
    above: list[str] = field(default_factory=list)
    """The first cells of the row before it."""
    header: list[str] = field(default_factory=list)
    """The first line of the table, its title aside."""
    lost: list[tuple[int, str]] = field(default_factory=list)
    """Lines in succession that nothing was made of."""

    def leave_out(self, what: str, size: int) -> None:
        if size:
            self.left_out[what] += size

    def take(self, line: Line, size: int) -> None:
        """A line that is neither title nor contents."""
        row = tabbed(line)
        cells = [forms.tight(forms.unmarked(cell)) for cell in row.text.split("\t")]
        if row is RULE:
            cells = []
        text = "".join(cells) if "\t" in row.text else forms.tight(forms.unmarked(row.text))
        text = "" if row is RULE else text
        self.leave_out("排版标记", size - len(text))
        if not text:
            return
        if self.rest and self.rest.startswith(text):
            self._consume(text)
        elif (item := self._item_at(line.number)) and item.part:
            self._end_row()
            self._begin(item, item.part, text)
        elif "\t" in row.text:
            self._cells(cells, line, item)
        else:
            self._end_row()
            self._other(text, line)

    def closed(self) -> Account:
        self._end_row()
        self._end_part()
        for item in self.ahead:
            said = item.part.text if item.part else item.draft.text
            self._fault(f"原文里找不到，或者已经收入过一次：“{said}”。")
        self._tell_lost()
        return Account(self.placed, self.named, dict(self.left_out), tuple(self.faults))

    def _item_at(self, number: int) -> _Item | None:
        """The next item, where it begins on this line or should have begun before."""
        while self.ahead and self.ahead[0].part and self.ahead[0].line < number:
            item = self.ahead.popleft()
            assert item.part is not None
            self._fault(f"原文里找不到，或者已经收入过一次：“{item.part.text}”。")
        ahead = self.ahead[0] if self.ahead else None
        return ahead if ahead and ahead.line <= number else None

    def _begin(self, item: _Item, part: Part, text: str) -> None:
        self._end_part()
        self.ahead.popleft()
        self.heading, self.header = "", []
        self.rest = forms.tight(part.text)
        if self.rest.startswith(text):
            self._consume(text)
        else:
            self._fault(f"{self._where(item.line)}印的是“{text}”，收入的是“{part.text}”。")
            self.rest = ""

    def _consume(self, text: str) -> None:
        self._tell_lost()
        self.placed += len(text)
        self.rest = self.rest[len(text) :]

    def _other(self, text: str, line: Line) -> None:
        """A line on which nothing begins: a heading, or the date below a title, or lost."""
        self._end_part()
        self.header = []
        if self._is_heading(text):
            self._tell_lost()
            self.named += len(text)
        elif forms.TITLE_NOTE.match(forms.unmarked(line.text)):
            self.leave_out("题下的日期", len(text))
        else:
            self.lost.append((line.number, forms.unmarked(line.text)))

    def _is_heading(self, text: str) -> bool:
        """Whether the line is a heading of what comes next, or goes on with the last one."""
        folded = _folded(text)
        if self.heading and self.heading.startswith(folded):
            self.heading = self.heading[len(folded) :]
            return True
        for heading in self.ahead[0].draft.headings if self.ahead else ():
            whole = _folded(heading)
            for form in (whole, re.sub(r"^附件\d*", "", whole)):
                if folded and form.startswith(folded):
                    self.heading = form[len(folded) :]
                    return True
        return False

    def _cells(self, cells: list[str], line: Line, item: _Item | None) -> None:
        """A line of a table: a row begins, goes on, or it is a header or the name of a group."""
        self._end_part()
        filled = [cell for cell in cells if cell]
        again = cells == self.header
        if len(filled) > 1:
            self.header = self.header or cells
        if item:
            self._end_row()
            self._tell_lost()
            self.ahead.popleft()
            self.row, self.columns = item, cells
            return
        if len(filled) == 1 and cells[0] and self._is_heading(cells[0]):
            self._end_row()
            self.named += len(cells[0])
            return
        if again:
            self.leave_out("重复的表头", sum(map(len, filled)))
            return
        labels = {forms.tight(part.label) for part in self._row_parts()}
        known = [cell for cell in filled if forms.tight(forms.title_of(cell)) in labels]
        if known and all(cell in known or forms.is_title(cell) for cell in filled):
            self.named += sum(map(len, known))
            self.leave_out("没有单独内容的栏目名", sum(map(len, filled)) - sum(map(len, known)))
        elif self.row and not any(cells[:_CARRIED]):
            width = max(len(cells), len(self.columns))
            columns = [*self.columns, *[""] * (width - len(self.columns))]
            added = [*cells, *[""] * (width - len(cells))]
            self.columns = [a + b for a, b in zip(columns, added, strict=True)]
        else:
            self.lost.append((line.number, " ".join(filled)))

    def _row_parts(self) -> Iterator[Part]:
        if self.row:
            yield from self.row.draft.parts
        for item in islice(self.ahead, _LOOKED_AT):
            if item.draft.kind not in _ROWS:
                return
            yield from item.draft.parts

    def _end_row(self) -> None:
        """The row says its printed cells in their order, and besides only what it carries down."""
        if self.row is None:
            return
        said = [_value(part) for part in self.row.draft.parts]
        printed = [cell for cell in self.columns if cell]
        rest = [*said]
        for cell in printed:
            if cell in rest:
                rest.remove(cell)
                self.placed += len(cell)
            else:
                self._fault(f"{self._where(self.row.line)}的格“{cell}”没有收入。")
        for cell in rest:
            if cell not in self.above:
                self._fault(f"{self._where(self.row.line)}没有印“{cell}”，却收入了。")
        self.above = said[:_CARRIED]
        self.row = None

    def _end_part(self) -> None:
        if self.rest:
            self._fault(f"原文里找不到，或者已经收入过一次：“{self.rest}”。")
            self.rest = ""

    def _where(self, number: int) -> str:
        page = self.pages.get(number)
        return f"第 {page} 页" if page else f"第 {number} 行起"

    def _fault(self, sentence: str) -> None:
        self._tell_lost()
        self.faults.append(sentence)

    def _tell_lost(self) -> None:
        if self.lost:
            text = "".join(text for _, text in self.lost)
            size = len(forms.tight(text))
            self.faults.append(
                f"{self._where(self.lost[0][0])}的文字没有归入任何条文，共 {size} 字：“{text}”。"
            )
            self.lost = []


def _value(part: Part) -> str:
    prefix = f"{part.label}："
    return forms.tight(part.text.removeprefix(prefix) if part.label else part.text)


def _folded(text: str) -> str:
    """As headings are compared: half width, without the marks between number and title."""
    return re.sub(r"[\s。.、:：]", "", unicodedata.normalize("NFKC", text))
