"""国家与山东对照: what both levels, or two documents, say on one subject, beside each other."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, product

from qa.answering.support import pairs
from qa.briefing.lookup import short_title
from qa.briefing.model import SUB_TOPICS, Contrast, ContrastRow
from qa.briefing.parts.points import Candidate, candidates
from qa.briefing.subject import provisions_of
from qa.briefing.wording import Wording, share, title_of, wordings
from qa.briefing.work import Work
from qa.ingest import forms
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters

_USUAL = 8
_LEAST = 0.35
"""A weaker sentence is not set against another."""
_ALIKE = 0.12
"""Two provisions of compared documents are on one subject from this share of words on."""
_SAME = 0.22
"""Two sentences that share so much of their words, on the mean, are put side by side."""
_SIDES = ("国家", "山东")
_PURPOSE = re.compile("制定本(?:法|条例|办法)|编制本规划")
"""What a law is for is set only against what another is for."""
_SEARCHED_EACH = 12
_SAID = 0.75
"""What the search of one level brings must have this share of the topic's words."""

_KINDS = ("article", "section", "box")

_Side = Callable[[Provision], int | None]
"""0 for the left column, 1 for the right, None for neither."""


def write(work: Work) -> Contrast | str:
    """Pairs on one subject and what each side has on each sub-topic; documents begin with these."""
    side = _side_of(work)
    rows: list[ContrastRow] = []
    taken: set[str] = set()
    found = (_by_subtopic(work, side), _pairs(work, side))
    for row in chain(*(found if work.subject.sides else reversed(found))):
        held = {s.provision_id for p in (row.left, row.right) if p for s in p.sources}
        if not held & taken and len(rows) < work.most(_USUAL):
            rows.append(row)
            taken |= held
    if not any(row.left and row.right for row in rows):
        return f"关于“{work.subject.name}”，汇编里没有可以逐项对照的条文。"
    left, right = _headings(work)
    return Contrast(left, right, tuple(rows))


def _side_of(work: Work) -> _Side:
    desk, sides = work.desk, work.subject.sides

    def side(provision: Provision) -> int | None:
        of = provision.document_id if sides else desk.entry(provision).region
        names = sides or _SIDES
        return names.index(of) if of in names else None

    return side


def _headings(work: Work) -> tuple[str, str]:
    if not work.subject.sides:
        return _SIDES
    left, right = (short_title(work.desk.catalog.document(each)) for each in work.subject.sides)
    return left, right


# ---- provisions on one subject ----


def _pairs(work: Work, side: _Side) -> Iterator[ContrastRow]:
    found = _alike(work, side) if work.subject.sides else _counterparts(work, side)
    for here, there in found:
        left, right = (here, there) if side(here) == 0 else (there, here)
        match = _matching(left, right)
        if match:
            yield ContrastRow(_subject_of(left, right), match[0].point, match[1].point)


def _counterparts(work: Work, side: _Side) -> Iterator[tuple[Provision, Provision]]:
    reading = work.desk.search.reading
    for provision in provisions_of(work.desk, work.subject):
        for other in reading.related(provision).counterparts:
            if side(provision) is not None and side(other) == 1 - (side(provision) or 0):
                yield provision, other


def _alike(work: Work, side: _Side) -> Iterator[tuple[Provision, Provision]]:
    """The pairs of provisions that are each other's nearest in words, the nearest first."""
    held = [p for p in provisions_of(work.desk, work.subject) if p.kind in ("article", "section")]
    held = [p for p in held if subject_matter(p)]
    words = {p.id: pairs(p.text) for p in held}
    sides = [[p for p in held if side(p) == n] for n in (0, 1)]
    if not all(sides):
        return

    def likeness(a: Provision, b: Provision) -> float:
        return len(words[a.id] & words[b.id]) / max(1, len(words[a.id] | words[b.id]))

    found = []
    for left in sides[0]:
        right = max(sides[1], key=lambda p: likeness(left, p))
        back = max(sides[0], key=lambda p: likeness(p, right))
        if back is left and likeness(left, right) >= _ALIKE:
            found.append((likeness(left, right), left, right))
    for _, left, right in sorted(found, key=lambda each: -each[0]):
        yield left, right


def subject_matter(provision: Provision) -> bool:
    """It says something of a subject: no closing clause, no penalty that all laws share."""
    return not any(word in "".join(provision.headings) for word in ("附则", "总体要求"))


def _matching(left: Provision, right: Provision) -> tuple[Wording, Wording] | None:
    """The sentences of two provisions that have most words in common."""
    best: tuple[float, Wording, Wording] | None = None
    for here, there in product(wordings(left), wordings(right)):
        if bool(_PURPOSE.search(here.text)) == bool(_PURPOSE.search(there.text)):
            a, b = pairs(here.text), pairs(there.text)
            common = len(a & b) / max(1.0, math.sqrt(len(a) * len(b)))
            if best is None or common > best[0]:
                best = (common, here, there)
    return (best[1], best[2]) if best and best[0] >= _SAME else None


def _subject_of(left: Provision, right: Provision) -> str:
    """What a row is about: the title of either, or the chapter of the left one."""
    title = title_of(left) or title_of(right)
    if title:
        return title
    for provision in (left, right):
        for heading in reversed(provision.headings):
            if heading and "总则" not in heading:
                chapter = forms.CHAPTER.match(heading)
                return chapter[3] if chapter else heading
    return "总则"


# ---- what each side has on a sub-topic ----


def _by_subtopic(work: Work, side: _Side) -> Iterator[ContrastRow]:
    found = sorted(candidates(_of_both_levels(work)), key=lambda c: -c.score)
    for subtopic in SUB_TOPICS:
        held = [c for c in found if c.subtopic == subtopic and c.score >= _LEAST]
        left, right = (_first(held, side, n) for n in (0, 1))
        if (left and right) or (work.subject.sides and (left or right)):
            yield ContrastRow(
                subtopic,
                left.wording.point if left else None,
                right.wording.point if right else None,
            )


def _of_both_levels(work: Work) -> Work:
    """The same work with what either level says of the topic, however near the other comes."""
    subject = work.subject
    if subject.within:
        return work
    near = dict(subject.near)
    for level in _SIDES:
        filters = Filters(regions=(level,))
        for passage in work.desk.search(subject.name, (), filters, _SEARCHED_EACH).passages:
            provision = passage.provision
            if provision.kind in _KINDS and share(subject.words, provision.text) >= _SAID:
                near.setdefault(provision.id, passage.score)
    return replace(work, subject=replace(subject, near=near))


def _first(found: list[Candidate], side: _Side, n: int) -> Candidate | None:
    return next((c for c in found if side(c.wording.provision) == n), None)
