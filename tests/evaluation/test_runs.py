import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import QAError, QuestionBankError, RunError
from qa.evaluation.bank import BANKS, load_bank
from qa.evaluation.progress import Progress
from qa.evaluation.runs import Runs
from qa.settings import Settings

SHIPPED = "compilation"
Make = Callable[..., Runs]


@pytest.fixture
def make(assistant: Assistant, tmp_path: Path) -> Iterator[Make]:
    """Runs over the folder of this test, as after a start of the program."""
    made: list[Runs] = []

    def runs(**changes: object) -> Runs:
        settings = Settings(runs_dir=tmp_path / "runs").model_copy(update=changes)
        made.append(Runs(settings, assistant))
        return made[-1]

    yield runs
    for one in made:
        one.stop()
        one.wait(60)


def bank_file(folder: Path, *questions: dict[str, object], name: str = "mine.jsonl") -> Path:
    file = folder / name
    file.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in questions), encoding="utf-8"
    )
    return file


def question(number: int, text: str = "数据安全法第二十一条讲什么") -> dict[str, object]:
    evidence = ["国家建立数据分类分级保护制度"]
    return {
        "id": f"q{number}",
        "type": "lookup",
        "question": text,
        "answerable": True,
        "evidence": evidence,
    }


def stopped_early(runs: Runs, mode: str = "extract") -> str:
    """The name of a run of the whole bank that was stopped after a few questions."""
    name = runs.start(SHIPPED, mode)
    until(lambda: runs.progress is not None and runs.progress.done >= 2)
    runs.stop()
    runs.wait(60)
    return name


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.01)


def test_a_run_goes_on_by_itself_and_is_listed_with_its_figures(make: Make) -> None:
    runs = make()
    name = runs.start(SHIPPED, "extract", 3)
    runs.wait(60)
    assert runs.progress and runs.progress.state == "finished" and not runs.progress.fault
    (entry,) = runs.archive.entries()
    assert (entry.name, entry.bank, entry.limit) == (name, SHIPPED, 3)
    assert (entry.done, entry.wanted, entry.finished) == (3, 3, True)
    assert {"recall@5", "citation_precision", "refusal_right"} <= set(entry.means)
    first = load_bank(BANKS / f"{SHIPPED}.jsonl")[0].question
    assert first in runs.archive.report(name).read_text(encoding="utf-8")


def test_while_one_is_at_work_a_second_is_refused_with_one_sentence(make: Make) -> None:
    runs = make()
    name = runs.start(SHIPPED, "extract")
    for second in (lambda: runs.start(SHIPPED, "search", 1), lambda: runs.resume(name)):
        with pytest.raises(RunError, match=rf"^评测“{name}”正在进行，一次只做一个；请.*。$"):
            second()
    with pytest.raises(RunError, match=r"正在进行；请先停止，再删去。$"):
        runs.delete(name)


def test_stopping_is_prompt_and_keeps_what_is_done(make: Make) -> None:
    runs = make()
    name = runs.start(SHIPPED, "extract")
    until(lambda: runs.progress is not None and runs.progress.done >= 2)
    asked = time.monotonic()
    runs.stop()
    assert runs.progress and runs.progress.state == "stopping"
    runs.wait(60)
    assert time.monotonic() - asked < 10
    assert runs.progress.state == "stopped"
    (entry,) = runs.archive.entries()
    assert 2 <= entry.done < entry.wanted == 172 and not entry.finished
    assert entry.means, "what is done is scored"
    assert runs.archive.report(name).exists()


def test_starting_the_same_again_goes_on_with_what_was_stopped(make: Make, tmp_path: Path) -> None:
    runs = make()
    name = stopped_early(runs)
    results = tmp_path / "runs" / name / "results.jsonl"
    before = results.read_bytes()
    assert runs.start(SHIPPED, "extract") == name
    until(lambda: runs.progress is not None and runs.progress.done > before.count(b"\n"))
    runs.stop()
    runs.wait(60)
    assert results.read_bytes().startswith(before)
    assert runs.start(SHIPPED, "extract", 1) != name, "another number of questions is another run"
    runs.wait(60)


def test_a_finished_run_started_again_is_a_new_run_and_the_newest_comes_first(make: Make) -> None:
    runs = make()
    names = []
    for mode in ("search", "extract", "search"):
        names.append(runs.start(SHIPPED, mode, 1))
        runs.wait(60)
    assert [entry.name for entry in runs.archive.entries()] == names[::-1]
    assert len({*names}) == 3


def test_after_a_restart_an_unfinished_run_is_listed_and_goes_on(
    make: Make, tmp_path: Path
) -> None:
    runs = make()
    kept = runs.add_bank(bank_file(tmp_path, *(question(n) for n in range(40))))
    name = runs.start(kept.name, "search")
    until(lambda: runs.progress is not None and runs.progress.done >= 1)
    runs.stop()
    runs.wait(60)
    (tmp_path / "runs" / "banks" / "mine.jsonl").unlink()  # it goes on with its own copy
    again = make()
    assert again.progress is None
    (entry,) = again.archive.entries()
    assert not entry.finished
    assert again.resume(name) == name
    again.wait(60)
    assert again.progress and again.progress.state == "finished"
    (entry,) = again.archive.entries()
    assert entry.done == entry.wanted == 40


def test_a_run_from_before_a_change_of_settings_does_not_go_on(make: Make) -> None:
    name = stopped_early(make())
    changed = make(top_k=3)
    with pytest.raises(RunError, match=r"是程序或设置改动之前的结果，不能接着做；请.*。$"):
        changed.resume(name)
    assert changed.start(SHIPPED, "extract", None) != name


def test_a_failure_is_told_in_its_sentence_and_the_next_run_can_start(
    make: Make, tmp_path: Path
) -> None:
    runs = make()
    runs.add_bank(bank_file(tmp_path, question(1), question(2, "数据" * 3000)))
    runs.start("mine", "search")
    runs.wait(60)
    assert runs.progress and runs.progress.state == "failed"
    assert runs.progress.fault.endswith("。") and "2000" in runs.progress.fault
    (entry,) = runs.archive.entries()
    assert entry.done == 1
    runs.start(SHIPPED, "search", 1)
    runs.wait(60)
    assert runs.progress.state == "finished"


def test_a_run_whose_folder_vanishes_says_so(make: Make, tmp_path: Path) -> None:
    runs = make()
    name = runs.start(SHIPPED, "extract")
    until(lambda: runs.progress is not None and runs.progress.done >= 1)
    (tmp_path / "runs" / name).rename(tmp_path / "elsewhere")
    runs.wait(60)
    assert runs.progress and runs.progress.state == "failed"
    assert runs.progress.fault.startswith("写不了结果文件夹")


def test_the_program_ends_cleanly_while_a_run_is_at_work(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from qa.assistant import Assistant\n"
        "from qa.evaluation.runs import Runs\n"
        "from qa.settings import Settings\n"
        "settings = Settings(runs_dir=pathlib.Path(sys.argv[1]))\n"
        "runs = Runs(settings, Assistant.open(settings))\n"
        "runs.start('compilation', 'extract')\n"
        "while runs.progress.done < 2:\n"
        "    time.sleep(0.01)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    (results,) = tmp_path.glob("*/results.jsonl")
    assert results.read_text(encoding="utf-8").endswith("\n")


def test_wrong_choices_are_refused_before_anything_is_written(make: Make, tmp_path: Path) -> None:
    runs = make()
    for choice, said in (
        (("nothing", "search", None), "没有叫“nothing”的题库"),
        (("../compilation", "search", None), "没有叫“../compilation”的题库"),
        ((SHIPPED, "guess", None), "没有“guess”这种方式"),
        ((SHIPPED, "search", 0), "题数至少是 1"),
    ):
        with pytest.raises(QAError, match=f"^{said}.*。$"):
            runs.start(*choice)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("你好\n", "第 1 行不是 JSON 对象"),
        ('{"id": "a"}\n', "第 1 行的字段 type 缺失"),
        ("", "里没有题目"),
    ],
)
def test_what_is_no_bank_is_not_kept(text: str, why: str, make: Make, tmp_path: Path) -> None:
    runs = make()
    file = tmp_path / "坏的.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionBankError, match=why):
        runs.add_bank(file)
    assert [bank.name for bank in runs.banks.all()] == [SHIPPED]


def test_a_bank_is_kept_once_and_never_replaces_another(make: Make, tmp_path: Path) -> None:
    runs = make()
    first = runs.add_bank(bank_file(tmp_path, question(1), name="compilation.jsonl"))
    again = runs.add_bank(bank_file(tmp_path, question(1), name="another.jsonl"))
    second = runs.add_bank(bank_file(tmp_path, question(2), name="compilation.jsonl"))
    odd = runs.add_bank(bank_file(tmp_path, question(3), name="..我的 题库<b>.jsonl"))
    assert (first.name, again.name, second.name) == ("compilation-2", "compilation-2", second.name)
    assert second.name == "compilation-3"
    assert odd.name == "我的-题库-b"
    assert runs.banks.all()[0].name == SHIPPED
    assert len(runs.banks.get(SHIPPED).questions) == 172
    assert {path.parent for path in tmp_path.rglob("compilation-?.jsonl")} == {
        tmp_path / "runs" / "banks"
    }


@pytest.mark.parametrize("name", ["", ".", "..", "../outside", "/etc", "banks", "a/../../outside"])
def test_a_name_never_leads_out_of_the_folder(name: str, make: Make, tmp_path: Path) -> None:
    runs = make()
    runs.add_bank(bank_file(tmp_path, question(1)))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "run.json").write_text("{}")
    for reach in (runs.archive.report, runs.archive.entry, runs.resume, runs.delete):
        with pytest.raises(RunError, match=r"^没有叫“.*”的评测，可能已被删去；请刷新页面。$"):
            reach(name)
    assert (outside / "run.json").exists() and (tmp_path / "runs" / "banks").exists()


def test_two_runs_are_compared_and_one_with_itself_is_not(make: Make, tmp_path: Path) -> None:
    runs = make()
    runs.add_bank(bank_file(tmp_path, question(1), question(2)))
    names = []
    for bank, mode in ((SHIPPED, "search"), (SHIPPED, "extract"), ("mine", "search")):
        names.append(runs.start(bank, mode, 2))
        runs.wait(60)
    rows = runs.archive.differences(names[0], names[1])
    assert "前 5 条找到原文" in [row.label for row in rows]
    assert names[0] in runs.archive.comparison(names[0], names[1])
    with pytest.raises(RunError, match="请选两次不同的评测"):
        runs.archive.comparison(names[0], names[0])
    with pytest.raises(QAError, match="没有共同的题目"):
        runs.archive.differences(names[0], names[2])


def test_a_deleted_run_is_gone(make: Make, tmp_path: Path) -> None:
    runs = make()
    name = runs.start(SHIPPED, "search", 1)
    runs.wait(60)
    before = runs.changes
    runs.delete(name)
    assert runs.archive.entries() == () and runs.changes > before
    assert not (tmp_path / "runs" / name).exists()
    assert runs.progress is None


def test_a_damaged_run_does_not_hide_the_others(make: Make, tmp_path: Path) -> None:
    runs = make()
    name = runs.start(SHIPPED, "search", 1)
    runs.wait(60)
    (tmp_path / "runs" / "broken").mkdir()
    (tmp_path / "runs" / "broken" / "run.json").write_text("{")
    assert [entry.name for entry in runs.archive.entries()] == [name]


def test_a_report_is_written_again_when_there_are_more_results(make: Make) -> None:
    runs = make()
    name = stopped_early(runs)
    before = runs.archive.report(name).stat().st_mtime_ns
    assert runs.archive.report(name).stat().st_mtime_ns == before
    runs.start(SHIPPED, "extract")
    until(lambda: runs.progress is not None and runs.progress.stage == "作答")
    until(lambda: runs.archive.entry(name).done > 5)
    assert runs.archive.report(name).stat().st_mtime_ns > before


def test_the_time_that_remains_is_told_from_what_was_done_since_it_began() -> None:
    now = time.monotonic()
    resumed = Progress("a", "b", "search", done=110, total=120, counted=(100, now - 20))
    assert resumed.remaining_s == pytest.approx(20, abs=1)
    assert Progress("a", "b", "search", done=100, total=120, counted=(100, now)).remaining_s is None
    ended = Progress("a", "b", "search", state="finished", began=now - 30, ended=now - 10)
    assert ended.elapsed_s == pytest.approx(20)
