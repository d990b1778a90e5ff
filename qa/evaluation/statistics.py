"""How sure a mean is, and whether a difference is more than chance."""

from collections.abc import Sequence

import numpy as np

from qa.evaluation.scores import Estimate

RESAMPLES = 2_000
FLIPS = 10_000
_SEED = 20231130


def estimate(values: Sequence[float]) -> Estimate:
    """The mean with its 95% percentile bootstrap interval (Efron & Tibshirani 1993, ch. 13)."""
    sample = np.asarray(values, float)
    drawn = np.random.default_rng(_SEED).integers(len(sample), size=(RESAMPLES, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), (2.5, 97.5))
    return Estimate(float(sample.mean()), float(low), float(high), len(sample))


def p_value(differences: Sequence[float]) -> float:
    """Two-sided p of paired differences, by a permutation test that flips their signs.

    Smucker, Allan & Carterette 2007; of 10,000 flips and the observed one, the share whose
    mean is as far from zero.
    """
    moved = np.asarray([d for d in differences if d], float)
    if not len(moved):
        return 1.0
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), size=(FLIPS, len(moved)))
    sums = np.abs(signs @ moved)
    observed = abs(moved.sum())
    return float((np.sum(sums >= observed - 1e-12) + 1) / (FLIPS + 1))
