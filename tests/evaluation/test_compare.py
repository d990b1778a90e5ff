from collections.abc import Callable

import pytest

from qa.errors import QAError
from qa.evaluation.compare import compare
from qa.evaluation.scores import Run

MakeRun = Callable[..., Run]


def test_differences_are_paired_by_question(made_up: MakeRun) -> None:
    before = made_up({str(n): {"recall@5": 0.0} for n in range(20)})
    after = made_up({str(n): {"recall@5": float(n < 12)} for n in range(10, 30)})
    comparison = compare(before, after)
    assert comparison.shared == 10
    (change,) = comparison.changes
    assert (change.measure, change.before, change.after) == ("recall@5", 0.0, 0.2)
    assert (change.difference.mean, change.difference.n) == (pytest.approx(0.2), 10)
    assert change.p == pytest.approx(0.5, abs=0.02)


def test_a_clear_gain_is_significant_and_a_tie_is_not(made_up: MakeRun) -> None:
    values = {str(n): {"recall@1": 0.5, "mrr@10": 0.5} for n in range(30)}
    better = {str(n): {"recall@1": 1.0, "mrr@10": 0.5} for n in range(30)}
    recall, mrr = compare(made_up(values), made_up(better)).changes
    assert recall.p < 0.001
    assert recall.difference.low > 0
    assert (mrr.p, mrr.difference.mean) == (1.0, 0.0)


def test_questions_that_moved_are_listed_most_first(made_up: MakeRun) -> None:
    before = made_up(
        {
            "same": {"recall@5": 1.0, "refusal_right": 1.0},
            "little": {"recall@5": 0.5},
            "much": {"recall@5": 0.0, "refusal_right": 0.0},
            "lost": {"refusal_right": 1.0},
        }
    )
    after = made_up(
        {
            "same": {"recall@5": 1.0, "refusal_right": 1.0},
            "little": {"recall@5": 1.0},
            "much": {"recall@5": 1.0, "refusal_right": 1.0},
            "lost": {"refusal_right": 0.0},
        }
    )
    comparison = compare(before, after)
    assert [(one.id, one.gain) for one in comparison.better] == [("much", 2.0), ("little", 0.5)]
    assert [(one.id, one.question, one.gain) for one in comparison.worse] == [
        ("lost", "问 lost", -1.0)
    ]


def test_a_measure_that_one_run_lacks_is_left_out(made_up: MakeRun) -> None:
    before = made_up({"a": {"recall@5": 1.0}})
    after = made_up({"a": {"recall@5": 1.0, "points": 0.5}}, mode="extract")
    assert [change.measure for change in compare(before, after).changes] == ["recall@5"]


def test_runs_without_a_common_question_cannot_be_compared(made_up: MakeRun) -> None:
    with pytest.raises(QAError, match=r"^两次评测没有共同的题目"):
        compare(made_up({"a": {"recall@5": 1.0}}), made_up({"b": {"recall@5": 1.0}}))
