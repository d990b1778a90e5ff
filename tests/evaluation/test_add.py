import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from qa.errors import QuestionBankError
from qa.evaluation.add import append, next_id, same_question
from qa.evaluation.bank import BankQuestion, load_bank

Qa = Callable[..., Result]
ARTICLE_27 = "数安法第二十七条讲什么"


def question(key: str, asked: str) -> BankQuestion:
    return BankQuestion(id=key, type="attack", question=asked, answerable=False)


def test_a_question_is_asked_for_and_written(qa_eval: Qa, tmp_path: Path) -> None:
    path = tmp_path / "new" / "own.jsonl"
    typed = [ARTICLE_27, "查询", "lookup", "y", "30", "1", "9", "没有的话", "3", "", "答", "要点一"]
    ran = qa_eval("add", "--questions", path, typed="\n".join([*typed, "要点二", "", ""]))
    assert ran.exit_code == 0, ran.output
    assert "请输入其中之一：lookup、" in ran.output
    assert "1. 《中华人民共和国数据安全法》第二十七条" in ran.output
    assert "请输入 1 到 10 的编号" in ran.output
    assert ran.output.count("这一条里没有这句话") == 2
    (found,) = load_bank(path)
    assert (found.id, found.type, found.question) == ("own-001", "lookup", ARTICLE_27)
    assert found.evidence[0].startswith("重要数据的处理者应当明确数据安全负责人和管理机构")
    assert [(g.document, g.locator) for g in found.gold] == [
        ("中华人民共和国数据安全法", "第二十七条")
    ]
    assert (found.answer, found.points) == ("答", ("要点一", "要点二"))
    assert qa_eval("check", path).exit_code == 0
    assert [p.name for p in path.parent.iterdir()] == ["own.jsonl"]


def test_evidence_may_be_pasted_and_looked_for_in_other_words(qa_eval: Qa, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    pasted = "应当明确数据安全负责人和管理机构"
    typed = ["谁来管这个事", "paraphrase", "", "", ARTICLE_27, "1", pasted, "k-7", "", ""]
    ran = qa_eval("add", "--questions", path, typed="\n".join([*typed, ""]))
    assert ran.exit_code == 0, ran.output
    (found,) = load_bank(path)
    assert (found.id, found.question, found.evidence) == ("k-7", "谁来管这个事", (pasted,))


def test_a_question_that_the_volume_does_not_answer_needs_no_evidence(
    qa_eval: Qa, tmp_path: Path
) -> None:
    path = tmp_path / "own.jsonl"
    ran = qa_eval("add", "--questions", path, typed="今天天气如何\nunanswerable\n\n\n\n")
    assert ran.exit_code == 0, ran.output
    line = json.loads(path.read_text(encoding="utf-8"))
    assert line == {
        "id": "own-001",
        "type": "unanswerable",
        "question": "今天天气如何",
        "answerable": False,
    }


def test_a_question_that_is_there_already_is_refused_at_once(qa_eval: Qa, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    append(path, question("a-1", "数据安全法，第21条？"))
    before = path.read_bytes()
    ran = qa_eval("add", "--questions", path, typed="数据安全法第二十一条\n")
    assert isinstance(ran.exception, QuestionBankError)
    assert str(ran.exception) == "题库 own.jsonl 里已经有这个问题（a-1）；没有写入。"
    assert path.read_bytes() == before


def test_lines_are_added_below_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"id":"x","type":"t","question":"?一","answerable":false,"note":"手写"}')
    append(path, question("y", "二"))
    first, second = path.read_text(encoding="utf-8").splitlines()
    assert '"note":"手写"' in first
    assert json.loads(second)["id"] == "y"
    with pytest.raises(QuestionBankError, match=r"已经有 id y；请换一个。$"):
        append(path, question("y", "三"))
    with pytest.raises(QuestionBankError, match=r"已经有这个问题（y）"):
        append(path, question("z", " 二。"))


def test_a_bank_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QuestionBankError, match=r"^写不了题库 own\.jsonl（.*）；"):
        append(tmp_path / "file" / "own.jsonl", question("a", "一"))


def test_the_next_id_goes_on_from_the_last_and_is_free(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    assert next_id(path, []) == "own-001"
    assert next_id(path, [question("law-009", "一")]) == "law-010"
    assert next_id(path, [question("law-2", "一"), question("law-1", "二")]) == "law-3"
    assert next_id(path, [question("first", "一")]) == "own-001"


def test_the_same_question_is_known_in_other_spelling() -> None:
    bank = [question("a", "网络安全法第二十一条，是什么？")]
    assert same_question("网络安全法 第21条是什么", bank) == bank[0]
    assert same_question("网络安全法第22条是什么", bank) is None
