import numpy as np
import pytest
from numpy.typing import NDArray

from qa.index.dense import Nearness
from qa.retrieval.fusion import Candidate, Weights, fuse, spread

# Middle and best of each list are easy to see: the third of five is the median.
TEXT_COSINES = np.array([0.90, 0.80, 0.82, 0.81, 0.70], dtype=np.float32)
QUESTION_COSINES = np.array([0.80, 0.95, 0.85, 0.80, 0.80], dtype=np.float32)
BM25 = np.array([4.0, 8.0, 2.0, 0.0, 0.0], dtype=np.float32)
ALL = np.ones(5, dtype=np.bool_)
W = Weights()


def fused(
    agreement: dict[str, NDArray[np.bool_]] | None = None, allowed: NDArray[np.bool_] = ALL
) -> list[Candidate]:
    return [*fuse(Nearness(TEXT_COSINES, QUESTION_COSINES), BM25, agreement or {}, allowed)]


def test_each_list_counts_relative_to_its_best_and_middle() -> None:
    found = {candidate.position: candidate.score for candidate in fused()}
    whole = W.text + W.questions + W.words
    # Provision 1: text (0.80-0.81)/(0.90-0.81) = -1/9, questions 1, words 1.
    assert found[1] == pytest.approx((W.text * -1 / 9 + W.questions + W.words) / whole, abs=1e-5)
    # Provision 0: text 1, questions (0.80-0.80)/(0.95-0.80) = 0, words (4-2)/(8-2) = 1/3.
    assert found[0] == pytest.approx((W.text + W.words / 3) / whole, abs=1e-5)


def test_the_order_is_by_score_and_scores_stay_between_nought_and_one() -> None:
    found = fused()
    assert [candidate.position for candidate in found][:2] == [1, 0]
    scores = [candidate.score for candidate in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_places_in_every_list_are_kept_for_the_reason() -> None:
    first = fused()[0]
    assert first.ranks == {"语义": 4, "问法": 1, "字词": 1}


def test_agreement_raises_a_provision_and_is_named() -> None:
    agrees = np.array([True, False, False, False, False])
    with_name = {c.position: c for c in fused({"文件": agrees})}
    without = {c.position: c for c in fused()}
    whole = W.text + W.questions + W.words
    assert with_name[0].named == ("文件",)
    assert with_name[1].named == ()
    assert with_name[0].score * (whole + W.named) == pytest.approx(
        without[0].score * whole + W.named
    )


def test_what_is_not_allowed_neither_appears_nor_sets_the_scale() -> None:
    found = fused(allowed=np.array([True, False, True, True, True]))
    assert {candidate.position for candidate in found} == {0, 2, 3, 4}
    assert found[0].position == 0
    assert found[0].score == pytest.approx((W.text + W.questions * 0 + W.words) / 3, abs=0.2)


def test_nothing_allowed_gives_nothing() -> None:
    assert fused(allowed=np.zeros(5, dtype=np.bool_)) == []


def test_several_documents_named_have_their_turns() -> None:
    candidates = fused()
    owners = ["a" if candidate.position < 2 else "b" for candidate in candidates]
    turns = spread(candidates, owners, ("a", "b"))
    assert [owners[candidates.index(c)] for c in turns[:4]] == ["a", "b", "a", "b"]
    assert sorted(c.position for c in turns) == [0, 1, 2, 3, 4]
    assert spread(candidates, owners, ("a",)) == candidates


def test_a_list_of_no_weight_is_left_out() -> None:
    nearness = Nearness(TEXT_COSINES, QUESTION_COSINES)
    found = [*fuse(nearness, BM25, {}, ALL, Weights(1.0, 0.0, 0.0))]
    assert [c.position for c in found] == [0, 2, 3, 1, 4]
    assert found[0].score == 1.0
    assert found[0].ranks == {"语义": 1}
