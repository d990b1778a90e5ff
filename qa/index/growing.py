"""Which segments of an index stay when the corpus has changed, and what is written anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.index.segment import Extent
from qa.ingest.provision import Frozen

SMALL = 3000
"""Provisions up to which a segment is written anew with what is added: a second or two."""
_FEWEST_LEFT = 0.5
"""A segment of which less than this share is left is written anew."""


class Held(Frozen):
    """A document in an index, and where its provisions lie."""

    id: str
    mark: str
    """A hash of all that its provisions come from."""
    segment: str
    start: int
    count: int


@dataclass(frozen=True)
class Plan:
    """How an index goes over to a changed corpus."""

    kept: tuple[Extent, ...]
    """The segments that stay."""
    rewritten: tuple[Extent, ...]
    """Those whose documents go into the new segment."""
    staying: tuple[Held, ...]
    """The documents that stay where they lie."""
    written: tuple[str, ...]
    """The ids of the documents of the new segment, in the order of the volume."""


def plan(marks: Mapping[str, str], held: Sequence[Held], segments: Sequence[Extent]) -> Plan:
    """What is to be done for a corpus whose documents have these marks, in its order.

    The new segment takes up those before it that are small, or no larger than itself: so the
    segments stay few, and what is written for a law is in the long run a few times its size.
    """
    staying = {each.id: each for each in held if marks.get(each.id) == each.mark}
    left = dict.fromkeys((extent.name for extent in segments), 0)
    for each in staying.values():
        left[each.segment] += each.count
    of_changed = sum(each.count for each in held) - sum(each.count for each in staying.values())
    kept, rewritten = (
        [*segments],
        [
            extent
            for extent in segments
            if left[extent.name] < _FEWEST_LEFT * extent.provisions or not left[extent.name]
        ],
    )
    is_changed = len(staying) < len(marks) or bool(rewritten)
    kept = [extent for extent in kept if extent not in rewritten]
    taken = of_changed + sum(left[extent.name] for extent in rewritten)
    while is_changed and kept and left[kept[-1].name] <= max(SMALL, taken):
        taken += left[kept[-1].name]
        rewritten.append(kept.pop())
    names = {extent.name for extent in kept}
    stays = {name: each for name, each in staying.items() if each.segment in names}
    return Plan(
        kept=tuple(kept),
        rewritten=tuple(rewritten),
        staying=tuple(stays.values()),
        written=tuple(name for name in marks if name not in stays),
    )
