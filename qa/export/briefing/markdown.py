"""A briefing as Markdown, its citations as footnotes; a picture's table says what it shows."""

from collections.abc import Iterator

from qa.briefing.model import Briefing
from qa.export.briefing.layout import blocks
from qa.export.briefing.sheet import Band, Block, Cell, Cite, Heading, Line, Picture, Table, Text
from qa.export.briefing.titling import facts, statement
from qa.export.markdown import escaped_line, escaped_text, within


def to_markdown(briefing: Briefing) -> str:
    """The whole briefing; it ends with the footnotes."""
    writer = _Writer()
    parts = [f"# {escaped_line(briefing.title)}"]
    parts += [f"{escaped_line(name)}：{escaped_line(value)}" for name, value in facts(briefing)]
    parts += [f"> **注意：** {escaped_line(notice)}" for notice in briefing.notices]
    parts.append(f"> {escaped_line(statement(briefing))}")
    parts += [written for block in blocks(briefing) for written in writer.block(block)]
    parts += [f"[^{n}]: {escaped_line(note)}" for n, note in enumerate(writer.notes, start=1)]
    return "\n\n".join(parts) + "\n"


class _Writer:
    """Writes blocks, and collects the footnotes that they refer to."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(text=text, level=level):
                yield f"{'#' * (level + 1)} {escaped_line(text)}"
            case Text() as text:
                yield self._text(text)
            case Table() as table:
                yield "\n".join(self._table(table))
            case Picture():
                return

    def _text(self, text: Text) -> str:
        line = self._line(text.line)
        match text.style:
            case "quote":
                return within("> ", line)
            case "item":
                return f"{_mark(text.mark)}{line}"
            case "option":
                return f"　　{_mark(text.mark)}{line}"
            case "remark" | "above":
                return f"> {line}"
            case "more" | "text":
                return line

    def _table(self, table: Table) -> Iterator[str]:
        yield _row(escaped_line(name) for name in table.head)
        yield _row("--" for _ in table.head)
        for row in table.rows:
            if isinstance(row, Band):
                empty = [""] * (len(table.head) - 1)
                yield _row((f"**{escaped_line(row.text)}**", *empty))
            else:
                yield _row(self._cell(cell) for cell in row)

    def _cell(self, cell: Cell) -> str:
        return "<br>".join(self._line(line, in_table=True) for line in cell)

    def _line(self, line: Line, *, in_table: bool = False) -> str:
        pieces = []
        for piece in line:
            if isinstance(piece, Cite):
                self.notes.append(piece.note)
                pieces.append(f"[^{len(self.notes)}]")
                continue
            begins = not pieces and not in_table
            words = escaped_text(piece.text) if begins else escaped_line(piece.text)
            pieces.append(f"**{words}**" if piece.strong and words else words)
        return "".join(pieces)


def _mark(mark: str) -> str:
    """`1.` shown as it is: what belongs to one item may be several paragraphs."""
    return f"{mark[:-1]}\\{mark[-1]} " if mark else ""


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
