"""Evaluations that go on by themselves: one at a time, watched and stopped from anywhere."""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from qa.assistant import Assistant
from qa.errors import QAError, RunError
from qa.evaluation.archive import Archive, Entry, Task
from qa.evaluation.bank import BankQuestion
from qa.evaluation.banks import Bank, Banks
from qa.evaluation.folder import Folder
from qa.evaluation.progress import Progress, State
from qa.evaluation.run import header, run
from qa.evaluation.subject import MODES, Mode, Subject, subject
from qa.settings import Settings

log = logging.getLogger(__name__)

_PATIENCE_S = 5.0


class Runs:
    """The runs of one installation; safe to be used from several threads."""

    def __init__(self, settings: Settings, assistant: Assistant) -> None:
        """Take what is evaluated; the folder is that of the settings."""
        self.archive = Archive(settings.runs_dir)
        self.banks = Banks(settings.runs_dir / "banks")
        self._settings = settings
        self._assistant = assistant
        self._deciding = threading.Lock()
        self._showing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.progress: Progress | None = None
        """The present run, or the last one since the program started."""
        self.changes = 0
        """Counts up when a run begins, ends, enters a stage or is deleted, or a bank comes."""

    def start(self, bank: str, mode: str, limit: int | None = None) -> str:
        """Begin a run, or go on with the same one if it was left unfinished; its name.

        Raises:
            QAError: another one is at work, or bank or mode cannot be used.
        """
        with self._deciding:
            self._refuse_while_active()
            chosen = self.banks.get(bank)
            asked = self._subject(mode)
            if limit is not None and limit < 1:
                raise RunError("题数至少是 1；要做全部的题就不限题数。")
            if limit is not None and limit >= len(chosen.questions):
                limit = None
            entry = self._unfinished(asked, chosen, limit)
            task = Task(bank=bank, limit=limit)
            folder = (
                self.archive.folder(entry.name) if entry else self.archive.new(task, asked.mode)
            )
            return self._begin(asked, chosen.questions, folder, task)

    def resume(self, name: str) -> str:
        """Go on with a run that was left unfinished, with the questions it began with.

        Raises:
            QAError: another one is at work, or what it began with has changed since.
        """
        with self._deciding:
            self._refuse_while_active()
            entry = self.archive.entry(name)
            asked = self._subject(entry.header.mode)
            folder = self.archive.folder(name)
            questions = Folder(folder).questions()
            if why := entry.header.difference(header(asked, questions)):
                raise RunError(f"“{name}”{why}，不能接着做；请重新开始一次，或删去它。")
            return self._begin(asked, questions, folder, Task(bank=entry.bank, limit=entry.limit))

    def stop(self) -> None:
        """Stop the present run after its present question; what is done stays."""
        with self._deciding:
            if self.progress and self.progress.active:
                self._stop.set()
                self._show(state="stopping")

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when nothing is at work any more."""
        if self._thread:
            self._thread.join(timeout_s)

    def delete(self, name: str) -> None:
        """Remove a run with all its results.

        Raises:
            RunError: there is none of this name, it is at work, or it cannot be removed.
        """
        with self._deciding:
            if self.progress and self.progress.active and self.progress.name == name:
                raise RunError(f"评测“{name}”正在进行；请先停止，再删去。")
            self.archive.delete(name)
            if self.progress and self.progress.name == name:
                self.progress = None
            self._count()

    def add_bank(self, file: Path) -> Bank:
        """Keep a bank that somebody brought.

        Raises:
            QAError: it is no bank, or cannot be kept.
        """
        with self._deciding:
            bank = self.banks.add(file)
            self._count()
            return bank

    def _refuse_while_active(self) -> None:
        if self.progress and self.progress.active:
            raise RunError(
                f"评测“{self.progress.name}”正在进行，一次只做一个；请等它做完，或先停止它。"
            )

    def _subject(self, mode: str) -> Subject:
        known: Mode | None = next((one for one in MODES if one == mode), None)
        if known is None:
            raise RunError(f"没有“{mode}”这种方式；请重新选一种。")
        present = self._assistant.as_it_is()  # a rebuild meanwhile is not for this run
        asked = subject(known, self._settings, lambda: present, self._stage)
        if known == "baseline":
            return asked  # it reads the corpus itself
        return replace(asked, corpus=present.manifest.corpus)

    def _unfinished(self, asked: Subject, bank: Bank, limit: int | None) -> Entry | None:
        """The newest run that asked the same and was not finished."""
        now = header(asked, bank.questions)
        same = (
            entry
            for entry in self.archive.entries()
            if entry.limit == limit and not entry.finished and not entry.header.difference(now)
        )
        return next(same, None)

    def _begin(
        self, asked: Subject, questions: Sequence[BankQuestion], folder: Path, task: Task
    ) -> str:
        self._stop.clear()
        self.progress = Progress(folder.name, task.bank, asked.mode)
        self._count()
        # the program may end at any time, and the run goes on later
        atexit.register(self._leave)
        self._thread = threading.Thread(
            target=self._work,
            args=(asked, questions, folder, task.limit),
            name="evaluation",
            daemon=True,
        )
        self._thread.start()
        return folder.name

    def _work(
        self, asked: Subject, questions: Sequence[BankQuestion], folder: Path, limit: int | None
    ) -> None:
        state: State = "finished"
        fault = ""
        try:
            try:
                run(asked, questions, folder, limit, self._stage)
            except _Stopped:
                state = "stopped"
            if state == "finished" or self.archive.entry(folder.name).done:
                self._show(stage="写报告", done=0, total=0, counted=None)
                self.archive.report(folder.name)
        except QAError as error:
            state, fault = "failed", str(error)
        except Exception:
            log.exception("评测 %s 出现意外错误", folder.name)
            state = "failed"
            fault = (
                "评测出了意外的错误，已做的题保留着，可以接着做；"
                f"若仍如此，请把时间（{datetime.now().astimezone():%H:%M:%S}）告诉管理员。"
            )
        atexit.unregister(self._leave)
        with self._deciding:
            self._show(state=state, fault=fault, ended=time.monotonic())
            self._count()

    @contextmanager
    def _stage(self, label: str) -> Iterator[Callable[[int, int], None]]:
        """The bar of `qa.evaluation.run`, through which a run is also stopped."""
        self._show(stage=label, done=0, total=0, counted=None)
        self._count()

        def report(done: int, total: int) -> None:
            assert self.progress
            counted = self.progress.counted or (done, time.monotonic())
            self._show(done=done, total=total, counted=counted)
            if self._stop.is_set() and done < total:
                raise _Stopped

        yield report

    def _show(self, **changes: object) -> None:
        with self._showing:
            assert self.progress
            self.progress = replace(self.progress, **changes)  # type: ignore[arg-type]

    def _leave(self) -> None:
        """Let the thread end before the interpreter does; a question that takes long is lost."""
        self.stop()
        self.wait(_PATIENCE_S)

    def _count(self) -> None:
        with self._showing:
            self.changes += 1


class _Stopped(Exception):
    """Somebody asked the run to stop."""
