import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import QAError
from qa.evaluation.bank import BANKS, load_bank
from qa.evaluation.gate import failures, load_baseline, save_baseline
from qa.evaluation.run import run
from qa.evaluation.scores import Run
from qa.evaluation.subject import Mode, subject
from qa.settings import PROJECT, Settings

MakeRun = Callable[..., Run]


def flags(hits: int, n: int = 100) -> dict[str, dict[str, float]]:
    return {str(i): {"recall@5": float(i < hits), "total_ms": 100.0 - hits} for i in range(n)}


@pytest.fixture
def saved(made_up: MakeRun, tmp_path: Path) -> Path:
    path = tmp_path / "new" / "baseline.json"
    save_baseline(made_up(flags(90)), path)
    return path


def test_what_is_as_good_or_better_passes(made_up: MakeRun, saved: Path) -> None:
    baseline = load_baseline(saved)
    for hits in (90, 95, 100):
        assert failures(made_up(flags(hits)), baseline) == []


def test_what_is_saved_in_fewer_digits_is_no_drop(made_up: MakeRun, tmp_path: Path) -> None:
    thirds = made_up({str(n): {"citation_recall": 1 / 3, "points": 2 / 3} for n in range(100)})
    save_baseline(thirds, tmp_path / "baseline.json")
    assert failures(thirds, load_baseline(tmp_path / "baseline.json")) == []


def test_a_drop_that_may_be_chance_passes(made_up: MakeRun, saved: Path) -> None:
    assert failures(made_up(flags(88)), load_baseline(saved)) == []


def test_a_significant_drop_is_one_sentence(made_up: MakeRun, saved: Path) -> None:
    (sentence,) = failures(made_up(flags(80)), load_baseline(saved))
    assert sentence.startswith("recall@5 显著低于基线：0.900 → 0.800（差 -0.100，95% 区间 -0.1")
    assert sentence.endswith("，100 题）。")


def test_only_questions_of_both_count(made_up: MakeRun, saved: Path) -> None:
    assert failures(made_up(flags(50, n=50)), load_baseline(saved)) == []
    (sentence,) = failures(made_up(flags(30, n=50)), load_baseline(saved))
    assert "1.000 → 0.600" in sentence


def test_times_are_not_held(saved: Path) -> None:
    (mode,) = load_baseline(saved).values()
    assert mode.mean == {"recall@5": 0.9}
    assert mode.questions["0"] == {"recall@5": 1.0}


def test_the_other_mode_stays_in_the_file(made_up: MakeRun, saved: Path) -> None:
    save_baseline(made_up(flags(10), mode="extract"), saved)
    save_baseline(made_up(flags(70)), saved)
    baseline = load_baseline(saved)
    assert {mode: one.mean["recall@5"] for mode, one in baseline.items()} == {
        "search": 0.7,
        "extract": 0.1,
    }
    assert [path.name for path in saved.parent.iterdir()] == ["baseline.json"]


def test_a_baseline_that_does_not_fit_is_said(made_up: MakeRun, saved: Path) -> None:
    baseline = load_baseline(saved)
    with pytest.raises(QAError, match=r"^基线里没有 extract 方式的结果；"):
        failures(made_up(flags(1), mode="extract"), baseline)
    with pytest.raises(QAError, match=r"^基线里没有这份题库的题目；"):
        failures(made_up({"other": {"recall@5": 1.0}}), baseline)
    with pytest.raises(QAError, match=r"还没有结果"):
        save_baseline(made_up({}), saved)


def test_a_baseline_that_cannot_be_read_or_written_is_said(made_up: MakeRun, saved: Path) -> None:
    for content in ("{", "[]", json.dumps({"search": {"mean": {}}})):
        saved.write_text(content)
        with pytest.raises(QAError, match=r"^读不了基线"):
            load_baseline(saved)
    with pytest.raises(QAError, match=r"^写不了基线"):
        save_baseline(made_up(flags(1)), saved / "deeper")


@pytest.mark.slow
@pytest.mark.no_cover  # what runs here runs in quicker tests too
@pytest.mark.parametrize("mode", ["search", "extract"])
def test_the_whole_bank_passes_the_gate(
    mode: Mode, assistant: Assistant, settings: Settings, tmp_path: Path
) -> None:
    bank = load_bank(BANKS / "compilation.jsonl")
    found = run(subject(mode, settings, lambda: assistant), bank, tmp_path)
    assert len(found.scores) == len(bank)
    assert failures(found, load_baseline(PROJECT / "evals" / "baseline.json")) == []
    assert found.by_type["lookup"]["recall@1"].mean == 1.0
