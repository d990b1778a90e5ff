"""The clauses of texts, by which the same words in two documents are found."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

from qa.ingest.normalise import simplified

_SHORTEST = 8
_BETWEEN = re.compile(r"[，。；：、！？\s（）()“”《》]+")

Shared = Callable[[frozenset[int]], Mapping[str, int]]
"""Of some clauses, by their hashes, how many each document has; those that have none are left out.
"""


def clauses_of(texts: Iterable[str]) -> frozenset[int]:
    """Hashes, 64 bits, of the stretches between punctuation marks that tell texts apart."""
    stretches = {*_BETWEEN.split(simplified("\n".join(texts)))}
    return frozenset(_hash(each) for each in stretches if len(each) >= _SHORTEST)


def _hash(clause: str) -> int:
    return int.from_bytes(hashlib.blake2b(clause.encode(), digest_size=8).digest(), "little")
