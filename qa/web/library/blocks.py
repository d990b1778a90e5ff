"""A document as a page shows it: headings, provisions and tables, and the tree beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from qa.ingest.provision import Provision
from qa.web.library.addresses import Addresses, anchor
from qa.web.library.typesetting import OUTERMOST, Typesetter, Unit, folded, title_end

_TABULAR = ("row", "entry")
_DEEPEST = 6


@dataclass(frozen=True)
class Heading:
    """A heading above provisions."""

    text: str
    level: int
    """3 to 6."""
    anchor: str


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    label: str
    """The name of its column."""
    html: Markup
    span: int = 1
    """Rows that it stands for; 0 where the cell above stands for this one too."""


@dataclass(frozen=True)
class Row:
    """A row of a table: a provision."""

    provision: Provision
    anchor: str
    url: str
    cells: tuple[Cell, ...]
    group: str
    """What stands above the first row of a group; empty elsewhere."""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows that follow each other, with one header."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


Block = Heading | Unit | Table


@dataclass
class Node:
    """A heading in the tree, with what is below it."""

    text: str
    anchor: str
    level: int
    articles: list[Provision] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)


def blocks_of(
    provisions: Sequence[Provision], typesetter: Typesetter, addresses: Addresses
) -> tuple[Block, ...]:
    """The blocks of a document, in its order."""
    blocks: list[Block] = []
    above: tuple[str, ...] = ()
    for (tabular, path), group in groupby(provisions, _together):
        held = [*group]
        for depth, heading in enumerate(path):
            if path[: depth + 1] != above[: depth + 1] and not _opened(blocks, heading):
                blocks.append(_heading(path, depth))
        above = path
        if tabular:
            title = path[-1] if path else held[0].document
            blocks.append(table_of(title, held, typesetter, addresses))
        else:
            blocks += [typesetter.unit(provision) for provision in held]
    return tuple(blocks)


def table_of(
    title: str, rows: Sequence[Provision], typesetter: Typesetter, addresses: Addresses
) -> Table:
    """Rows as one table; a first cell that several rows share stands once."""
    columns = tuple(dict.fromkeys(part.label for row in rows for part in row.parts))
    texts = [_cells(row) for row in rows]
    made: list[Row] = []
    group = ""
    for n, row in enumerate(rows):
        first = texts[n].get(columns[0], "")
        again = n > 0 and first and first == texts[n - 1].get(columns[0])
        below = sum(1 for _ in _while_same(texts[n:], columns[0])) if first else 1
        here = "".join(row.headings[_table_depth(row) :])
        cells = tuple(
            Cell(
                label,
                typesetter.html(row, texts[n].get(label, "")),
                1 if column else (0 if again else below),
            )
            for column, label in enumerate(columns)
        )
        made.append(
            Row(
                provision=row,
                anchor=anchor(row.locator),
                url=addresses.place(row),
                cells=cells,
                group=here if here != group else "",
                notes=tuple(note.note for note in row.errata),
            )
        )
        group = here
    return Table(title, columns, tuple(made))


def tree_of(blocks: Sequence[Block]) -> tuple[Node, ...]:
    """The headings of a page as a tree; articles hang below theirs."""
    top = Node("", "", OUTERMOST - 1)
    path = [top]
    for block in blocks:
        if isinstance(block, Heading):
            node = Node(block.text, block.anchor, block.level)
        elif isinstance(block, Unit) and block.provision.kind == "article":
            path[-1].articles.append(block.provision)
            continue
        elif isinstance(block, Unit) and block.title and block.provision.kind != "box":
            node = Node(block.title.striptags().strip("。"), block.anchor, block.level)
        else:
            continue
        while path[-1].level >= node.level:
            path.pop()
        path[-1].children.append(node)
        path.append(node)
    if top.articles and not top.children:
        top.children.append(Node("条文", "", OUTERMOST, articles=top.articles))
    return tuple(top.children)


def top_headings(provisions: Sequence[Provision]) -> tuple[tuple[str, str], ...]:
    """The outermost headings of a document, each with its anchor on the document's page."""
    found: dict[str, tuple[str, str]] = {}
    for provision in provisions:
        if provision.headings:
            name = provision.headings[0]
            found.setdefault(folded(name), (name, anchor(name)))
        elif end := title_end(provision):
            title = provision.parts[0].text[:end].strip("。")
            found.setdefault(folded(title), (title, anchor(provision.locator)))
    return tuple(found.values())


def trail_of(provision: Provision, provisions: Sequence[Provision]) -> tuple[tuple[str, str], ...]:
    """The headings above a provision, each with its anchor on the document's page."""
    found = []
    for depth, heading in enumerate(provision.headings):
        above = provision.headings[:depth]
        own = next((p for p in provisions if p.headings == above and _prints(p, heading)), None)
        place = own.locator if own else "-".join((*above, heading))
        found.append((heading, anchor(place)))
    return tuple(found)


def _prints(provision: Provision, heading: str) -> bool:
    """A provision begins with this heading, as its own title."""
    own = provision.parts[0].text if title_end(provision) else ""
    return bool(own) and folded(own).startswith(folded(heading))


def _together(provision: Provision) -> tuple[bool, tuple[str, ...]]:
    tabular = provision.kind in _TABULAR
    return tabular, provision.headings[: _table_depth(provision)]


def _table_depth(provision: Provision) -> int:
    """How many headings stand above the table; what is below names groups within it."""
    named = provision.locator.partition(" · ")[0]
    if provision.kind == "row" and named in provision.headings:
        return provision.headings.index(named) + 1
    return len(provision.headings)


def _heading(path: Sequence[str], depth: int) -> Heading:
    place = "-".join(path[: depth + 1])
    return Heading(path[depth], min(depth + OUTERMOST, _DEEPEST), anchor(place))


def _opened(blocks: Sequence[Block], heading: str) -> bool:
    """A provision has printed this heading itself, as its title, and nothing else came since."""
    for block in reversed(blocks):
        if isinstance(block, Unit) and title_end(block.provision):
            if _prints(block.provision, heading):
                return True
            if block.provision.kind != "box" and heading not in block.provision.headings:
                return False
        elif isinstance(block, Heading):
            return False
    return False


def _cells(row: Provision) -> dict[str, str]:
    """The printed text of each cell, by its column."""
    return {part.label: part.text.removeprefix(f"{part.label}：") for part in row.parts}


def _while_same(texts: Sequence[dict[str, str]], column: str) -> Iterable[dict[str, str]]:
    for text in texts:
        if text.get(column) != texts[0].get(column):
            return
        yield text
