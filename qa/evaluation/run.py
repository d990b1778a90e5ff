"""Run a question bank: a line a question, then the measures and the report."""

import hashlib
import json
import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qa.errors import QAError
from qa.evaluation.bank import BankQuestion
from qa.evaluation.folder import RESULTS, Folder, Header
from qa.evaluation.report import render
from qa.evaluation.scores import Run
from qa.evaluation.subject import Bar, Subject, silent
from qa.evaluation.summary import load_run, summary
from qa.settings import cores


def run(
    subject: Subject,
    questions: Sequence[BankQuestion],
    out: Path,
    limit: int | None = None,
    progress: Bar = silent,
) -> Run:
    """Ask the questions that have no result in `out` yet; score all that have one.

    Every result is on the disk before the next question is asked, so that a run that broke off
    goes on where it was.

    Raises:
        QAError: the folder cannot be written or holds another run; said before any question.
    """
    folder = Folder(out)
    done = folder.begin(header(subject, questions), questions)
    wanted = questions[:limit]
    left = [question for question in wanted if question.id not in done]
    if left:
        answer = subject.open()
        with progress("作答") as report:
            if report:
                report(len(wanted) - len(left), len(wanted))
            for number, question in enumerate(left, start=len(wanted) - len(left) + 1):
                folder.append(RESULTS, {"id": question.id, **answer(question)})
                if report:
                    report(number, len(wanted))
    return load_run(out)


def write_report(run: Run, out: Path) -> None:
    """Write `summary.json` and `report.html` into the folder of the run."""
    folder = Folder(out)
    folder.write("summary.json", json.dumps(summary(run), ensure_ascii=False, indent=2) + "\n")
    folder.write("report.html", render(run))


def write_comparison(before: Run, after: Run, path: Path) -> None:
    """Write the report of `after` with what changed since `before`.

    Raises:
        QAError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(after, before), encoding="utf-8")
    except OSError as error:
        raise QAError(f"写不了报告 {path}（{error.strerror}）；请换一个文件名。") from error


def header(subject: Subject, questions: Sequence[BankQuestion]) -> Header:
    """What a run that begins now asks of what."""
    bank = hashlib.sha256("\n".join(q.model_dump_json() for q in questions).encode()).hexdigest()
    return Header(
        mode=subject.mode,
        bank=bank,
        corpus=subject.corpus,
        embedder=subject.embedder,
        program=subject.program,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        machine=machine(),
    )


def machine() -> str:
    """Processor, cores and memory, in words."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    processor = named[1] if named else platform.processor() or platform.machine()
    words = f"{processor}，{cores()} 核"
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        words += f"，{memory / 2**30:.0f} GB 内存"
    return words
