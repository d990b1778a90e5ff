"""What is asked for, and the outline that is proposed before anything is written."""

from dataclasses import dataclass

from qa.briefing.model import PartKind, SubTopic


@dataclass(frozen=True)
class Request:
    """A briefing as it is asked for; one of topic, document, department and compare is enough."""

    topic: str = ""
    document: str = ""
    """A document by id, title or short name: 单部法律解读."""
    department: str = ""
    """A department in any spelling: 部门任务清单."""
    compare: tuple[str, str] | None = None
    """Two documents: 对比研究."""
    template: str = ""
    """The name of a template, or the path of one's own; empty: what fits the rest."""
    parts: tuple[PartKind, ...] = ()
    """These parts in this order, instead of the template's; empty: as the template says."""
    provisions: tuple[str, ...] = ()
    """Ids of the provisions to write from, as ticked in an outline; empty: those found."""


@dataclass(frozen=True)
class Proposed:
    """A provision that an outline proposes to write from."""

    provision_id: str
    document: str
    locator: str
    opening: str
    """Its first words."""
    subtopic: SubTopic | None
    """The sub-topic that it says most of; None where no rule tells."""
    why: str
    """How it was found, a Chinese phrase."""


@dataclass(frozen=True)
class Outline:
    """What a briefing would be made of: to be ticked, pruned and ordered."""

    title: str
    template: str
    parts: tuple[PartKind, ...]
    provisions: tuple[Proposed, ...]
    """The best first."""
