"""The command `qa` in this process, with the real assistant opened once for all tests."""

import sys

import pytest

from qa import cli
from qa.assistant import Assistant
from qa.cli import opening
from tests.cli.ran import Qa, Ran


@pytest.fixture
def qa(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Qa:
    """Runs a command line as the console script does."""
    monkeypatch.setattr(opening, "assistant", lambda **_: assistant)

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["qa", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = capsys.readouterr()
        return Ran(int(ended.value.code or 0), written.out, written.err)

    return run
