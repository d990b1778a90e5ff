"""How far the judge and the rules say the same of an answer."""

from dataclasses import dataclass

import numpy as np

from qa.evaluation.scores import Run

TOP_GRADE = 2


@dataclass(frozen=True)
class Agreement:
    """The judge's grades beside those that the key points give, over the same answers."""

    n: int
    same: float
    """The share of answers with the same grade."""
    kappa: float | None
    """Cohen's kappa with quadratic weights (Cohen 1968); None where all grades are one."""
    judge: float
    """The mean of the judge's grades, in [0, 1]."""
    rules: float
    """The mean share of key points covered, over the same answers."""


def agreement(run: Run) -> Agreement | None:
    """None where nothing was judged.

    By the rules an answer has 2 when it covers every key point, 0 when none, else 1.
    """
    pairs = [
        (score.values["judge"], score.values["points"])
        for score in run.scores.values()
        if {"judge", "points"} <= score.values.keys()
    ]
    if not pairs:
        return None
    from sklearn.metrics import cohen_kappa_score  # half a second, and needed here alone

    judged = [round(grade * TOP_GRADE) for grade, _ in pairs]
    ruled = [TOP_GRADE if share == 1 else 0 if share == 0 else 1 for _, share in pairs]
    kappa = None
    if len({*judged, *ruled}) > 1:
        kappa = float(
            cohen_kappa_score(judged, ruled, labels=range(TOP_GRADE + 1), weights="quadratic")
        )
    return Agreement(
        n=len(pairs),
        same=float(np.mean(np.equal(judged, ruled))),
        kappa=kappa,
        judge=float(np.mean([grade for grade, _ in pairs])),
        rules=float(np.mean([share for _, share in pairs])),
    )
