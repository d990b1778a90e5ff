import pytest

from qa.evaluation.scores import Estimate
from qa.evaluation.statistics import estimate, p_value


def test_the_interval_of_a_share_is_that_of_the_normal_approximation() -> None:
    found = estimate([1.0] * 80 + [0.0] * 20)
    assert (found.mean, found.n) == (0.8, 100)
    assert found.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.01)
    assert found.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.01)


def test_an_estimate_is_the_same_each_time_and_never_wider_than_what_there_is() -> None:
    assert estimate([0.2, 0.4, 0.9]) == estimate([0.2, 0.4, 0.9])
    assert estimate([0.5] * 3) == Estimate(0.5, 0.5, 0.5, 3)
    assert estimate([1.0]) == Estimate(1.0, 1.0, 1.0, 1)


def test_p_is_the_share_of_sign_flips_that_go_as_far() -> None:
    # Of the 32 ways to set five signs, two have a sum of 5 or -5.
    assert p_value([1.0] * 5) == pytest.approx(2 / 32, abs=0.01)
    # Of the 8 ways to set three signs of 1, 1, -1, two have the sum of 3 or -3, all reach 1.
    assert p_value([1.0, 1.0, -1.0]) == 1.0
    assert p_value([1.0] * 30) < 0.001


def test_questions_that_did_not_change_say_nothing() -> None:
    assert p_value([0.0] * 50) == 1.0
    assert p_value([]) == 1.0
    assert p_value([1.0] * 5 + [0.0] * 100) == p_value([1.0] * 5)
