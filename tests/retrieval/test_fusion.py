import numpy as np
import pytest
from numpy.typing import NDArray

from qa.retrieval.fusion import Candidate, fuse

ALL = np.ones(4, dtype=bool)
DENSE = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
LEXICAL = np.array([1.0, 3.0, 0.0, 2.0], np.float32)


def fused(
    agreement: dict[str, NDArray[np.bool_]] | None = None,
    allowed: NDArray[np.bool_] = ALL,
    candidates: int = 4,
) -> list[Candidate]:
    return fuse(DENSE, LEXICAL, agreement or {}, allowed, k=10, candidates=candidates)


def test_scores_are_reciprocal_ranks_relative_to_two_first_places() -> None:
    # Ranks: dense 1 2 3 4; lexical 3 1 - 2, where - is no common term and scores nothing.
    found = fused()
    assert [c.position for c in found] == [1, 0, 3, 2]
    expected = [
        (1 / 12 + 1 / 11) / (2 / 11),
        (1 / 11 + 1 / 13) / (2 / 11),
        (1 / 14 + 1 / 12) / (2 / 11),
        (1 / 13) / (2 / 11),
    ]
    assert [c.score for c in found] == pytest.approx(expected)
    assert [(c.dense_rank, c.lexical_rank) for c in found][:3] == [(2, 1), (1, 3), (4, 2)]


def test_what_is_not_allowed_takes_no_place_in_a_list() -> None:
    found = fused(allowed=np.array([False, True, True, True]))
    assert [c.position for c in found] == [1, 3, 2]
    assert found[0].score == pytest.approx(1.0)


def test_behind_the_candidates_a_list_gives_nothing() -> None:
    found = fused(candidates=1)
    assert {c.position for c in found} == {0, 1}
    assert [c.score for c in found] == pytest.approx([0.5, 0.5])
    assert found[0].position == 0, "equal scores: the dense order decides"


def test_agreement_with_what_is_named_counts_as_a_first_place() -> None:
    found = fused({"文件": np.array([False, False, False, True])})
    assert found[0].position == 3
    assert found[0].score == pytest.approx((1 / 14 + 1 / 12 + 1 / 11) / (3 / 11))
    assert [c.named for c in found] == [("文件",), (), (), ()]


def test_agreement_alone_brings_nothing_in() -> None:
    found = fused({"日期": np.array([False, False, True, False])}, candidates=1)
    assert {c.position for c in found} == {0, 1}


def test_no_provision_allowed_gives_no_candidate() -> None:
    assert fused(allowed=np.zeros(4, dtype=bool)) == []
