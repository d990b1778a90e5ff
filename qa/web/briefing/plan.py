"""What a draft asks for: the form as it was filled in, and the outline with its ticks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from pydantic import TypeAdapter, ValidationError

from qa.briefing.lookup import MOST_PROVISIONS
from qa.briefing.model import PART_KINDS, SUB_TOPICS, PartKind, SubTopic
from qa.briefing.plan import Needs, Template, templates
from qa.briefing.request import Outline, Proposed, Request
from qa.errors import BriefingError

MOST = MOST_PROVISIONS
"""Provisions that may be ticked."""
HELD = 400
"""Provisions that an outline has room for, ticked or not."""
_ELSEWHERE = "这份提纲已在别的窗口改过；请刷新页面再调整。"
_FIELDS: dict[Needs, tuple[str, ...]] = {
    "topic": ("topic",),
    "department": ("department",),
    "document": ("document",),
    "compare": ("left", "right"),
}
"""What must be filled in for what a template needs."""


@dataclass(frozen=True)
class Wish:
    """The form as it was filled in."""

    template: str
    topic: str = ""
    document: str = ""
    department: str = ""
    left: str = ""
    right: str = ""
    parts: tuple[PartKind, ...] = ()
    """Those that are ticked, in their order."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields that the template makes use of."""
        return _FIELDS[chosen(self.template).needs]

    @property
    def about(self) -> tuple[str, ...]:
        """What the search goes by."""
        return (self.template, *(getattr(self, field).strip() for field in self.needs))

    def request(self, provisions: Sequence[str] = ()) -> Request:
        """What to ask for; the fields of other templates are left out."""
        given = {field: getattr(self, field).strip() for field in self.needs}
        left, right = given.pop("left", ""), given.pop("right", "")
        return Request(
            **given,
            compare=(left, right) if left and right else None,
            template=self.template,
            parts=self.parts,
            provisions=tuple(provisions),
        )


@dataclass(frozen=True)
class Entry:
    """A provision of the outline."""

    provision_id: str
    document: str
    locator: str
    opening: str
    subtopic: SubTopic | None
    why: str
    ticked: bool
    rank: int | None
    """Its place among those proposed; None for one that was added."""


@dataclass(frozen=True)
class Plan:
    """A wish with its outline."""

    wish: Wish
    title: str
    """As the engine proposes it."""
    entries: tuple[Entry, ...]
    """By sub-topic, in the order of their owner."""
    edits: int = 0
    """Changes by hand in the briefing since it was written."""

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of the provisions to write from."""
        return tuple(entry.provision_id for entry in self.entries if entry.ticked)

    @property
    def groups(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """The entries of each sub-topic that has any."""
        held = ((topic, _of(self.entries, topic)) for topic in (*SUB_TOPICS, None))
        return tuple((topic or "其他", entries) for topic, entries in held if entries)

    @property
    def request(self) -> Request:
        """What to write.

        Raises:
            BriefingError: no provision is ticked, or too many are.
        """
        count = len(self.ticked)
        if not count:
            raise BriefingError("一条也没有勾选；请在提纲里至少勾选一条，再生成。")
        if fault := too_many(count):
            raise BriefingError(fault)
        return self.wish.request(() if self._is_as_proposed else self.ticked)

    @property
    def _is_as_proposed(self) -> bool:
        """Nothing was unticked, moved or added: the engine's own ranking is the better one."""
        if any(entry.rank is None or not entry.ticked for entry in self.entries):
            return False
        ranks = [[entry.rank or 0 for entry in entries] for _, entries in self.groups]
        return all(found == sorted(found) for found in ranks)


def chosen(name: str) -> Template:
    """The template with a name, or the first."""
    return next((each for each in offered() if each.name == name), offered()[0])


def offered() -> tuple[Template, ...]:
    """The templates: of a topic, a department, a document, two documents."""
    order = [*_FIELDS]
    return tuple(sorted(templates(), key=lambda t: (order.index(t.needs), bool(t.topic))))


def arranged_parts(wish: Wish) -> tuple[tuple[PartKind, bool], ...]:
    """All parts: those that are ticked first, in their order; then the others as usual."""
    ticked = wish.parts or tuple(part.kind for part in chosen(wish.template).part)
    others = tuple(kind for kind in PART_KINDS if kind not in ticked)
    return (*((kind, True) for kind in ticked), *((kind, False) for kind in others))


def planned(wish: Wish, outline: Outline, before: Plan | None = None) -> Plan:
    """The outline of a wish; what was unticked or added before stays so."""
    kept = before.entries if before else ()
    again = before is not None and before.wish.about == wish.about
    off = {entry.provision_id for entry in kept if again and not entry.ticked}
    entries = [
        entry_of(proposed, rank, ticked=proposed.provision_id not in off)
        for rank, proposed in enumerate(outline.provisions)
    ]
    there = {entry.provision_id for entry in entries}
    entries += [e for e in kept if e.rank is None and e.provision_id not in there]
    return Plan(wish, outline.title, _grouped(entries), before.edits if before else 0)


def entry_of(proposed: Proposed, rank: int | None, *, ticked: bool = True) -> Entry:
    """A provision as the outline holds it."""
    return Entry(
        **{field.name: getattr(proposed, field.name) for field in fields(Proposed)},
        ticked=ticked,
        rank=rank,
    )


def arranged(plan: Plan, order: Sequence[str], ticked: Iterable[str]) -> Plan:
    """The outline in another order, with other ticks.

    Raises:
        BriefingError: it has other provisions by now.
    """
    held = {entry.provision_id: entry for entry in plan.entries}
    if len(order) != len(held) or {*order} != {*held}:
        raise BriefingError(_ELSEWHERE)
    on = {*ticked}
    return replace(plan, entries=_grouped(replace(held[i], ticked=i in on) for i in order))


def with_added(plan: Plan, added: Sequence[Proposed]) -> Plan:
    """The outline with more provisions; one that is there already is ticked.

    Raises:
        BriefingError: it has no room for so many.
    """
    ids = {proposed.provision_id for proposed in added}
    there = [replace(e, ticked=e.ticked or e.provision_id in ids) for e in plan.entries]
    new = ids - {entry.provision_id for entry in there}
    if len(there) + len(new) > HELD:
        raise BriefingError(
            f"提纲里已有 {len(there)} 条，最多放 {HELD} 条；请少加一些，或者分成几份简报。"
        )
    there += [entry_of(proposed, None) for proposed in added if proposed.provision_id in new]
    return replace(plan, entries=_grouped(there))


def too_many(count: int) -> str:
    """The sentence about too many ticks; empty where there are not."""
    if count <= MOST:
        return ""
    return f"选了 {count} 条，一份简报最多收 {MOST} 条；请减少一些，或者分成几份。您选的都还在。"


_ADAPTER = TypeAdapter(Plan)


def to_json(plan: Plan) -> str:
    """A plan as JSON, to be kept."""
    return _ADAPTER.dump_json(plan).decode()


def from_json(text: str) -> Plan:
    """A kept plan.

    Raises:
        BriefingError: the text is none.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise BriefingError("这份简报草稿由别的版本写成，打不开；请新建一份。") from error


def _grouped(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    held = [*entries]
    return tuple(entry for topic in (*SUB_TOPICS, None) for entry in _of(held, topic))


def _of(entries: Sequence[Entry], topic: SubTopic | None) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.subtopic == topic)
