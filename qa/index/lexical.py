"""The lexical half: BM25 over characters and pairs of characters."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.order import Mask, Order, Positions
from qa.index.postings import Postings, key_of
from qa.ingest.normalise import terms

K1, B = 1.2, 0.75
"""Robertson & Zaragoza 2009."""

_MOST_READ = 600_000
"""Of so many texts that have one of the question's terms, the rarest first, the scores are summed;
what the commoner terms add is looked up for the best of them. Some 10 ms."""
_SAMPLED = 64
"""One score of so many is looked at to guess the least one of the best."""

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class _Term:
    """A term of a question: how much it counts, and where its texts stand in each segment."""

    weight: np.float32
    """Its inverse document frequency."""
    times: int
    """How often the question says it."""
    spans: tuple[tuple[int, int], ...]

    @property
    def having(self) -> int:
        return sum(end - start for start, end in self.spans)


class Lexical:
    """BM25 (Lucene's form) over Han unigrams and bigrams, words and numbers.

    The scores are those of one corpus, whatever segments it lies in: they count the texts that
    have a term through all of them. Texts that were removed count until their segment is rewritten.
    """

    def __init__(self, parts: Sequence[Postings], order: Order) -> None:
        """Take the postings of the segments, and the order of their texts."""
        self._parts = parts
        self._order = order
        sizes = [len(part.lengths) for part in parts]
        self._offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        lengths = np.concatenate([np.empty(0), *(part.lengths for part in parts)])
        mean = lengths.mean() if len(lengths) else 1.0
        self._norms = K1 * ((1 - B) + B * lengths / mean)

    @classmethod
    def build(cls, texts: Sequence[str]) -> "Lexical":
        """Index a text for each provision: what it says, and what people ask of it."""
        return cls([Postings.of(texts)], Order.plain(len(texts)))

    @property
    def parts(self) -> Sequence[Postings]:
        """The postings of each segment."""
        return self._parts

    def scores(self, question: str) -> Scores:
        """For each provision its BM25 score, 0 where no term occurs."""
        summed = np.zeros(self._order.size, dtype=np.float32)
        for term in self._read(terms(question)):
            self._add(term, summed)
        scores: Scores = summed[self._order.places]
        return scores

    def scores_at(self, question: str, positions: Positions) -> Scores:
        """The scores of some provisions alone."""
        return self._looked_up(self._counted(question), self._order.places[positions])

    def best(self, question: str, count: int, allowed: Mask | None = None) -> Positions:
        """The positions of the best provisions, at most `count`, in no order.

        Where the commonest terms decide, a provision near the end may be missed.
        """
        rarest = sorted(self._counted(question), key=lambda term: term.having)
        summed = np.zeros(self._order.size, dtype=np.float32)
        read = 0
        for term in rarest:
            if read and read + term.having > _MOST_READ:
                break
            self._add(term, summed)
            read += term.having
        admitted = self._order.marked(allowed)
        if admitted is not None:
            summed[~admitted] = 0
        found = _top(summed, 2 * count)
        scores = self._looked_up(rarest, found)
        return self._order.positions(found[np.argsort(-scores, kind="stable")[:count]])

    def having(self, words: Iterable[str]) -> Positions:
        """The positions of the provisions that have all of these terms, ascending."""
        read = self._read([*dict.fromkeys(words)])
        wanted = len({*words})
        if len(read) < wanted or not read:
            return np.empty(0, np.int64)
        found: list[Positions] = []
        for n, part in enumerate(self._parts):
            spans = sorted((term.spans[n] for term in read), key=lambda s: s[1] - s[0])
            held = np.asarray(part.texts[slice(*spans[0])])
            for start, end in spans[1:]:
                held = held[_is_in(held, part.texts[start:end])]
            found.append(held.astype(np.int64) + self._offsets[n])
        positions = self._order.positions(np.concatenate(found))
        return np.sort(positions[positions >= 0])

    def has(self, term: str) -> bool:
        """Whether a term stands in any text."""
        return bool(self._read([term]))

    def _read(self, words: Sequence[str]) -> list[_Term]:
        """The terms that occur, in the order of the words."""
        keys = np.array([key_of(word) for word in words], dtype=np.uint64)
        spans = [part.spans(keys) for part in self._parts]
        read = []
        for n in range(len(words)):
            held = tuple((int(starts[n]), int(ends[n])) for starts, ends in spans)
            having = sum(end - start for start, end in held)
            if having:
                idf = math.log(1 + (self._order.size - having + 0.5) / (having + 0.5))
                read.append(_Term(np.float32(idf), 1, held))
        return read

    def _counted(self, question: str) -> list[_Term]:
        """Each term once, with how often the question says it."""
        counts = Counter(self._read(terms(question)))
        return [_Term(term.weight, times, term.spans) for term, times in counts.items()]

    def _add(self, term: _Term, summed: Scores) -> None:
        """Add what a term scores in each text."""
        for part, offset, (start, end) in zip(
            self._parts, self._offsets[:-1], term.spans, strict=True
        ):
            places = part.texts[start:end] + offset
            summed[places] += term.times * self._scored(term, part.times[start:end], places)

    def _looked_up(self, read: Sequence[_Term], places: Positions) -> Scores:
        """The scores of some texts, looked up in the postings of each term."""
        scores = np.zeros(len(places), dtype=np.float32)
        order = np.argsort(places)
        ascending = places[order]
        cuts = np.searchsorted(ascending, self._offsets)
        for n, part in enumerate(self._parts):
            wanted = (ascending[cuts[n] : cuts[n + 1]] - self._offsets[n]).astype(np.int32)
            for term in read if len(wanted) else ():
                start, end = term.spans[n]
                held = part.texts[start:end]
                at = np.searchsorted(held, wanted)
                there = np.flatnonzero(at < len(held))
                there = there[held[at[there]] == wanted[there]]
                times = part.times[start:end][at[there]]
                to = order[cuts[n] + there]
                scores[to] += term.times * self._scored(term, times, places[to])
        return scores

    def _scored(self, term: _Term, times: NDArray[np.unsignedinteger], places: Positions) -> Scores:
        often = times.astype(np.float64)
        scored: Scores = (term.weight * (often / (self._norms[places] + often))).astype(np.float32)
        return scored


def _is_in(held: NDArray[np.int32], others: NDArray[np.int32]) -> Mask:
    at = np.minimum(np.searchsorted(others, held), max(0, len(others) - 1))
    return others[at] == held if len(others) else np.zeros(len(held), np.bool_)


def _top(scores: Scores, count: int) -> Positions:
    """The places of the highest scores above 0.

    A few scores tell what the least of the best must be about, so that most are never sorted.
    """
    sample = np.sort(scores[::_SAMPLED])[::-1]
    least = sample[min(len(sample) - 1, 2 * count // _SAMPLED + 8)] if len(sample) else 0
    found = np.flatnonzero(scores > max(float(least), 0.0))
    if len(found) < count:
        found = np.flatnonzero(scores)
    if len(found) > count:
        found = found[np.argpartition(-scores[found], count - 1)[:count]]
    return found
