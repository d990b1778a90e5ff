"""A paper: sections of text with the provisions that they cite or collect."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Quoted:
    """A provision word for word."""

    n: int | None
    """The number by which its section's text cites it; None where it stands for itself."""
    title: str
    """The document's title, without 《》."""
    locator: str
    text: str
    """As printed; a line feed between its parts."""
    note: str = ""
    """What a reader must know of it, or noted by it."""

    @property
    def name(self) -> str:
        """`《数据安全法》第二十一条`."""
        return f"《{self.title}》{self.locator}"


@dataclass(frozen=True)
class Section:
    """A heading with what belongs under it."""

    heading: str
    paragraphs: tuple[str, ...]
    """In the small Markdown of answers: headings, lists, `>`, `**strong**`, `[n]`."""
    citations: tuple[Quoted, ...]
    """The numbered ones follow at the end of the paper, the others in this section."""
    notices: tuple[str, ...]

    @property
    def collected(self) -> tuple[Quoted, ...]:
        """What stands in the section itself."""
        return tuple(quoted for quoted in self.citations if quoted.n is None)

    @property
    def cited(self) -> dict[int, Quoted]:
        """What its text cites, by number."""
        return {quoted.n: quoted for quoted in self.citations if quoted.n is not None}


@dataclass(frozen=True)
class Paper:
    """A conversation, a collection of provisions, a briefing."""

    title: str
    made: date
    basis: str
    """What it rests on: `依据 2023 年 11 月汇编…`."""
    sections: tuple[Section, ...]

    @property
    def statement(self) -> str:
        """The notice of date and status on its first page."""
        day = f"{self.made.year} 年 {self.made.month} 月 {self.made.day} 日"
        return (
            f"{self.basis}。本文于 {day}整理；汇编之后的修改、废止不在其中，"
            "引用前请核对现行有效的文本。本文供参考，不构成法律意见。"
        )
