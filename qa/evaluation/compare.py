"""Two runs over the same questions: what changed, and whether it is more than chance."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from qa.errors import QAError
from qa.evaluation.scores import Estimate, Run, Score
from qa.evaluation.statistics import estimate, p_value


@dataclass(frozen=True)
class Change:
    """A measure over the questions that have it in both runs."""

    measure: str
    before: float
    after: float
    difference: Estimate
    """Paired, after minus before."""
    p: float


@dataclass(frozen=True)
class Moved:
    """A question that went differently."""

    id: str
    question: str
    gain: float
    """The sum of the changes in recall@5 and in whether it was refused rightly."""


@dataclass(frozen=True)
class Comparison:
    """What changed from one run to another; better and worse by how much, most first."""

    shared: int
    changes: tuple[Change, ...]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs.

    Raises:
        QAError: they have no question in common.
    """
    shared = [question for question in after.questions if question.id in before.scores]
    if not shared:
        raise QAError("两次评测没有共同的题目，无法比较；请用同一份题库。")
    pairs = [(before.scores[q.id], after.scores[q.id]) for q in shared]
    moved = [Moved(q.id, q.question, _gain(*pair)) for q, pair in zip(shared, pairs, strict=True)]
    moved.sort(key=lambda one: -abs(one.gain))
    return Comparison(
        shared=len(shared),
        changes=tuple(_change(name, pairs) for name in _measures(pairs)),
        better=tuple(one for one in moved if one.gain > 0),
        worse=tuple(one for one in moved if one.gain < 0),
    )


def _measures(pairs: Iterable[tuple[Score, Score]]) -> list[str]:
    """Those that some question has in both runs, in their order."""
    return [*dict.fromkeys(name for a, b in pairs for name in a.values if name in b.values)]


def _change(name: str, pairs: Iterable[tuple[Score, Score]]) -> Change:
    both = [
        (a.values[name], b.values[name]) for a, b in pairs if name in a.values and name in b.values
    ]
    before, after = np.transpose(both)
    differences = [*(after - before)]
    return Change(
        measure=name,
        before=float(before.mean()),
        after=float(after.mean()),
        difference=estimate(differences),
        p=p_value(differences),
    )


def _gain(before: Score, after: Score) -> float:
    return sum(
        after.values[name] - before.values[name]
        for name in ("recall@5", "refusal_right")
        if name in before.values and name in after.values
    )
