"""A provision becomes the pieces that are embedded: whole where it fits, else cut at its parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.ingest.provision import Provision

PIECE_CHARS = 420
"""With title and headings this stays below the 512 tokens that small embedders read."""

_SENTENCE = re.compile(r"[^。；！？]*[。；！？]?")


@dataclass(frozen=True)
class Piece:
    """What one vector stands for."""

    provision: int
    """Position of its provision in the index."""
    text: str
    """Title and headings, then the words of the piece."""


def pieces_of(position: int, provision: Provision) -> list[Piece]:
    """The pieces of a provision; every one carries the title and the headings."""
    place, _, text = provision.search_text.partition("\n")
    return [Piece(position, f"{place}\n{chunk}") for chunk in _chunks(text)]


def _chunks(text: str) -> Iterator[str]:
    """Consecutive lines together while they fit; a line too long is cut at its sentences."""
    chunk = ""
    for line in text.split("\n"):
        for unit in [line] if len(line) <= PIECE_CHARS else _SENTENCE.findall(line):
            if chunk and len(chunk) + len(unit) > PIECE_CHARS:
                yield chunk.rstrip("\n")
                chunk = ""
            for start in range(0, len(unit), PIECE_CHARS):
                if start:
                    yield chunk
                    chunk = ""
                chunk += unit[start : start + PIECE_CHARS]
        chunk += "\n"
    if chunk.strip():
        yield chunk.rstrip("\n")
