"""Dense and lexical scores, and what a question names, fused into one order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.dense import Nearness

_TURNS = 5
"""How often each document that a question names has its turn."""

Mask = NDArray[np.bool_]
Scores = NDArray[np.floating]


@dataclass(frozen=True)
class Weights:
    """What each list counts. Chosen by cross-validation over the bank; flat around (evals/)."""

    text: float = 1.0
    """Cosine of the text."""
    questions: float = 0.5
    """Cosine of the questions that it answers."""
    words: float = 1.5
    """BM25."""
    named: float = 0.3
    """Agreement with each document, department, date, subject or year that is named."""
    title: float = 0.6
    """What multiplies the score of a listed document, a mere title, where none is asked for;
    set by hand, not by cross-validation."""


CHOSEN = Weights()


@dataclass(frozen=True)
class Candidate:
    """A provision in the fused order."""

    position: int
    score: float
    """In [0, 1]: relative to the best of every list and agreement with all that is named."""
    ranks: Mapping[str, int]
    """Its place, from 1, by `语义`, `问法` and `字词`."""
    named: tuple[str, ...]
    """What it agrees with: `文件`, `部门`, `日期`, `事项`, `组别`, `年份`, `地区`."""
    reranked: bool = False
    """Its score and place are a reranker's."""


def fuse(
    nearness: Nearness,
    words: Scores,
    agreement: Mapping[str, Mask],
    allowed: Mask,
    weights: Weights = CHOSEN,
    middle: Mask | None = None,
    titles: Mask | None = None,
) -> Iterator[Candidate]:
    """The allowed provisions in their fused order, made as they are asked for.

    Each list counts relative to its own best and middle, so that no scale of a model or of
    BM25 enters: 1 for the best provision, 0 for the middle one.

    Args:
        middle: those of which the middle one is taken, where not all are at hand; else the allowed.
        titles: those that say no more than a title which nobody has asked for.
    """
    if not allowed.any():
        return
    counted = {
        "语义": (weights.text, nearness.text),
        "问法": (weights.questions, nearness.questions),
        "字词": (weights.words, words),
    }
    lists = {
        name: (w, _relative(values, allowed, allowed if middle is None else middle))
        for name, (w, values) in counted.items()
        if w
    }
    score = np.zeros(len(allowed))
    for weight, values in lists.values():
        score += weight * values
    for mask in agreement.values():
        score += weights.named * mask
    if titles is not None:
        score[titles] *= weights.title
    best = sum(weight for weight, _ in lists.values()) + weights.named * len(agreement)
    pool = np.flatnonzero(allowed)
    order = pool[np.argsort(-score[pool], kind="stable")]
    # As plain lists: a thousand numbers picked one by one out of arrays take longer than the rest.
    shares = np.maximum(score[order] / best, 0.0).tolist()
    ranks = [_ranks(values)[order].tolist() for _, values in lists.values()]
    agrees = [mask[order].tolist() for mask in agreement.values()]
    for n, position in enumerate(order.tolist()):
        yield Candidate(
            position=position,
            score=shares[n],
            ranks={name: places[n] for name, places in zip(lists, ranks, strict=True)},
            named=tuple(kind for kind, held in zip(agreement, agrees, strict=True) if held[n]),
        )


def spread(
    candidates: Sequence[Candidate], owners: Sequence[str], documents: Sequence[str]
) -> list[Candidate]:
    """A question that names several documents hears from each of them in turn.

    `owners` has the document id of each candidate; documents come in the order of their best.
    """
    if len(documents) < 2:
        return [*candidates]
    queues: dict[str, list[Candidate]] = {}
    for candidate, owner in zip(candidates, owners, strict=True):
        if owner in documents and len(queues.setdefault(owner, [])) < _TURNS:
            queues[owner].append(candidate)
    turns = [
        queue[turn] for turn in range(_TURNS) for queue in queues.values() if turn < len(queue)
    ]
    taken = {candidate.position for candidate in turns}
    return [*turns, *(c for c in candidates if c.position not in taken)]


def _relative(values: Scores, allowed: Mask, among: Mask) -> Scores:
    middle = float(np.median(values[among]))
    reach = max(float(values[allowed].max()) - middle, 1e-9)
    relative: Scores = np.where(allowed, (values - middle) / reach, -np.inf)
    return relative


def _ranks(values: Scores) -> NDArray[np.int64]:
    """Places from 1, the highest first; equal ones in the order of the volume."""
    order = np.argsort(-values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.arange(1, len(values) + 1)
    return ranks
