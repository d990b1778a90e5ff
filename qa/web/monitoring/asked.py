"""What is known of one question when it has come to its end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Way = Literal["page", "api", "v1", "mcp"]
"""Where it was asked: on the page 问答, at `/api`, at `/v1`, at `/mcp`."""
Outcome = Literal["answered", "refused", "fell_back", "timed_out", "stopped", "failed"]
"""`fell_back`: the model's answer was given up and the text was quoted instead; `timed_out`: the
same, because the model was silent too long."""
SEARCHED = "search"
"""The mode of a question whose passages somebody else reads."""
_NOTE = "问题编号 "


@dataclass(frozen=True)
class Asker:
    """Who asks what, and where."""

    user_id: int
    way: Way
    question: str


@dataclass(frozen=True)
class Asked:
    """One question; of its words only `by` has any."""

    id: str
    at: datetime
    """When it ended."""
    by: Asker
    mode: str
    """`llm`, `extract`, or `search`: who wrote the answer, if anybody."""
    outcome: Outcome
    refusal: str = ""
    """The kind of `qa.answering.refusal.Reason`."""
    fault: str = ""
    """The kind of error that ended it, or that ended the model's part of it."""
    model: str | None = None
    passages: int = 0
    cited: tuple[str, ...] = ()
    """The ids of provisions."""
    stages_ms: dict[str, float] = field(default_factory=dict)
    """Wall clock, by stage, `total` among them; `waiting` where the model had a line."""
    tokens: dict[str, int] = field(default_factory=dict)


def mark(error: BaseException, id: str) -> None:
    """Have an error say which question it ended, to whoever tells of it."""
    error.add_note(f"{_NOTE}{id}")


def id_of(error: BaseException | None) -> str:
    """The id of the question that an error ended; empty for none."""
    notes = (str(note) for note in getattr(error, "__notes__", ()))
    return next((note.removeprefix(_NOTE) for note in notes if note.startswith(_NOTE)), "")
