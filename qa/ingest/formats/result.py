"""What reading a file gives."""

from typing import Literal

from pydantic import field_validator

from qa.ingest.provision import Frozen
from qa.ingest.readers import Line

How = Literal["text", "markdown", "pdf", "ocr", "word", "html"]


class Doubt(Frozen):
    """Characters that recognition was not sure of."""

    line: int
    """Number of the line, 1-based."""
    start: int
    """Offset in the text of the line."""
    text: str
    confidence: float
    """0 to 1; of the least certain of them."""


class Place(Frozen):
    """Where a piece of a line is printed: one place for each printed line of a paragraph."""

    line: int
    """Number of the line, 1-based."""
    start: int
    end: int
    """Offsets in the text of the line."""
    page: int
    box: tuple[float, float, float, float]
    """Left, top, right, bottom, as parts of the page's width and height."""


class Read(Frozen):
    """A file as lines: a paragraph or a row of a table each, cells divided by tabs.

    Between two tables stands an empty line, also before a header that the next page repeats.
    """

    lines: tuple[Line, ...]
    pages: int | None
    """How many pages it has; none where the format has none."""
    how: How
    warnings: tuple[str, ...] = ()
    """What could not be read or understood, a Chinese sentence each."""
    hidden: tuple[str, ...] = ()
    """What was hidden in it, said in Chinese; it is not in the lines."""
    uncertain: tuple[Doubt, ...] = ()
    places: tuple[Place, ...] = ()
    """Of a file with pages: where its lines are printed."""

    @field_validator("lines", mode="before")
    @classmethod
    def _lines(cls, given: object) -> object:
        """JSON knows no named tuples."""
        return tuple(Line(*line) for line in given) if isinstance(given, list | tuple) else given
