import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.errors import QAError
from qa.evaluation.bank import BANKS, BankQuestion, load_bank
from qa.evaluation.measures import score
from qa.evaluation.run import machine, run, write_comparison, write_report
from qa.evaluation.subject import Answerer, Mode, Subject, subject
from qa.evaluation.summary import load_run, summary
from qa.settings import Settings

Open = Callable[[Mode], Subject]


@pytest.fixture(scope="module")
def bank() -> list[BankQuestion]:
    """A question, a follow-up and one that the volume does not answer."""
    whole = load_bank(BANKS / "compilation.jsonl")
    return [
        whole[0],
        next(q for q in whole if q.history),
        next(q for q in whole if not q.answerable),
    ]


@pytest.fixture
def opened(assistant: Assistant, settings: Settings) -> Open:
    return lambda mode: subject(mode, settings, lambda: assistant)


def counting(asked: list[str], subject: Subject, most: int | None = None) -> Subject:
    """The subject, with a note of every question; it breaks off after `most`."""

    def open() -> Answerer:
        answer = subject.open()

        def noted(question: BankQuestion) -> dict[str, Any]:
            if len(asked) == most:
                raise KeyboardInterrupt
            asked.append(question.id)
            return answer(question)

        return noted

    return replace(subject, open=open)


def lines(out: Path) -> list[dict[str, Any]]:
    text = (out / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_writes_a_line_a_question_in_their_order(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    steps: list[tuple[str, int, int]] = []

    @contextmanager
    def bar(label: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: steps.append((label, done, total))

    out = tmp_path / "new" / "out"
    found = run(opened("extract"), bank, out, progress=bar)
    assert [row["id"] for row in lines(out)] == [q.id for q in bank]
    assert set(lines(out)[0]) == {*("id", "question", "answer", "passages", "timings_ms", "tokens")}
    assert steps == [("作答", done, 3) for done in range(4)]
    assert found.questions == tuple(bank)
    assert found.scores[bank[0].id] == score(bank[0], lines(out)[0])
    assert (found.name, found.mode) == ("out", "extract")
    assert sorted(p.name for p in out.iterdir()) == ["questions.jsonl", "results.jsonl", "run.json"]


def test_in_mode_search_there_is_no_answer(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    run(opened("search"), bank[:1], tmp_path)
    (found,) = lines(tmp_path)
    assert set(found) == {"id", "question", "passages", "missing", "timings_ms"}
    assert len(found["passages"]) == 10


def test_a_run_that_broke_off_goes_on_where_it_was(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(counting([], opened("extract"), most=1), bank, tmp_path)
    before = (tmp_path / "results.jsonl").read_bytes()
    assert len(lines(tmp_path)) == 1
    asked: list[str] = []
    found = run(counting(asked, opened("extract")), bank, tmp_path)
    assert asked == [q.id for q in bank[1:]]
    assert (tmp_path / "results.jsonl").read_bytes().startswith(before)
    assert [*found.scores] == [q.id for q in bank]


def test_a_line_that_was_cut_off_is_asked_again(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    run(opened("search"), bank, tmp_path, limit=2)
    whole = (tmp_path / "results.jsonl").read_bytes()
    (tmp_path / "results.jsonl").write_bytes(whole[:-40])
    assert len(load_run(tmp_path).questions) == 1
    asked: list[str] = []
    run(counting(asked, opened("search")), bank, tmp_path)
    assert asked == [q.id for q in bank[1:]]
    assert [row["id"] for row in lines(tmp_path)] == [q.id for q in bank]


def test_a_finished_run_asks_and_opens_nothing(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    first = run(opened("search"), bank, tmp_path)

    def refuse() -> Answerer:
        raise AssertionError("opened")

    assert run(replace(opened("search"), open=refuse), bank, tmp_path) == first
    assert len(run(opened("search"), bank, tmp_path, limit=1).questions) == 3


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"mode": "search"}, "是 extract 方式的结果，这次是 search"),
        ({"corpus": "other"}, "是另一个索引（语料或向量模型不同）的结果"),
        ({"embedder": "other"}, "是另一个索引（语料或向量模型不同）的结果"),
        ({"program": "other"}, "是程序或设置改动之前的结果"),
    ],
)
def test_another_run_is_not_mixed_in(
    other: dict[str, Any], why: str, opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    run(opened("extract"), bank, tmp_path, limit=1)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(QAError) as error:
        run(replace(opened("extract"), **other), bank, tmp_path)
    assert str(error.value) == f"{tmp_path} 里{why}；请换一个 --out，或先删去它。"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_another_bank_is_not_mixed_in(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    run(opened("search"), bank, tmp_path, limit=1)
    with pytest.raises(QAError, match=r"里是另一份题库的结果；"):
        run(opened("search"), bank[:2], tmp_path)


def test_a_setting_that_changes_answers_makes_another_run(
    assistant: Assistant, settings: Settings
) -> None:
    def program(**changes: Any) -> str:
        changed = settings.model_copy(update=changes)
        return subject("search", changed, lambda: assistant).program

    assert program(top_k=5) != program()
    assert program(port=1, threads=1) == program()


def test_a_folder_of_something_else_is_said(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    (tmp_path / "results.jsonl").write_text("{}\n")
    with pytest.raises(QAError, match=r"没有 run\.json，无法接着做；请换一个 --out。$"):
        run(opened("search"), bank, tmp_path)
    with pytest.raises(QAError, match=r"不是评测的结果文件夹"):
        load_run(tmp_path)


def test_a_folder_that_cannot_be_written_is_said_before_any_question(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    asked: list[str] = []
    for out in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(QAError, match=r"^写不了结果文件夹 .*；请换一个。$"):
            run(counting(asked, opened("search")), bank, out)
    assert asked == []
    assert (tmp_path / "out").read_text() == "a file"


def test_the_summary_has_every_measure_by_type(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    found = run(opened("extract"), bank, tmp_path)
    write_report(found, tmp_path)
    written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert written == summary(found)
    assert written["questions"] == 3
    assert written["overall"]["recall@1"]["n"] == 2
    assert set(written["by_type"]) == {q.type for q in bank}
    assert set(written["overall"]["points"]) == {"mean", "low", "high", "n"}
    assert set(written["latency_ms"]) == {"first_evidence_ms", "first_token_ms", "total_ms"}
    assert "judge" not in written


def test_the_report_is_written_and_may_compare(
    opened: Open, bank: list[BankQuestion], tmp_path: Path
) -> None:
    before = run(opened("search"), bank, tmp_path / "before")
    after = run(opened("extract"), bank, tmp_path / "after")
    write_report(after, tmp_path / "after")
    assert bank[0].question in (tmp_path / "after" / "report.html").read_text(encoding="utf-8")
    write_comparison(before, after, tmp_path / "deep" / "both.html")
    assert "before" in (tmp_path / "deep" / "both.html").read_text(encoding="utf-8")
    with pytest.raises(QAError, match=r"^写不了报告"):
        write_comparison(before, after, tmp_path / "before")


def test_the_machine_is_described() -> None:
    assert " 核" in machine()
