"""What a laid out briefing consists of, whatever it is written as: headings, lines, tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qa.briefing.model import Indicator, Source, Timeline

Style = Literal["text", "item", "more", "quote", "remark", "above", "option"]
"""`item` begins with its mark, `more` goes on with it; `remark` is small and grey, and so is
`above`, which stays with what it stands above."""


@dataclass(frozen=True)
class Words:
    """A piece of a line."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Cite:
    """A footnote mark."""

    source: Source
    shown: str
    """The statement that it stands behind; the note quotes what that says in other words."""

    @property
    def note(self) -> str:
        """What the footnote says."""
        quote, shown = _dense(self.source.quote), _dense(self.shown)
        is_verbatim = quote in shown or shown in quote
        words = "" if is_verbatim else f"：“{_shortened(self.source.quote)}”"
        misprints = "".join(f"勘误：{note}" for note in self.source.notes)
        return f"{self.source.name}{words}。{misprints}"


Line = tuple[Words | Cite, ...]
Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Heading:
    """Level 1 is a part of the briefing."""

    text: str
    level: int
    new_page: bool = False


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    line: Line
    style: Style = "text"
    mark: str = ""
    """What stands before an item or an option: `1.`, `A.`."""


@dataclass(frozen=True)
class Band:
    """A row across the whole table, above those that it names."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table with a row of headings."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    """Shares of the page's width."""
    rows: tuple[tuple[Cell, ...] | Band, ...]


@dataclass(frozen=True)
class Picture:
    """A picture of what the table after it lists; its numbers are those of the table's rows."""

    of: "Timeline | Charts"
    caption: str


@dataclass(frozen=True)
class Charts:
    """Indicators to be charted, with the numbers of their rows."""

    rows: tuple[tuple[int, Indicator], ...]


Block = Heading | Text | Table | Picture


def plain(text: str, *, strong: bool = False) -> Line:
    """A line of one piece."""
    return (Words(text, strong),)


def cell(text: str) -> Cell:
    """The words of a cell, a line for each of the text's."""
    return tuple(plain(line) for line in text.split("\n"))


def cited(text: str, sources: Iterable[Source]) -> tuple[Line, ...]:
    """The lines of a statement; its footnote marks stand behind the last."""
    *first, last = text.split("\n")
    marks = tuple(Cite(source, text) for source in dict.fromkeys(sources))
    return (*map(plain, first), (Words(last), *marks))


def said_date(iso: str) -> str:
    """`2021-09-01` as `2021 年 9 月 1 日`; a year or a month alone likewise."""
    parts = zip(iso.split("-"), ("年", "月", "日"), strict=False)
    return " ".join(f"{int(number)} {unit}" for number, unit in parts if number)


_MOST_QUOTED = 160


def _shortened(quote: str) -> str:
    line = quote.replace("\n", "")
    return line if len(line) <= _MOST_QUOTED else line[:_MOST_QUOTED] + "……"


def _dense(text: str) -> str:
    return "".join(text.split()).rstrip("。；，：")
