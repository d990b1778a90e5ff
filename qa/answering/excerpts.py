"""What the model is given to read: the best words of the best provisions, within a length."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering.relevance import Relevance
from qa.answering.units import Unit, fine_units_of
from qa.ingest.provision import Provision
from qa.retrieval.passage import Passage, Retrieval

_MOST = 6
"""Passages that are read."""
_MOST_BESIDE = 2
"""Passages that are read beside many that the question names."""
_WHOLE = 250
"""A provision is given whole up to this many characters while there is room for it."""
_LEAST = 40
"""Less room than this is no use to another provision."""
_DECLINE = 6
"""A passage's share of the room is its score, relative to the first, to this power: a lower
power spreads the room over passages that rarely answer. Key points found in 330 characters of
excerpts over the bank: 0.80 at 3 and at 6, of 0.85 with any length."""
_OWN_NUMBER = re.compile(r"^第\S+条(?:之\S+)?[\s　]+")
_GAP = "……"
_UNIT = re.compile(r"[（(]([^（）()]+)[）)]$")
_YEARLY = re.compile(r"年[:：]\s*\d[\d.,]*(?=[；。\s]|$)")


@dataclass(frozen=True)
class Excerpt:
    """A passage as the model sees it."""

    n: int
    """The number it is cited by, from 1."""
    passage: Passage
    text: str
    """Verbatim words of the provision, with `……` where some are left out, and in a table row
    the unit of its header behind each figure."""

    @property
    def line(self) -> str:
        """The line of the prompt: number, title, place, words."""
        provision = self.passage.provision
        title = provision.document.removeprefix("中华人民共和国")
        return f"[{self.n}]《{title}》{provision.locator}：{self.text}"


def excerpts(retrieval: Retrieval, room: int, relevance: Relevance) -> tuple[Excerpt, ...]:
    """The excerpts for a question, best passage first, of about `room` characters together."""
    passages = _read(retrieval)
    weights = _weights(passages)
    found: list[Excerpt] = []
    for i, passage in enumerate(passages):
        if room < _LEAST:
            break
        share = round(room * weights[i] / sum(weights[i:]))
        text = _text(passage, max(share, min(room, _WHOLE)), share, retrieval.question, relevance)
        room -= len(text)
        found.append(Excerpt(len(found) + 1, passage, _with_unit(text, passage.provision)))
    return tuple(found)


def _read(retrieval: Retrieval) -> list[Passage]:
    """The provisions that the question names, and those that it may ask about beside them."""
    named = [passage for passage in retrieval.passages if passage.direct]
    others = [passage for passage in retrieval.passages if not passage.direct]
    return [*named, *others[: max(_MOST_BESIDE, _MOST - len(named))]] if named else others[:_MOST]


def _weights(passages: Sequence[Passage]) -> list[float]:
    """What a named provision is worth is not known: it counts as the best of the others."""
    found = [passage.score for passage in passages if not passage.direct]
    best = max(found, default=1.0)
    return [(min(p.score, best) / best) ** _DECLINE for p in passages]


def _text(passage: Passage, room: int, share: int, question: str, relevance: Relevance) -> str:
    """The provision whole where it fits the room, else its best spans up to its share."""
    units = fine_units_of(passage.provision, question, passage.focus)
    if sum(len(unit.text) for unit in units) <= room:
        return joined(units, range(len(units)))
    scores = relevance.scores(units, question)
    chosen: list[int] = []
    left = share
    for i in sorted(scores, key=lambda i: -scores[i]):
        if not chosen or len(units[i].text) <= left:
            chosen.append(i)
            left -= len(units[i].text)
    return joined(units, sorted(chosen))[: max(room, _LEAST)]


def _with_unit(text: str, provision: Provision) -> str:
    """Figures of a table row with the unit of its header, which a model overlooks there."""
    unit = _UNIT.search(provision.locator) if provision.kind == "row" else None
    return _YEARLY.sub(rf"\g<0>{unit[1]}", text) if unit else text


def joined(units: Sequence[Unit], chosen: Sequence[int]) -> str:
    """The chosen spans in one line, gaps marked, the article's own number left out."""
    words = ""
    for place, i in enumerate(chosen):
        if i and (not place or chosen[place - 1] != i - 1):
            words += _GAP
        words += units[i].text
    return _OWN_NUMBER.sub("", words).replace("\n", "")
