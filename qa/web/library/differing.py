"""Two texts of one law, article by article: what was moved, changed, added and deleted."""

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup, escape

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry
from qa.ingest.provision import Provision
from qa.ingest.versions import Change, Edit, Kind, difference
from qa.web.library.addresses import Addresses, anchor
from qa.web.library.home import Link

_LABELS: dict[Kind, str] = {
    "changed": "修改",
    "moved": "移位",
    "added": "新增",
    "deleted": "删去",
    "same": "未变",
}
_MARKS: dict[Edit, str] = {"delete": "del", "insert": "ins"}


@dataclass(frozen=True)
class Half:
    """An article in one of the two texts."""

    link: Link
    html: Markup


@dataclass(frozen=True)
class Differing:
    """What became of an article."""

    kind: Kind
    label: str
    """`修改`; `修改、移位` where it has another number as well."""
    anchor: str
    old: Half | None
    new: Half | None


@dataclass(frozen=True)
class Difference:
    """Two texts of a law, as their reader compares them."""

    rows: tuple[Differing, ...]
    """In the order of the new text; what is gone stands where it was."""
    counts: tuple[tuple[str, int], ...]


def differing(
    assistant: Assistant, addresses: Addresses, old: DocumentEntry, new: DocumentEntry
) -> Difference:
    """The difference of two texts."""
    provisions = assistant.reading.provisions
    changes = difference(provisions(old.id), provisions(new.id))
    counted = Counter(change.kind for change in changes)
    return Difference(
        rows=tuple(_row(change, addresses) for change in changes),
        counts=tuple((label, counted[kind]) for kind, label in _LABELS.items()),
    )


def _row(change: Change, addresses: Addresses) -> Differing:
    renumbered = change.kind == "changed" and change.renumbered
    held = change.new or change.old
    assert held
    return Differing(
        kind=change.kind,
        label=_LABELS[change.kind] + ("、移位" if renumbered else ""),
        anchor=anchor(held.locator) if change.new else f"{anchor(held.locator)}-old",
        old=_half(change, change.old, "delete", addresses),
        new=_half(change, change.new, "insert", addresses),
    )


def _half(
    change: Change, provision: Provision | None, edit: Edit, addresses: Addresses
) -> Half | None:
    if provision is None:
        return None
    link = Link(provision.locator, addresses.place(provision))
    if not change.words:
        words = provision.text.removeprefix(provision.locator).strip()
        return Half(link, _lines(words))
    pieces = [words for words in change.words if words.edit in ("equal", edit)]
    html = Markup().join(
        Markup("<{0}>{1}</{0}>").format(Markup(_MARKS[edit]), _lines(words.text))
        if words.edit == edit
        else _lines(words.text)
        for words in pieces
    )
    return Half(link, html)


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
