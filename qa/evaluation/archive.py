"""The runs of one folder: what there is, their reports, what changed from one to another."""

import json
import logging
import re
import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from qa.errors import QAError, RunError
from qa.evaluation.compare import compare
from qa.evaluation.folder import RESULTS, Folder, Header
from qa.evaluation.report import render
from qa.evaluation.report.difference import Row, rows
from qa.evaluation.report.page import beijing
from qa.evaluation.run import write_report
from qa.evaluation.scores import Run
from qa.evaluation.summary import load_run
from qa.ingest.provision import Frozen

log = logging.getLogger(__name__)

_TASK = "task.json"
_UNSUITABLE = r"[^\w-]+"


class Task(Frozen):
    """What a person chose, beside the run's header."""

    bank: str
    """Its name when the run began."""
    limit: int | None = None
    """Only the first so many questions."""


@dataclass(frozen=True)
class Entry:
    """A run as it stands on the disk."""

    name: str
    bank: str
    """Empty for a run that did not begin on the page."""
    limit: int | None
    header: Header
    done: int
    """Questions that have a result."""
    wanted: int
    means: dict[str, float] = field(default_factory=dict)
    """By measure; empty until the run has finished or was stopped."""

    @property
    def finished(self) -> bool:
        """Every question that was wanted has its result."""
        return self.done >= self.wanted


class Archive:
    """Runs by their names; a name never leads out of the folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first run comes."""
        self.path = folder
        self._writing = threading.Lock()

    def entries(self) -> tuple[Entry, ...]:
        """The runs, newest first."""
        found = []
        for folder in self._folders().values():
            try:
                found.append(_entry(folder))
            except (QAError, ValidationError, ValueError) as error:
                log.warning("评测 %s 不能列出：%s", folder.name, error)
        return tuple(sorted(found, key=_age, reverse=True))

    def entry(self, name: str) -> Entry:
        """One of them.

        Raises:
            QAError: there is none of this name, or it is damaged.
        """
        return _entry(self.folder(name))

    def folder(self, name: str) -> Path:
        """Where a run is.

        Raises:
            RunError: there is none of this name.
        """
        folder = self._folders().get(name)
        if folder is None:
            raise RunError(f"没有叫“{name}”的评测，可能已被删去；请刷新页面。")
        return folder

    def new(self, task: Task, mode: str) -> Path:
        """A folder for a new run, named after bank, mode and time.

        Raises:
            RunError: it cannot be written.
        """
        at = re.sub(r"\D", "", beijing(datetime.now(UTC).isoformat()))
        stem = f"{re.sub(_UNSUITABLE, '-', task.bank)}-{mode}-{at[:8]}-{at[8:]}"
        folder, number = self.path / stem, 1
        while folder.exists():
            number += 1
            folder = self.path / f"{stem}-{number}"
        try:
            folder.mkdir(parents=True)
            Folder(folder).write(_TASK, task.model_dump_json(indent=2) + "\n")
        except (OSError, QAError) as error:
            raise RunError(f"写不了评测的文件夹 {self.path}；请检查设置项 runs_dir。") from error
        return folder

    def report(self, name: str) -> Path:
        """The run's report; written again where there are newer results.

        Raises:
            QAError: there is no such run, no result yet, or the folder is damaged.
        """
        folder = self.folder(name)
        path = folder / "report.html"
        with self._writing:
            if not _fresh(path):
                found = load_run(folder)
                if not found.questions:
                    raise RunError(f"评测“{name}”还没有一题的结果；请做过几题再看报告。")
                write_report(found, folder)
        return path

    def comparison(self, before: str, after: str) -> str:
        """The report of `after` with what changed since `before`.

        Raises:
            QAError: one is missing, or they have no question in common.
        """
        earlier, later = self._both(before, after)
        return render(later, earlier)

    def differences(self, before: str, after: str) -> tuple[Row, ...]:
        """The paired differences of the measures, in words.

        Raises:
            QAError: one is missing, or they have no question in common.
        """
        earlier, later = self._both(before, after)
        return rows(later, earlier, compare(earlier, later))

    def delete(self, name: str) -> None:
        """Remove a run with all its results.

        Raises:
            RunError: there is none of this name, or it cannot be removed.
        """
        folder = self.folder(name)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise RunError(f"删不掉评测“{name}”（{error.strerror}）；请稍后再试。") from error

    def _both(self, before: str, after: str) -> tuple[Run, Run]:
        if before == after:
            raise RunError("两边是同一次评测；请选两次不同的评测。")
        earlier, later = load_run(self.folder(before)), load_run(self.folder(after))
        return earlier, later

    def _folders(self) -> dict[str, Path]:
        if not self.path.is_dir():
            return {}
        return {path.name: path for path in self.path.iterdir() if (path / "run.json").is_file()}


def _entry(folder: Path) -> Entry:
    run = Folder(folder)
    task = folder / _TASK
    chosen = Task.model_validate_json(task.read_bytes()) if task.exists() else Task(bank="")
    asked = _lines(folder / "questions.jsonl")
    summary = folder / "summary.json"
    overall = json.loads(summary.read_bytes())["overall"] if _fresh(summary) else {}
    return Entry(
        name=folder.name,
        bank=chosen.bank,
        limit=chosen.limit,
        header=run.header(),
        done=_lines(folder / RESULTS),
        wanted=min(asked, chosen.limit or asked),
        means={name: found["mean"] for name, found in overall.items()},
    )


def _age(entry: Entry) -> tuple[str, str]:
    return entry.header.started, entry.name


def _fresh(path: Path) -> bool:
    """Whether the file was written after the last result."""
    results = path.with_name(RESULTS)
    if not path.exists() or not results.exists():
        return False
    return path.stat().st_mtime_ns >= results.stat().st_mtime_ns


def _lines(path: Path) -> int:
    """The whole lines of a file; one that is being written does not count."""
    return path.read_bytes().count(b"\n") if path.exists() else 0
