import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QuestionBankError
from qa.evaluation.bank import load_bank
from qa.ingest.provision import Provision
from qa.settings import PROJECT

BANK = PROJECT / "evals" / "questions" / "compilation.jsonl"
LINE: dict[str, Any] = {
    "id": "a",
    "type": "lookup",
    "question": "数安法第27条",
    "answerable": True,
    "evidence": ["开展数据处理活动"],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "题库.jsonl"


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(map(str, lines)), encoding="utf-8")
    return path


def line(**changes: object) -> str:
    return json.dumps({**LINE, **changes}, ensure_ascii=False)


def test_the_bank_at_hand_is_whole_and_rests_on_the_volume(
    provisions: dict[tuple[str, str], Provision],
) -> None:
    bank = load_bank(BANK)
    assert len(bank) == 172
    texts = ["".join(p.text.split()) for p in provisions.values()]
    for question in bank:
        for evidence in question.evidence:
            tight = "".join(evidence.split())
            assert any(tight in text for text in texts), (question.id, evidence)


def test_optional_fields_may_be_left_out_or_named_doc(path: Path) -> None:
    gold = [{"doc": "中华人民共和国数据安全法", "locator": "第二十七条"}]
    history = [{"role": "user", "content": "数据安全法"}]
    write(path, line(history=None), "", line(id="b", gold=gold, history=history))
    first, second = load_bank(path)
    assert (first.turns, first.gold) == ((), ())
    assert second.gold[0].document == "中华人民共和国数据安全法"
    assert second.turns[0].content == "数据安全法"


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("{", "第 2 行不是 JSON 对象。"),
        ("[]", "第 2 行不是 JSON 对象。"),
        ('"数"', "第 2 行不是 JSON 对象。"),
        ("null", "第 2 行不是 JSON 对象。"),
        (line(gold=[1]), "第 2 行不是 JSON 对象。"),
        (line(id="b", question=None), "第 2 行的字段 question 缺失或类型不对。"),
        ('{"id": "b"}', "第 2 行的字段 type 缺失或类型不对。"),
        (line(id="b", answerable="?"), "第 2 行的字段 answerable 缺失或类型不对。"),
        (line(id="b", evidence="数"), "第 2 行的字段 evidence 缺失或类型不对。"),
        (
            line(id="b", history=[{"role": "robot", "content": ""}]),
            "第 2 行的字段 history.0.role 缺失或类型不对。",
        ),
        (line(), "第 2 行的 id a 重复了。"),
        (line(id="b", evidence=[]), "第 2 行是可答的题，却没有 evidence；请写上依据的原文。"),
    ],
)
def test_a_broken_line_is_named_by_its_number(bad: str, sentence: str, path: Path) -> None:
    write(path, line(), bad)
    with pytest.raises(QuestionBankError) as error:
        load_bank(path)
    assert str(error.value) == f"题库 题库.jsonl {sentence}"


def test_a_bank_that_cannot_be_read_is_said(path: Path) -> None:
    with pytest.raises(QuestionBankError, match=r"^找不到题库 .*；请检查 --questions 的路径。$"):
        load_bank(path)
    path.write_bytes("题".encode("gb18030"))
    with pytest.raises(QuestionBankError, match=r"应为 UTF-8 的 JSON Lines 文件。$"):
        load_bank(path)
    write(path, "", " ")
    with pytest.raises(QuestionBankError, match=r"里没有题目。$"):
        load_bank(path)
    with pytest.raises(QuestionBankError, match=r"^读不了题库"):
        load_bank(path.parent)
