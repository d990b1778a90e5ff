"""Exact search: the words of a query as they are printed, but for space, width and case."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

from qa.ingest.provision import Provision

_TERM = re.compile(r'[“"]([^”"]*)[”"]|([^\s“”"]+)')
_ALIKE = str.maketrans({"–": "—", "―": "—", "‐": "-", "－": "-"})
"""Dashes that are printed in several forms."""


def terms_of(query: str) -> tuple[str, ...]:
    """The folded terms of a query: words apart by spaces, a phrase in quotation marks whole."""
    found = (folded(match[1] or match[2] or "") for match in _TERM.finditer(query))
    return tuple(dict.fromkeys(term for term in found if term))


def folded(text: str) -> str:
    """A text without white space, in half width and lower case."""
    return "".join(map(_folded, text))


def spans_of(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where folded terms stand in a text as printed: a space within a word is marked with it."""
    origin: list[int] = []
    pieces: list[str] = []
    for offset, character in enumerate(text):
        piece = _folded(character)
        pieces.append(piece)
        origin += [offset] * len(piece)
    whole = "".join(pieces)
    spans: list[tuple[int, int]] = []
    for term in terms:
        at = whole.find(term)
        while at >= 0:
            spans.append((origin[at], origin[at + len(term) - 1] + 1))
            at = whole.find(term, at + len(term))
    return merged(spans)


def merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class FullText:
    """The folded texts of a corpus, all in memory: a query takes a millisecond or two."""

    def __init__(self, provisions: Sequence[Provision]) -> None:
        """Fold the texts once, some 20 ms for the volume."""
        self._provisions = provisions
        table = str.maketrans({c: _folded(c) for c in set().union(*(p.text for p in provisions))})
        self._folded = [p.text.translate(table) for p in provisions]

    def find(self, query: str, admits: Callable[[Provision], bool]) -> tuple[Provision, ...]:
        """The provisions that have every term of a query, in the order of the corpus."""
        terms = terms_of(query)
        if not terms:
            return ()
        return tuple(
            provision
            for provision, text in zip(self._provisions, self._folded, strict=True)
            if all(term in text for term in terms) and admits(provision)
        )


@cache
def _folded(character: str) -> str:
    if character.isspace():
        return ""
    return unicodedata.normalize("NFKC", character).casefold().translate(_ALIKE)
