import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from qa.assistant import Assistant
from qa.errors import QAError, QuestionBankError, SettingsError

Qa = Callable[..., Result]
LINE: dict[str, Any] = {
    "id": "a",
    "type": "lookup",
    "question": "数安法第27条",
    "answerable": True,
    "evidence": ["开展数据处理活动应当依照法律、法规的规定"],
    "points": ["建立健全全流程数据安全管理制度"],
}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.jsonl"
    rest = [
        {**LINE, "id": "b", "type": "detail"},
        {"id": "c", "type": "attack", "question": "公共数据开放办法第三十条", "answerable": False},
    ]
    path.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in (LINE, *rest)), "utf-8")
    return path


def test_a_run_prints_its_measures_and_writes_its_files(
    qa_eval: Qa, bank: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = qa_eval("run", "--questions", bank, "--out", out, "--mode", "extract")
    assert ran.exit_code == 0, ran.output
    for words in ("recall@10", "citation_precision", "按条号查", "可答的题误拒：0 / 2"):
        assert words in ran.output
    assert "不可答的题拒答：1 / 1" in ran.output
    assert {"run.json", "questions.jsonl", "results.jsonl", "summary.json", "report.html"} == {
        path.name for path in out.iterdir()
    }
    again = qa_eval("run", "--questions", bank, "--out", out, "--mode", "extract", "--json")
    assert json.loads(again.stdout) == json.loads((out / "summary.json").read_text("utf-8"))
    assert json.loads(again.stdout)["overall"]["points"]["mean"] == 1.0


def test_an_interrupted_run_says_how_to_go_on(
    qa_eval: Qa, bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Assistant.search

    def search(self: Assistant, question: str, *rest: Any, **named: Any) -> Any:
        if "开放办法" in question:
            raise KeyboardInterrupt
        return whole(self, question, *rest, **named)

    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(Assistant, "search", search)
        ran = qa_eval("run", "--questions", bank, "--out", out)
    assert ran.exit_code == 130
    assert ran.stderr == "已停下；再运行同一条命令会接着做。\n"
    assert len((out / "results.jsonl").read_text("utf-8").splitlines()) == 2
    assert qa_eval("run", "--questions", bank, "--out", out).exit_code == 0
    assert len((out / "results.jsonl").read_text("utf-8").splitlines()) == 3


def test_a_bank_that_cannot_be_used_writes_nothing(qa_eval: Qa, bank: Path, tmp_path: Path) -> None:
    bank.write_text(bank.read_text("utf-8") + "\n{broken", "utf-8")
    ran = qa_eval("run", "--questions", bank, "--out", tmp_path / "out")
    assert isinstance(ran.exception, QuestionBankError)
    assert str(ran.exception) == "题库 bank.jsonl 第 4 行不是 JSON 对象。"
    assert not (tmp_path / "out").exists()


def test_a_gate_or_a_judge_that_cannot_be_used_is_said_before_any_question(
    qa_eval: Qa, bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QA_JUDGE_API_BASE", raising=False)
    run = ("run", "--questions", bank, "--out", tmp_path / "out")
    assert isinstance(qa_eval(*run, "--gate", tmp_path / "none.json").exception, QAError)
    assert isinstance(qa_eval(*run, "--judge").exception, SettingsError)
    assert not (tmp_path / "out").exists()


def test_the_gate_passes_what_is_as_good_and_fails_what_is_worse(
    qa_eval: Qa, bank: Path, tmp_path: Path
) -> None:
    out, saved = tmp_path / "out", tmp_path / "baseline.json"
    run = ("run", "--questions", bank, "--out", out)
    assert qa_eval(*run).exit_code == 0
    kept = qa_eval("baseline", out, "--out", saved)
    assert kept.output.startswith("已把 out（search 方式，3 题）存入 ")
    assert qa_eval(*run, "--gate", saved).exit_code == 0

    before = json.loads(saved.read_text("utf-8"))
    for values in before["search"]["questions"].values():
        values.update({name: value + 0.5 for name, value in values.items() if name == "recall@5"})
    saved.write_text(json.dumps(before), "utf-8")
    ran = qa_eval(*run, "--gate", saved)
    assert ran.exit_code == 1
    assert ran.stderr.startswith("recall@5 显著低于基线：1.500 → 1.000（")
    assert ran.stderr.count("\n") == 1


def test_two_runs_are_compared(qa_eval: Qa, bank: Path, tmp_path: Path) -> None:
    before, after, page = tmp_path / "before", tmp_path / "after", tmp_path / "both.html"
    for out, mode in ((before, "search"), (after, "extract")):
        qa_eval("run", "--questions", bank, "--out", out, "--mode", mode)
    ran = qa_eval("compare", before, after, "--out", page)
    assert ran.exit_code == 0, ran.output
    for words in ("before", "after", "recall@5", "变好的题：0", "变差的题：0"):
        assert words in ran.output
    assert page.exists()
    found = json.loads(qa_eval("compare", before, after, "--json").stdout)
    assert found["shared"] == 3
    recall = next(c for c in found["changes"] if c["measure"] == "recall@5")
    assert (recall["before"], recall["after"], recall["p"]) == (1.0, 1.0, 1.0)
    assert isinstance(qa_eval("compare", before, tmp_path).exception, QAError)


def test_a_check_prints_a_line_a_problem_and_fails(qa_eval: Qa, bank: Path) -> None:
    assert qa_eval("check", bank).output == "bank.jsonl：没有问题。\n"
    wrong = {**LINE, "id": "d", "evidence": ["没有这句话"]}
    bank.write_text(json.dumps(wrong, ensure_ascii=False), "utf-8")
    ran = qa_eval("check", bank)
    assert ran.exit_code == 1
    assert ran.stderr == (
        "bank.jsonl 第 1 行的 evidence“没有这句话”在汇编里找不到；请照原文逐字抄写。\n"
    )
    assert ran.stdout == "bank.jsonl：有 1 处要改。\n"
    (problem,) = json.loads(qa_eval("check", bank, "--json").stdout)
    assert (problem["bank"], problem["line"]) == ("bank.jsonl", 1)


def test_without_a_file_all_banks_at_hand_are_checked(qa_eval: Qa) -> None:
    ran = qa_eval("check")
    assert ran.exit_code == 0
    assert "compilation.jsonl" in ran.output
