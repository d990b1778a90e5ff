"""Provisions in the making: what the readers of the forms hand over."""

from dataclasses import dataclass, field

from qa.ingest.catalog import Counts
from qa.ingest.provision import Kind, Part


@dataclass
class Draft:
    """A provision before it knows its document, its id and its errata."""

    kind: Kind
    locator: str
    headings: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)
    departments: tuple[str, ...] = ()
    date: str | None = None

    @property
    def text(self) -> str:
        """The parts, a line each."""
        return "\n".join(part.text for part in self.parts)


@dataclass
class Outline:
    """The drafts of a document in their order, and how many headings it has."""

    drafts: list[Draft] = field(default_factory=list)
    chapters: int = 0
    sections: int = 0
    """节 of a law; L1 sections of a policy text are counted from the headings."""


def count(outline: Outline) -> Counts:
    """How many units of each kind a document holds."""
    kinds = [draft.kind for draft in outline.drafts]
    return Counts(
        articles=kinds.count("article"),
        chapters=outline.chapters,
        sections=outline.sections,
        quotes=kinds.count("quote"),
        boxes=kinds.count("box"),
        list_rows=kinds.count("entry"),
        table_rows=kinds.count("row"),
        duties=kinds.count("duty"),
    )


def numbered_apart(drafts: list[Draft]) -> None:
    """Give drafts that share a locator `（1）`, `（2）` … in their order."""
    same: dict[str, list[Draft]] = {}
    for draft in drafts:
        same.setdefault(draft.locator, []).append(draft)
    for locator, group in same.items():
        if len(group) > 1:
            for position, draft in enumerate(group, start=1):
                draft.locator = f"{locator}（{position}）"
