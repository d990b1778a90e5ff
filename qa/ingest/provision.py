"""The shapes that the corpus takes: provisions, and the documents they belong to."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["article", "section", "box", "duty", "quote", "row", "entry"]


class Frozen(BaseModel):
    """A value object: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def on_page(locator: str, page: int | None) -> str:
    """A place as it is cited where the original has pages: `第十二条（第3页）`."""
    return locator if page is None else f"{locator}（第{page}页）"


class Part(Frozen):
    """An addressable piece of a provision: a 款, a 项, a paragraph or a table cell."""

    label: str
    """`第二款`, `第一款第（三）项`, `第2段`, `2025 年`; empty when the provision has one part."""
    text: str
    line: int
    """Physical line of the source on which the piece begins, 1-based."""
    page: int | None = None
    """The page of the original on which it begins; none where that has no pages."""


class Note(Frozen):
    """A recorded printed error, shown beside the text that keeps it."""

    printed: str
    correct: str | None
    note: str


class Provision(Frozen):
    """The unit that is retrieved and cited."""

    id: str
    """Stable: the same text at the same place has the same id after a rebuild."""
    document_id: str
    document: str
    kind: Kind
    locator: str
    """How a person names it inside its document: `第四十八条`, `三、（二）4.`, `专栏 5`."""
    headings: tuple[str, ...]
    """The headings above it, outermost first, as printed without stray spaces."""
    parts: tuple[Part, ...]
    text: str
    """As printed, page-end cuts joined; parts are separated by line feeds."""
    search_text: str
    """What is indexed: title, headings and text, with recorded errors corrected beside it."""
    questions: tuple[str, ...] = ()
    """What people ask that it answers, in everyday words: to find it by, and for briefings."""
    departments: tuple[str, ...] = ()
    """The departments that a row or a duty names as responsible."""
    date: str | None = None
    """ISO date of the occasion, for quotes and rows of a list."""
    errata: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The whole name for a person: `《数据安全法》第二十一条`."""
        return f"《{self.document}》{self.locator}"

    def page_of(self, words: str = "") -> int | None:
        """The page of the original on which words of it begin, or itself; none without pages."""
        at, end = max(self.text.find(words), 0), 0
        for part in self.parts:
            end += len(part.text) + 1
            if at < end:
                return part.page
        return None

    def parts_at(self, place: str) -> tuple[Part, ...]:
        """The parts of a 款 or 项: `第二款`, `第（五）项`, `第一款第（五）项`.

        An article of one 款 is that 款; a 项 is found in whichever 款 has it.
        """
        if place == "第一款" and not any(part.label.startswith(place) for part in self.parts):
            return self.parts
        paragraph, mark, item = place.partition("第（")
        return tuple(
            part
            for part in self.parts
            if (part.label.startswith(paragraph) or "款" not in part.label)
            and (not mark or part.label.endswith(mark + item))
            and (mark or part.label.startswith(paragraph))
        )
