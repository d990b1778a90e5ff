from math import log2
from typing import Any

import pytest

from qa.answering.checked import UNSUPPORTED
from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures import citations, points, refusals, score
from qa.evaluation.measures.points import covers
from qa.evaluation.measures.retrieval import ranking, recall


def question(answerable: bool = True, **fields: Any) -> BankQuestion:
    fields = {"evidence": ("五万元以上",) if answerable else (), **fields}
    return BankQuestion(id="q", type="detail", question="?", answerable=answerable, **fields)


def answer(*citations: tuple[str, str], text: str = "", refused: bool = False) -> dict[str, Any]:
    return {
        "text": text,
        "refused": refused,
        "citations": [
            {"n": n, "provision_id": key, "quote": quote}
            for n, (key, quote) in enumerate(citations, start=1)
        ],
    }


def test_recall_is_the_share_of_the_evidence_white_space_aside() -> None:
    texts = ["处 五万元\n以上罚款", "责令改正"]
    assert recall(["五万元以上"], texts) == 1.0
    assert recall(["责令 改正", "五万 元", "吊销", "警告"], texts) == 0.5
    assert recall(["吊销"], []) == 0.0
    assert recall(["五万元以上罚款责令改正"], texts) == 0.0, "evidence stands in one text"


def test_reciprocal_rank_and_discounted_gain_by_hand() -> None:
    third = ["无", "无", "证", *["无"] * 7]
    assert ranking(["证"], third) == pytest.approx({"mrr@10": 1 / 3, "ndcg@10": 1 / log2(4)})
    first = ["证一", "无", "证二"]
    ideal = 1 + 1 / log2(3)
    found = ranking(["证一", "证二"], first)
    assert found == pytest.approx({"mrr@10": 1.0, "ndcg@10": (1 + 1 / log2(4)) / ideal})
    assert ranking(["证"], ["无"] * 10) == {"mrr@10": 0.0, "ndcg@10": 0.0}
    assert ranking(["证"], []) == {"mrr@10": 0.0, "ndcg@10": 0.0}


def test_evidence_that_was_not_found_lowers_the_gain() -> None:
    ideal = 1 + 1 / log2(3)
    assert ranking(["证", "据"], ["证"])["ndcg@10"] == pytest.approx(1 / ideal)


def test_a_citation_is_precise_when_its_provision_holds_evidence() -> None:
    texts = {"a": "处五万元以上罚款。\n没收。", "b": "责令改正。"}
    values = citations.measure(question(), answer(("a", "没收。"), ("b", "责令改正。")), texts)
    assert values == {
        **{"citation_precision": 0.5, "citation_support": 0.5},
        **{"citation_recall": 0.0, "supported": 1.0},
    }
    quoted = answer(("a", "处五万元以上罚款。"))
    assert citations.measure(question(), quoted, texts)["citation_recall"] == 1.0


def test_a_citation_is_right_too_when_a_checked_sentence_rests_on_it() -> None:
    texts = {"a": "没收。", "b": "责令改正。"}
    written = answer(
        *(("a", "没收。"), ("b", "责令改正。")),
        text=f"要没收[1]。要改正[2]{UNSUPPORTED}。\n\n> 《法》第二条：责令。 [2]",
    )
    values = citations.measure(question(), written, texts)
    assert (values["citation_precision"], values["citation_support"]) == (0.0, 0.5)


def test_a_quote_that_the_provision_does_not_hold_is_not_supported() -> None:
    found = answer(("a", "处五万元以上罚款。\n处六万元罚款。"))
    values = citations.measure(question(), found, {"a": "处五万元以上罚款。"})
    assert values["supported"] == 0.5


def test_an_answer_without_citations_has_no_precision_to_show() -> None:
    assert citations.measure(question(), answer(text="是。"), {}) == {
        "citation_precision": 0.0,
        "citation_support": 0.0,
        "citation_recall": 0.0,
        "supported": 0.0,
    }


def test_a_wrong_refusal_costs_recall_and_points_and_has_no_length() -> None:
    asked = question(points=("五万元",))
    refused = answer(text="汇编没有收录五万元。", refused=True)
    assert citations.measure(asked, refused, {}) == {"citation_recall": 0.0}
    assert points.measure(asked, refused) == {"points": 0.0}
    assert refusals.measure(asked, True) == {"refused": 1.0, "refusal_right": 0.0}


def test_an_unanswerable_question_is_right_when_refused() -> None:
    assert refusals.measure(question(False), True) == {"refused": 1.0, "refusal_right": 1.0}
    assert refusals.measure(question(False), False) == {"refused": 0.0, "refusal_right": 0.0}
    assert citations.measure(question(False), answer(("a", "句。")), {"a": "句。"}) == {
        "supported": 1.0
    }


@pytest.mark.parametrize(
    ("text", "point", "covered"),
    [
        ("处五万元以上五十万元以下罚款", "罚款 5 万元至 50 万元", True),  # 5 of 8 pairs
        ("处五万元以上五十万元以下罚款", "处５万元以上罚款", True),
        ("处五万元以上罚款", "处六万元以上罚款", False),
        ("罚款五万元", "罚款 5 万元的处罚", False),  # 4 of 7 pairs
        ("应当每年至少进行一次检测评估", "每年至少一次检测评估", True),
        ("应当进行检测评估", "每年至少一次检测评估", False),
        ("任何答案", "第二十一条", False),
        ("依照第 21 条处理", "第二十一条", True),
        ("", "检测", False),
    ],
)
def test_a_point_is_covered_by_its_numbers_and_most_of_its_pairs_of_characters(
    text: str, point: str, covered: bool
) -> None:
    assert covers(text, point) is covered


def test_citation_marks_count_neither_as_figures_nor_as_length() -> None:
    values = points.measure(question(points=("每年3次",)), answer(text="每年 次 [3]"))
    assert values == {"points": 0.0, "length": 3.0}


def test_a_search_has_no_measures_of_an_answer() -> None:
    found = score(question(), {"passages": [], "timings_ms": {"total": 12.0, "dense": 3.0}})
    assert found.values == {
        **dict.fromkeys(["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"], 0.0),
        "total_ms": 12.0,
    }


def test_all_measures_of_an_answer() -> None:
    result = {
        "passages": [{"provision_id": "a", "text": "处五万元以上罚款。"}],
        "answer": answer(("a", "处五万元以上罚款。"), text="处五万元以上罚款。[1]"),
        "timings_ms": {"retrieval": 1, "first_evidence": 2, "first_token": 3, "total": 4},
    }
    assert score(question(points=("五万元以上",)), result).values == {
        **dict.fromkeys(["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"], 1.0),
        **{"first_evidence_ms": 2, "first_token_ms": 3, "total_ms": 4},
        **{"refused": 0.0, "refusal_right": 1.0},
        **{"citation_recall": 1.0, "citation_precision": 1.0, "supported": 1.0},
        **{"citation_support": 1.0},
        **{"points": 1.0, "length": 9.0},
    }
