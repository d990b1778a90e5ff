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


@dataclass(frozen=True)
class Passage:
    """A provision that was retrieved, with its score and why."""

    provision: Provision
    score: float
    """In (0, 1]: 1 for a direct hit, else the fused score relative to the best possible."""
    why: str
    """One Chinese phrase: `按条号直接命中`, `语义与字词都相近` …"""


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
    """Sentences about provisions or documents that were named but do not exist here."""
    direct: bool = False
    """The question named its provisions and they come first."""
    evidence: float = 1.0
    """How likely it is, in [0, 1], that the passages answer the question at all."""
    timings_ms: dict[str, float] = field(default_factory=dict)
    """Wall clock by stage, milliseconds; `total` is the whole search."""
