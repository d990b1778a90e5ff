"""Speed and memory, measured on the machine at hand."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.answering.answer import Done
from qa.assistant import Assistant
from qa.index.embedding import Embedder
from qa.settings import Settings
from qa.volume import build_index

Progress = Callable[[int, int], None]
_WARM_UP = 5


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    """At most this, where there is a goal; at least this, where more is better."""
    more_is_better: bool = False
    baseline: float | None = None
    """What the usual way comes to in the same run."""
    ratio_goal: float | None = None
    """The ratio to that baseline, at most or at least like the goal."""

    @property
    def ratio(self) -> float | None:
        """To the baseline."""
        return None if self.baseline is None else self.value / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether every goal is met; None without one."""
        bounds = [(self.value, self.goal), (self.ratio, self.ratio_goal)]
        found = [
            value >= goal if self.more_is_better else value <= goal
            for value, goal in bounds
            if value is not None and goal is not None
        ]
        return all(found) if found else None


def bench(
    settings: Settings, questions: Sequence[str], progress: Progress | None = None
) -> list[Figure]:
    """Build, open, search and answer; each measured on the real corpus and model.

    Builds go into a folder of their own, so that the index in use stays as it is. Times are
    wall clock; the first questions are asked once before the clock runs.
    """
    embedder = Embedder(settings)
    with tempfile.TemporaryDirectory(prefix="qa-bench-") as folder:
        empty, fresh = (
            settings.model_copy(
                update={"indexes_dir": Path(folder) / name, "cache_dir": Path(folder)}
            )
            for name in ("scratch", "first")  # what is built beside another takes it over
        )
        scratch = _seconds(lambda: build_index(empty, embedder, progress, from_scratch=True))
        first = _seconds(lambda: build_index(fresh, embedder))
        warm = _seconds(lambda: build_index(fresh, embedder))
        opened = min(_seconds(lambda: Assistant.open(settings)) for _ in range(3))
        assistant = Assistant.open(settings)
    for question in questions[:_WARM_UP]:
        assistant.search(question)
    # No question is measured twice: the vector of the last few hundred is kept.
    fresh_questions = questions[_WARM_UP:]
    half = len(fresh_questions) // 2
    searches = [_search_ms(assistant, question) for question in fresh_questions[:half]]
    answers = [_total(assistant, question) for question in fresh_questions[half:]]
    return [
        Figure("建索引，全部重算", scratch, "秒", 90),
        Figure("建索引，首次（用随语料而来的向量）", first, "秒"),
        Figure("建索引，有缓存", warm, "秒", 5),
        Figure("打开索引与模型", opened, "秒", 1.5),
        Figure("检索 p50", statistics.median(searches), "毫秒", 30),
        Figure("检索 p95", float(np.percentile(searches, 95)), "毫秒", 60),
        Figure("摘录回答 p50", statistics.median(answers), "毫秒"),
        Figure("摘录回答 p95", float(np.percentile(answers, 95)), "毫秒"),
        *_pages(questions),
    ]


_PAGE = """
import json, os, sys, tempfile, time
import httpx
from qa.assistant import Assistant
from qa.evaluation.bench import peak_gb
from qa.records.records import Records
from qa.settings import load
from qa.web.site import Running, build
folder = tempfile.TemporaryDirectory()
settings = load().model_copy(update={"host": "127.0.0.1", "port": 0, "open": True})
assistant = Assistant.open(settings)
records = Records.open(f"sqlite:///{folder.name}/qa.sqlite")
running = Running(build(assistant, records, settings), settings)
assistant.warm()
asked = json.load(sys.stdin)
for question in asked["questions"]:
    list(assistant.ask(question))
took = {}
with httpx.Client(base_url=running.address, trust_env=False, timeout=60) as client:
    def fetch(path, **params):
        started = time.perf_counter()
        client.get(path, params=params).raise_for_status()
        return (time.perf_counter() - started) * 1e3
    articles = [
        place
        for entry in assistant.documents
        for place in assistant.reading.provisions(entry.id)
        if place.kind == "article"
    ][:: asked["each"]]
    fetch("doc/dsl")
    took["article"] = [fetch(f"doc/{one.document}/{one.locator}") for one in articles]
    took["search"] = [fetch("library/search", q=one.text[9:13]) for one in articles]
running.close()
took["peak_gb"] = peak_gb(os.getpid())
print(json.dumps(took))
"""
_EACH = 10
"""Every tenth article is opened, and words from it are looked for."""


def _pages(questions: Sequence[str]) -> list[Figure]:
    """How fast a process with the pages gives them over HTTP, and what memory it needs."""
    answered = subprocess.run(
        [sys.executable, "-c", _PAGE],
        input=json.dumps({"questions": [*questions], "each": _EACH}),
        capture_output=True,
        text=True,
        check=True,
    )
    took = json.loads(answered.stdout.splitlines()[-1])
    return [
        Figure("打开条文 p95", float(np.percentile(took["article"], 95)), "毫秒", 200),
        Figure("全文检索 p95", float(np.percentile(took["search"], 95)), "毫秒", 100),
        *memory("页面进程的内存峰值", took["peak_gb"]),
    ]


def memory(name: str, gb: float | None) -> list[Figure]:
    """The figure of a process's memory, where the system tells."""
    return [] if gb is None else [Figure(name, gb, "GB", 2)]


def peak_gb(pid: int | None) -> float | None:
    """The most memory that a process has had since its program began, where the system tells.

    `getrusage` would count what the parent had when it started the process.
    """
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024**2


def _search_ms(assistant: Assistant, question: str) -> float:
    return _seconds(lambda: assistant.search(question)) * 1e3


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _total(assistant: Assistant, question: str) -> float:
    """Milliseconds from the question to the whole answer."""
    *_, last = assistant.ask(question)
    assert isinstance(last, Done)
    return last.timings_ms["total"]
