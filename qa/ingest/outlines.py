"""Policy texts: headings 一、（一）1., boxes, attachments, tables, or bare paragraphs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from qa.ingest import forms
from qa.ingest.draft import Draft, Outline, numbered_apart
from qa.ingest.forms import Heading
from qa.ingest.pages import Block
from qa.ingest.provision import Kind, Part
from qa.ingest.tables import Table, read_table

_DUTY_LABEL = re.compile(r"^(牵头|责任|配合)单位[：:]")
_DUTY_END = re.compile(r"(按职责)?分工负责$|配合$")
_DATE = re.compile(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})$")


def read_outline(blocks: Sequence[Block]) -> Outline:
    """The provisions of a policy text: what stands directly under each deepest heading."""
    reader = _Reader(blocks)
    reader.read()
    drafts = reader.outline.drafts
    following = zip_longest(drafts, drafts[1:])
    drafts[:] = [draft for draft, after in following if not _only_heads(draft, after)]
    for draft in drafts:
        if draft.kind not in ("row", "entry"):
            draft.parts = _labelled(draft.parts)
        draft.departments = draft.departments or _departments(draft.text)
    numbered_apart(drafts)
    return reader.outline


@dataclass
class _Reader:
    blocks: Sequence[Block]
    outline: Outline = field(default_factory=Outline)
    path: list[Heading] = field(default_factory=list)
    """The headings above the current line, outermost first."""
    section: Draft | None = None
    """Where a paragraph goes; None at the very beginning."""
    box_items: int = 0
    attachments: dict[str, str] = field(default_factory=dict)
    """Announced titles without spaces, and how the attachment is named."""
    attachment: str = ""
    attachment_heading: tuple[str, ...] = ()
    paragraphs: int = 0
    """Of a text without any heading, so far."""
    quoting: bool = False
    """A quotation of several paragraphs is open: its headings are not those of the text."""
    mark: str = ""
    """`附件2`, printed just above: the title or the text of the attachment comes next."""

    def read(self) -> None:
        numbered = any(forms.heading_of(b.text) for b in self.blocks if not b.is_table)
        ranked = any(forms.LEVEL_1.match(b.text) for b in self.blocks)
        fragments: list[Block] = []
        for position, block in enumerate(self.blocks):
            if not self.outline.drafts and forms.TITLE_NOTE.match(block.text):
                continue
            quoting = self.quoting and not forms.LEVEL_1.match(block.text)
            self.quoting = forms.is_quoting(block.text, quoting)
            if quoting and self.section and not block.is_table:
                self.section.parts.append(_part(block))
            elif match := forms.ATTACHMENT_MARK.match(block.text):
                self.mark = f"附件{match[1]}"
            elif block.is_table:
                self._pass_mark()
                fragments.append(block)
                following = self.blocks[position + 1 : position + 2]
                if not (following and following[0].is_table):
                    self._table(fragments)
                    fragments = []
            elif not numbered:
                self._paragraph_by_itself(block)
            else:
                self._line(block, bare=not ranked)

    def _line(self, block: Block, *, bare: bool) -> None:
        text = block.text
        name = self.attachments.get(forms.tight(text), "")
        if not name and self.mark and not forms.heading_of(text) and forms.is_title(text):
            name = self.mark
        if name:
            self._open_attachment(name, forms.title_of(text))
            return
        self._pass_mark()
        if match := forms.ATTACHMENT_LIST.match(text):
            self._open("section", "附件", (), block)
            self._announce(match[1])
        elif self.section and self.section.locator == "附件" and forms.LEVEL_3.match(text):
            self.section.parts.append(_part(block))
            self._announce(text)
        elif match := forms.BOX.match(text):
            self.box_items = 0
            self._open("box", f"专栏 {match[1]}", self._headings(below=3), block)
        elif (heading := forms.heading_of(text)) and not self._is_box_item(heading):
            self._enter(heading, block)
        elif bare and self._is_bare_heading(block):
            title = forms.title_of(text)
            self._enter(Heading(1, title, title, alone=True), block)
        elif self.section is None:
            self._open("section", self._located("引言"), self._headings(), block)
        else:
            self.section.parts.append(_part(block))

    def _enter(self, heading: Heading, block: Block) -> None:
        self.path = [h for h in self.path if h.level < heading.level]
        above = self._headings()
        self.path.append(heading)
        if self.attachment and heading.alone and [h.level for h in self.path] == [2]:
            name = heading.title.removeprefix(heading.label)
            self._open("duty", self._located(heading.title), above, block)
            assert self.section is not None
            self.section.departments = (name,)
            return
        locator = "".join(h.label for h in self.path)
        self._open("section", self._located(locator), above, block)

    def _open(self, kind: Kind, locator: str, headings: tuple[str, ...], block: Block) -> None:
        self.section = Draft(kind, locator, headings, [_part(block)])
        self.outline.drafts.append(self.section)

    def _is_box_item(self, heading: Heading) -> bool:
        """`1.` in a box belongs to it, unless it goes on with the numbers before the box."""
        if self.section is None or self.section.kind != "box" or heading.level != 3:
            return False
        outer = next((h.number or 0 for h in self.path if h.level == 3), 0)
        resumes = outer > 0 and heading.number == outer + 1
        if resumes and heading.number != self.box_items + 1:
            return False
        self.box_items = heading.number or 0
        return True

    def _is_bare_heading(self, block: Block) -> bool:
        text = block.text
        before = self.section.parts[-1].text if self.section else "。"
        return forms.is_bare_heading(text) and before.endswith(("。", "”", "）"))

    def _headings(self, below: int = 4) -> tuple[str, ...]:
        """The headings above; boxes and tables belong to more than the last item before them."""
        return (*self.attachment_heading, *(h.title for h in self.path if h.level < below))

    def _located(self, locator: str) -> str:
        return f"{self.attachment} · {locator}" if self.attachment else locator

    def _announce(self, text: str) -> None:
        match = forms.LEVEL_3.match(text)
        name, title = (f"附件{match[1]}", match[2]) if match else ("附件", text)
        self.attachments[forms.tight(title)] = name

    def _open_attachment(self, name: str, title: str) -> None:
        self.attachment = name
        self.attachment_heading = (f"{name} {title}".strip(),)
        self.path, self.section, self.mark = [], None, ""

    def _pass_mark(self) -> None:
        """An attachment without a title begins with its text."""
        if self.mark:
            self._open_attachment(self.mark, "")

    def _paragraph_by_itself(self, block: Block) -> None:
        self.paragraphs += 1
        self._open("section", f"第{self.paragraphs}段", (), block)

    def _table(self, fragments: Sequence[Block]) -> None:
        table = read_table(fragments)
        title = table.title or (self._title_above() if table.rows else "")
        for number in range(1, len(table.rows) + 1):
            self.outline.drafts.append(self._row(table, number, title))

    def _title_above(self) -> str:
        """A short line right above the table is its title, and no paragraph of the section."""
        if self.section is None or not self.section.parts:
            return ""
        text = self.section.parts[-1].text
        if len(self.section.parts) < 2 or not forms.is_title(text):
            return ""
        self.section.parts.pop()
        return forms.title_of(text)

    def _row(self, table: Table, number: int, title: str) -> Draft:
        row = table.rows[number - 1]
        columns = zip_longest(table.header, row.cells, fillvalue="")
        named = [(name, cell) for name, cell in columns if cell]
        above = (*self._headings(below=3), *(t for t in (title, row.group) if t))
        departments: tuple[str, ...] = ()
        kind: Kind = "row"
        nameless = f"第{number}行"
        if table.tall:
            name = " · ".join(cell for cell in row.cells[:2] if cell)
            locator = self._located(name or nameless)
            departments = tuple(row.cells[1].split())
        elif row.cells[0] == str(number):
            locator, kind = f"第{number}项", "entry"
        else:
            name = row.cells[0] if row.cells[0] and forms.is_title(row.cells[0]) else nameless
            locator = f"{title} · {name}" if title else name
        draft = Draft(kind, locator, above, departments=departments)
        for name, cell in named:
            text = f"{name}：{cell}" if name else cell
            draft.parts.append(Part(label=name, text=text, line=row.line))
        draft.date = next((d for _, cell in named if (d := _iso_date(cell))), None)
        return draft


def _only_heads(draft: Draft, after: Draft | None) -> bool:
    """A heading with nothing of its own is no provision: what comes next stands below it."""
    if draft.kind != "section" or len(draft.parts) != 1 or after is None:
        return False
    text = draft.parts[0].text
    heading = forms.heading_of(text)
    alone = heading.alone if heading else forms.is_bare_heading(text)
    title = heading.title if heading else forms.title_of(text)
    return alone and title in after.headings


def _part(block: Block) -> Part:
    return Part(label="", text=block.text, line=block.line)


def _labelled(parts: Sequence[Part]) -> list[Part]:
    """Name the paragraphs of a provision that has several of them below its heading line."""
    first = parts[0]
    heading = forms.heading_of(first.text)
    body = parts[1:] if (heading and heading.alone) or forms.BOX.match(first.text) else parts
    lone = [*parts[: len(parts) - len(body)]]
    if len(body) < 2:
        return [*lone, *body]
    numbered = enumerate(body, start=1)
    return [*lone, *(p.model_copy(update={"label": f"第{n}段"}) for n, p in numbered)]


def _departments(text: str) -> tuple[str, ...]:
    """The departments that the duty lists of a text name."""
    found: dict[str, None] = {}
    for match in forms.DUTIES.finditer(text):
        for name in re.split(r"[，,、；;]", match[0][1:-1]):
            bare = _DUTY_END.sub("", _DUTY_LABEL.sub("", name.strip()))
            if bare:
                found[bare] = None
    return tuple(found)


def _iso_date(cell: str) -> str | None:
    match = _DATE.match(cell)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else None
