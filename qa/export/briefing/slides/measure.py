"""How much room text takes, counted in characters: no font has to be there.

Lengths are points. A Chinese sign is as wide as the type is high, and so is punctuation that a
font may set either way; the other widths are those of Arial, rounded up.
"""

import re
import unicodedata
from functools import lru_cache

LEADING = 1.3
"""From line to line, in heights of the type; the slides set it, whatever the font would have."""
CUT = "……"
_TOKEN = re.compile(r"[!-~]+|.")
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]+[”）]*|[^。；！？\n]+")
_CLAUSE_ENDS = "。；！？，：、"


@lru_cache(maxsize=4096)
def wrapped(text: str, size: float, width: float) -> tuple[str, ...]:
    """The lines of a text; one sign of room is left for marks that may not begin a line."""
    return tuple(line for part in text.split("\n") for line in _lines(part, width / size - 1))


def height(text: str, size: float, width: float) -> float:
    """Of a text, with its leading."""
    return len(wrapped(text, size, width)) * size * LEADING


def pieces(text: str, size: float, width: float, lines: int) -> list[str]:
    """A text in pieces of at most so many lines, cut between sentences where that can be."""
    found: list[str] = []
    for sentence in _SENTENCE.findall(text):
        joined = (found[-1] if found else "") + sentence
        if found and len(wrapped(joined.rstrip("\n"), size, width)) <= lines:
            found[-1] = joined
        else:
            found += _hard(sentence, size, width, lines)
    return [piece.strip("\n") for piece in found if piece.strip("\n")]


def gist(text: str, most: int) -> str:
    """The beginning of a text, up to the end of a clause, with `CUT` where more follows.

    most: characters.
    """
    if len(text) <= most:
        return text
    head = text[:most]
    end = max(head.rfind(mark) for mark in _CLAUSE_ENDS)
    return head[: end if end > most // 2 else most].rstrip("\n" + _CLAUSE_ENDS) + CUT


def held(text: str, size: float, width: float, lines: int) -> str:
    """The beginning of a text that has room on so many lines."""
    if len(wrapped(text, size, width)) <= lines:
        return text
    most = len(text)
    while most > 1 and len(wrapped(gist(text, most), size, width)) > lines:
        most = most * 9 // 10
    return gist(text, most)


def _hard(sentence: str, size: float, width: float, lines: int) -> list[str]:
    rows = wrapped(sentence.rstrip("\n"), size, width)
    if len(rows) <= lines:
        return [sentence]
    return ["".join(rows[at : at + lines]) for at in range(0, len(rows), lines)]


def _lines(text: str, room: float) -> list[str]:
    if _wide(text) <= room + 0.95:
        return [text]
    found, line, used = [], "", 0.0
    for token in _TOKEN.findall(text):
        whole = _wide(token) <= room
        for piece in [token] if whole else token:
            wide = _wide(piece)
            if line and used + wide > room:
                found.append(line)
                line, used = "", 0.0
            line += piece
            used += wide
    return [*found, line]


def _wide(text: str) -> float:
    return sum(map(_sign, text))


@lru_cache(maxsize=8192)
def _sign(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WFA":
        return 1
    return 0.75 if sign.isupper() or sign in "%@&" else 0.56
