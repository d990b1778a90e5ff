"""Whether a provision supports a sentence: its figures and names, its words, its polarity."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qa.answering.units import sentences
from qa.ingest.normalise import normalise
from qa.ingest.provision import Provision

_FIGURE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s*(万亿|亿|万|千(?!米|瓦)|thousand|million|billion|trillion)?"
)
_MAGNITUDES = {
    **{"千": 1e3, "万": 1e4, "亿": 1e8, "万亿": 1e12},
    **{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12},
}
_ARTICLE = re.compile(r"第\d+条(?:之\d+)?|\barticles?\s+(\d+)")
_PLACE = re.compile(r"第\d+[款项章节]")
_TITLE = re.compile(r"《([^《》]{2,60})》")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|javascript:|data:)[^\s\u3000-\u9fff\uff00-\uffef]+"
    r"|[\w.+-]+@[a-z0-9.-]+\.[a-z]+|(?<![\w.])(?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./?=&%#-]*",
    re.IGNORECASE | re.ASCII,
)
_WORDS = re.compile(r"[\w%.]+")
_EMPTY = re.compile(r"[的了吗呢和与及或并等其在是按由对将把被为从到]")
_FEWEST_OWN = 4
"""A sentence with fewer pairs of its own is compared as a whole, question and all."""
_STRETCH = 300
_NATION = "中华人民共和国"


@dataclass(frozen=True)
class Support:
    """How far one or several provisions support a sentence."""

    missing: tuple[str, ...]
    """Figures, article numbers and titles of the sentence that they do not have."""
    words: float
    """The share of the sentence's pairs of characters that one stretch of each of them has, in
    [0, 1]; what the sentence merely repeats of the question does not count."""
    concludes: bool
    """The sentence has neither a figure nor words of its own: it says yes or no to the question."""


def support(sentence: str, provisions: tuple[Provision, ...], question: str = "") -> Support:
    """How far the provisions, taken together, support a sentence."""
    texts = [_searched(provision) for provision in provisions]
    held = frozenset[str]().union(*(text.facts for text in texts))
    said = pairs(_TITLE.sub(" ", sentence))
    own = said - pairs(question)
    few = len(own) < _FEWEST_OWN
    return Support(
        missing=tuple(said for said, meant in facts(sentence) if not {said, meant} & held),
        words=_share(said if few else own, texts),
        concludes=few and {*facts(sentence)} <= {*facts(question)},
    )


def facts(text: str) -> tuple[tuple[str, str], ...]:
    """What must not be wrong: titles in 《》, addresses on the net, article numbers, figures; as
    written, and in full.

    `3 million` and `300万` are both 3000000 in full. Units are left out: tables have them in
    their headers.
    """
    simple = normalise(text)
    titles = [title.removeprefix(_NATION) for title in _TITLE.findall(simple)]
    titles += _ADDRESS.findall(simple)
    rest = _ADDRESS.sub(" ", _TITLE.sub(" ", simple))
    articles = [f"第{m[1]}条" if m[1] else m[0] for m in _ARTICLE.finditer(rest)]
    rest = _PLACE.sub(" ", _ARTICLE.sub(" ", rest))
    figures = [_figure(match) for match in _FIGURE.finditer(rest)]
    return tuple(dict.fromkeys([*((t, t) for t in [*titles, *articles]), *figures]))


def pairs(text: str) -> frozenset[str]:
    """Neighbouring characters of the normalised text; empty words, punctuation, figures aside."""
    simple = _FIGURE.sub(" ", _EMPTY.sub("", normalise(text)))
    return frozenset(
        a + b for run in _WORDS.findall(simple) for a, b in pairwise(run) if a + b != "  "
    )


def _share(wanted: frozenset[str], texts: Sequence["_Searched"]) -> float:
    if not wanted:
        return 0.0
    nearest = (max(text.windows, key=lambda window: len(wanted & window)) for text in texts)
    return len(wanted & frozenset[str]().union(*nearest)) / len(wanted)


def _figure(match: re.Match[str]) -> tuple[str, str]:
    number = match[1].replace(",", "")
    return f"{float(number):g}", f"{float(number) * _MAGNITUDES.get(match[2] or '', 1.0):g}"


@dataclass(frozen=True)
class _Searched:
    windows: tuple[frozenset[str], ...]
    """The pairs of characters of every stretch of text: a long text has most pairs somewhere."""
    facts: frozenset[str]


@lru_cache(maxsize=4096)
def _searched(provision: Provision) -> _Searched:
    place = f"{provision.document} {provision.locator} {' '.join(provision.headings)}"
    # A figure with its magnitude, `500万`, is not the bare one, which a table may mean by 500.
    held = {full for _, full in facts(f"{place}\n{provision.text}")}
    held.add(normalise(provision.document).removeprefix(_NATION))
    named = pairs(place)
    windows = tuple(named | pairs(stretch) for stretch in _stretches(provision.text))
    return _Searched(windows, frozenset(held))


def _stretches(text: str) -> Iterator[str]:
    """Overlapping runs of sentences, each of about `_STRETCH` characters."""
    pieces = [*sentences(text)]
    for start in range(len(pieces)):
        stretch = pieces[start]
        for piece in pieces[start + 1 :]:
            if len(stretch) >= _STRETCH:
                break
            stretch += piece
        yield stretch
        if start + 1 < len(pieces) and "".join(pieces[start:]) == stretch:
            return
