"""Exact search: the words of a query as they are printed, but for space, width and case."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from qa.index.lexical import Lexical
from qa.index.order import Mask
from qa.index.provisions import Provisions
from qa.ingest.provision import Provision

_TERM = re.compile(r'[“"]([^”"]*)[”"]|([^\s“”"]+)')
_NUMERAL = "[一二三四五六七八九十百千零〇两]"
_PAIR = re.compile(rf"(?=([\u4e00-\u9fff]{{2}}))(?!.?{_NUMERAL})")
"""Two characters that stand in the index as they are printed: no numeral is among them."""
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
    """Finds words as they are printed; a query takes some milliseconds.

    The folded texts of a small volume are all in memory. Of a large one those are read that have
    the pairs of characters of a query, at most some thousand.
    """

    def __init__(self, provisions: Provisions, lexical: Lexical, exact_up_to: int) -> None:
        """Fold the texts of a small volume once, some 20 ms."""
        self._provisions = provisions
        self._lexical = lexical
        self._most = exact_up_to
        self._texts: list[str] | None = None
        if len(provisions) <= exact_up_to:
            texts = [p.text for p in provisions]
            table = str.maketrans({c: _folded(c) for c in set().union(*texts)})
            self._texts = [text.translate(table) for text in texts]

    def find(self, query: str, allowed: Mask) -> tuple[Provision, ...]:
        """The provisions that have every term of a query, in the order of the corpus."""
        terms = terms_of(query)
        if not terms:
            return ()
        if self._texts is not None:
            found = [n for n, text in enumerate(self._texts) if all(t in text for t in terms)]
            return tuple(self._provisions[n] for n in found if allowed[n])
        pairs = [pair for term in terms for pair in _PAIR.findall(term)]
        likely = self._lexical.having(pairs or terms)
        read = (self._provisions[n] for n in likely[allowed[likely]][: self._most].tolist())
        return tuple(p for p in read if all(term in folded(p.text) for term in terms))


@cache
def _folded(character: str) -> str:
    if character.isspace():
        return ""
    return unicodedata.normalize("NFKC", character).casefold().translate(_ALIKE)
