"""What a search returns."""

from dataclasses import dataclass, field

from qa.ingest.provision import Provision


@dataclass(frozen=True)
class Filters:
    """Restrictions that the user has chosen; an empty tuple means no restriction."""

    levels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    """Document ids."""
    years: tuple[int, ...] = ()
    """Of issue, else of effect; of a speech and of a listed document its own."""
    as_of: str = ""
    """An ISO day: only what was in force on it; empty for today's text of every law."""


@dataclass(frozen=True)
class Passage:
    """A provision that was retrieved, with its score and why."""

    provision: Provision
    score: float
    """In (0, 1]: 1 for a direct hit, else the fused score relative to the best possible."""
    why: str
    """One Chinese phrase: `按条号直接命中`, `语义与字词都相近` …"""
    focus: str = ""
    """The 款 or 项 that the question names: `第二款`, `第（七）项`."""

    @property
    def direct(self) -> bool:
        """The question named this very provision."""
        return self.score == 1.0


@dataclass(frozen=True)
class Turn:
    """One message of the conversation so far."""

    role: str
    """`user` or `assistant`."""
    content: str


@dataclass(frozen=True)
class Retrieval:
    """The passages for a question, best first, and what else was learnt on the way."""

    question: str
    passages: tuple[Passage, ...]
    missing: tuple[str, ...] = ()
    """Sentences about provisions that were named but do not exist in their document."""
    strangers: tuple[str, ...] = ()
    """Titles that were named and are no document of the corpus."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that the question names."""
    direct: bool = False
    """The question named its provisions and they come first."""
    nearest_text: float = 1.0
    """The cosine of the nearest piece of text, in [-1, 1]: low when nothing here answers."""
    nearest_question: float = 1.0
    """The cosine of the nearest recorded question, in [-1, 1]; where none is recorded, of text."""
    as_of: str = ""
    """The day whose texts were searched; empty where it is today."""
    counterpart: str = ""
    """The text in which the number of an article of another one is asked for: `now`, `before`, or
    an ISO day; empty for other questions."""
    earlier: str = ""
    """The earlier question that this one was read with; empty where it stands on its own."""
    timings_ms: dict[str, float] = field(default_factory=dict)
    """Wall clock by stage, milliseconds; `total` is the whole search."""
