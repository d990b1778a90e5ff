"""What an answer is, and the events in which it arrives."""

from dataclasses import dataclass, field
from typing import Literal

from qa.ingest.provision import on_page
from qa.retrieval.passage import Retrieval


@dataclass(frozen=True)
class Citation:
    """A provision plus the quoted span that supports a sentence of the answer."""

    n: int
    """The number in brackets, from 1."""
    provision_id: str
    document: str
    locator: str
    """The provision, with the 款 or 项 where the quote stands in one: `第四十八条第二款`."""
    quotes: tuple[str, ...]
    """Verbatim spans of the provision's text, in its order."""
    page: int | None = None
    """The page of the original on which they begin; none where that has no pages."""

    @property
    def place(self) -> str:
        """The locator, with the page where there is one: `第十二条（第3页）`."""
        return on_page(self.locator, self.page)


@dataclass(frozen=True)
class Answer:
    """A text with citations, or a refusal with its reason."""

    text: str
    """Markdown; a citation stands as `[n]` behind what it supports."""
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    refusal_reason: str | None = None
    refusal_kind: str = ""
    """Why in one word, to be counted; see `qa.answering.refusal.Reason`."""
    mode: Literal["llm", "extract"] = "extract"
    notices: tuple[str, ...] = ()
    """Amended law, draft document, recorded misprint: from the catalog, never from a model."""
    model: str | None = None
    """The name of the model that wrote it."""
    supported: float | None = None
    """The share of its sentences that a check found in what they cite, in [0, 1]."""


@dataclass(frozen=True)
class Retrieved:
    """The passages are there; sent at once."""

    retrieval: Retrieval


@dataclass(frozen=True)
class Waiting:
    """The model is busy with others; sent again when the line moves."""

    ahead: int
    """How many answers must be finished first; 0 when those who waited have their turn."""


@dataclass(frozen=True)
class Delta:
    """A further piece of the answer's text, as it is written and before it is checked."""

    text: str


@dataclass(frozen=True)
class Done:
    """The checked answer; it replaces the deltas."""

    answer: Answer
    timings_ms: dict[str, float] = field(default_factory=dict)
    """`retrieval`, `first_evidence`, `first_token`, `total`: wall clock, milliseconds. Where a
    model was asked also `model`, `check`, `rewrite`, as far as it came to them."""
    tokens: dict[str, int] = field(default_factory=dict)
    """`prompt` and `completion` of the model; empty where none was asked."""
    fault: str = ""
    """The kind of error for which a model's answer was given up; empty for none."""


Event = Retrieved | Waiting | Delta | Done
