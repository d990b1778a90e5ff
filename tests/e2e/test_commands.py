"""The console script `qa` as a person runs it: a process of its own, from anywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.assistant import Assistant

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

QA = Path(sys.executable).with_name("qa")


def qa(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [QA, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_question_is_answered_from_any_folder(assistant: Assistant, tmp_path: Path) -> None:
    ran = qa(tmp_path, "ask", "数据安全法第二十一条讲什么", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)["answer"]
    assert answer["citations"][0]["locator"] == "第二十一条"
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_one_sentence_on_standard_error(tmp_path: Path) -> None:
    ran = qa(tmp_path, "corpus", "list", QA_CORPUS_DIR=str(tmp_path))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("找不到目录文件")
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_wrong_use_ends_with_2(tmp_path: Path) -> None:
    assert qa(tmp_path, "search").returncode == 2
    assert qa(tmp_path, "--help").returncode == 0


def test_an_index_is_built_without_a_word_where_nobody_watches(
    corpus_dir: Path, tmp_path: Path
) -> None:
    environment = {"QA_CORPUS_DIR": str(corpus_dir), "QA_INDEXES_DIR": str(tmp_path / "indexes")}
    built = qa(tmp_path, "index", "build", **environment)
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    found = json.loads(qa(tmp_path, "index", "info", "--json", **environment).stdout)
    assert [manifest["provisions"] for manifest in found.values()] == [23]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "indexes"]
