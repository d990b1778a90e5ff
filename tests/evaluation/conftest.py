"""Made-up runs, and the command line `qa eval` in this process."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from qa.assistant import Assistant
from qa.cli import app, opening
from qa.evaluation.bank import BankQuestion
from qa.evaluation.scores import Run, Score
from qa.evaluation.summary import estimates

Values = dict[str, dict[str, float]]
"""Measures by question id."""


@pytest.fixture
def made_up() -> Callable[..., Run]:
    def make(values: Values, mode: str = "search", name: str = "made-up") -> Run:
        scores = {key: Score(key, "lookup", True, found) for key, found in values.items()}
        questions = tuple(
            BankQuestion(id=key, type="lookup", question=f"问 {key}", answerable=True)
            for key in values
        )
        return Run(
            name=name,
            mode=mode,
            started="2026-01-01T00:00:00+00:00",
            machine="",
            questions=questions,
            results={},
            scores=scores,
            overall=estimates(scores.values()),
        )

    return make


@pytest.fixture
def qa_eval(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `qa eval …`; `typed` is what a person types."""
    monkeypatch.setattr(opening, "assistant", lambda **_: assistant)

    def run(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, ["eval", *map(str, arguments)], input=typed)

    return run
