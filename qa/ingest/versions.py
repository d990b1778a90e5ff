"""Two texts of one law compared: which article became which, and what its words became."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.ingest import forms
from qa.ingest.provision import Provision

Kind = Literal["same", "moved", "changed", "added", "deleted"]
Edit = Literal["equal", "insert", "delete"]

_ALIKE = 0.5
"""From this share of common pairs of characters on, an article has become another one (Dice)."""
_ALIKE_IN_PLACE = 0.3
"""An article under its own number may have changed more."""
_SHORTEST = 2
"""Fewer equal characters between two changes are no more than chance."""


@dataclass(frozen=True)
class Words:
    """A stretch of the compared texts."""

    edit: Edit
    text: str


@dataclass(frozen=True)
class Change:
    """What became of an article. `moved`: the words stayed, the number did not."""

    kind: Kind
    old: Provision | None
    new: Provision | None
    words: tuple[Words, ...] = ()
    """Of a changed article, without its number: what stayed, went and came, in this order."""

    @property
    def renumbered(self) -> bool:
        """Whether it has another number than before."""
        return bool(self.old and self.new and self.old.locator != self.new.locator)


def difference(old: Sequence[Provision], new: Sequence[Provision]) -> tuple[Change, ...]:
    """What became of every provision, in the new order; what is gone stands where it was."""
    pairs = _pairs(old, new)
    changes = [_change(old[pairs[n]] if n in pairs else None, p) for n, p in enumerate(new)]
    kept = {position: n for n, position in pairs.items()}
    for position in reversed([n for n in range(len(old)) if n not in kept]):
        before = max((kept[n] for n in kept if n < position), default=-1)
        changes.insert(before + 1, Change("deleted", old[position], None))
    return tuple(changes)


def _change(old: Provision | None, new: Provision) -> Change:
    if old is None:
        return Change("added", None, new)
    before, after = _bare(old), _bare(new)
    if before == after:
        return Change("same" if old.locator == new.locator else "moved", old, new)
    return Change("changed", old, new, _words(before, after))


def _pairs(old: Sequence[Provision], new: Sequence[Provision]) -> dict[int, int]:
    """For positions in the new text those in the old one: same words, same number, most alike."""
    pairs: dict[int, int] = {}
    free = set(range(len(old)))
    texts: dict[str, list[int]] = {}
    for n, provision in enumerate(old):
        texts.setdefault(_bare(provision), []).append(n)
    for n, provision in enumerate(new):
        same = [o for o in texts.get(_bare(provision), ()) if o in free]
        if same:
            pairs[n] = min(same, key=lambda o: (old[o].locator != provision.locator, abs(o - n)))
            free.discard(pairs[n])
    grams_old = {o: _grams(old[o]) for o in free}
    grams_new = {n: _grams(p) for n, p in enumerate(new) if n not in pairs}
    found: list[tuple[float, int, int]] = []
    for n, gram in grams_new.items():
        for o, other in grams_old.items():
            in_place = old[o].locator == new[n].locator
            likeness = 2 * (gram & other).total() / max(1, gram.total() + other.total())
            if likeness >= (_ALIKE_IN_PLACE if in_place else _ALIKE):
                found.append((likeness + 0.1 * in_place, n, o))
    for _, n, o in sorted(found, key=lambda each: (-each[0], abs(each[1] - each[2]))):
        if n not in pairs and o in free:
            pairs[n] = o
            free.discard(o)
    return pairs


def _words(before: str, after: str) -> tuple[Words, ...]:
    """What stayed, went and came; an accidental equal character between changes goes with them."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    blocks = [b for b in matcher.get_matching_blocks() if b.size >= _SHORTEST or not b.size]
    words: list[Words] = []
    a = b = 0
    for block in blocks:
        words.append(Words("delete", before[a : block.a]))
        words.append(Words("insert", after[b : block.b]))
        words.append(Words("equal", before[block.a : block.a + block.size]))
        a, b = block.a + block.size, block.b + block.size
    return tuple(each for each in words if each.text)


def _bare(provision: Provision) -> str:
    """The words without the article's number."""
    match = forms.ARTICLE.match(provision.text.partition("\n")[0])
    head = match.start(2) if match else 0
    return provision.text[head:].strip()


def _grams(provision: Provision) -> Counter[str]:
    text = forms.tight(_bare(provision))
    return Counter(text[n : n + 2] for n in range(max(1, len(text) - 1)))
