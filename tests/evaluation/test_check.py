import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QuestionBankError
from qa.evaluation.bank import BANKS
from qa.evaluation.check import check
from qa.ingest.corpus import Corpus, read_corpus
from qa.settings import Settings

LINE: dict[str, Any] = {
    "id": "a",
    "type": "lookup",
    "question": "数安法第27条",
    "answerable": True,
    "evidence": ["开展数据处理活动应当依照法律、法规的规定"],
    "gold": [{"document": "中华人民共和国数据安全法", "locator": "第二十七条"}],
}


@pytest.fixture(scope="module")
def corpus(settings: Settings) -> Corpus:
    return read_corpus(settings.corpus_dir)


def bank(folder: Path, *lines: dict[str, Any] | str, name: str = "题库.jsonl") -> Path:
    path = folder / name
    written = [x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines]
    path.write_text("\n".join(written), encoding="utf-8")
    return path


def test_the_banks_at_hand_have_no_problem(corpus: Corpus) -> None:
    assert check(sorted(BANKS.glob("*.jsonl")), corpus) == []


def test_white_space_in_evidence_does_not_matter(corpus: Corpus, tmp_path: Path) -> None:
    spaced = {**LINE, "evidence": ["开展数据处理活动 应当依照\n法律、法规的规定"]}
    assert check([bank(tmp_path, spaced)], corpus) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"evidence": ["数据处理活动随便开展"]},
            "的 evidence“数据处理活动随便开展”在汇编里找不到；请照原文逐字抄写。",
        ),
        (
            {"evidence": ["是指数据处理者应当"]},
            "的 evidence“是指数据处理者应当”在汇编里找不到；请照原文逐字抄写。",
        ),
        ({"evidence": [" "]}, "有一条 evidence 是空的；请写上原文，或删去它。"),
        ({"evidence": []}, "是可答的题，却没有 evidence；请写上依据的原文。"),
        (
            {"answerable": False},
            "是不可答的题，却有 evidence；请删去 evidence，或把 answerable 改为 true。",
        ),
        (
            {"gold": [{"document": "民法典", "locator": "第一条"}]},
            "的 gold 里的文件“民法典”不在汇编里；请用 qa corpus list 列出的全称。",
        ),
        ({"question": " "}, "的 question 是空的；请写上问题。"),
        ({"question": None}, "的字段 question 缺失或类型不对。"),
    ],
)
def test_a_problem_is_a_sentence_with_the_number_of_its_line(
    changes: dict[str, Any], sentence: str, corpus: Corpus, tmp_path: Path
) -> None:
    path = bank(tmp_path, LINE, "", {**LINE, "id": "b", **changes})
    assert [str(problem) for problem in check([path], corpus)] == [f"题库.jsonl 第 3 行{sentence}"]


def test_an_unknown_type_is_said_with_those_that_are_known(corpus: Corpus, tmp_path: Path) -> None:
    (problem,) = check([bank(tmp_path, {**LINE, "type": "magic"})], corpus)
    assert problem.sentence.startswith("的 type magic 不认识；可以用：lookup、")


def test_words_that_run_over_two_provisions_are_no_evidence(corpus: Corpus, tmp_path: Path) -> None:
    first, second = (p.text for p in corpus.provisions[:2])
    across = first[-6:] + second[:6]
    (problem,) = check([bank(tmp_path, {**LINE, "evidence": [across]})], corpus)
    assert problem.sentence.endswith("跨了两个条文单元；请分成几条写。")


def test_all_problems_are_named_and_ids_are_unique_over_all_banks(
    corpus: Corpus, tmp_path: Path
) -> None:
    one = bank(tmp_path, LINE, "{", {**LINE, "type": "x", "question": ""}, name="one.jsonl")
    two = bank(tmp_path, LINE, name="two.jsonl")
    problems = [str(problem) for problem in check([one, two], corpus)]
    assert problems[0] == "one.jsonl 第 2 行不是 JSON 对象。"
    assert problems[1] == "one.jsonl 第 3 行的 id a 与 one.jsonl 第 1 行重复；请换一个。"
    assert problems[2].startswith("one.jsonl 第 3 行的 question")
    assert problems[3].startswith("one.jsonl 第 3 行的 type")
    assert problems[4:] == ["two.jsonl 第 1 行的 id a 与 one.jsonl 第 1 行重复；请换一个。"]


def test_a_bank_that_is_missing_is_said(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(QuestionBankError, match=r"^找不到题库"):
        check([tmp_path / "none.jsonl"], corpus)
