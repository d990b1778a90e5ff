"""The server as people have it: a process of its own, asked over HTTP."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np

from qa.evaluation.bench import Figure

_HELPS = 30
_ASKED = 100
_ADDRESS = re.compile(r"http://\S+/")


def bench_server(questions: Sequence[str]) -> list[Figure]:
    """From the start of the process to its first answer; then 100 questions, and the memory.

    The first evidence is what the page shows too: the event `retrieved` of the same stream.
    """
    command = [sys.executable, "-c", "from qa.cli import main; main()"]
    helps = [_seconds_of([*command, "--help"]) for _ in range(_HELPS)]
    with tempfile.TemporaryDirectory(prefix="qa-bench-") as folder:
        own = {
            "QA_DATABASE_URL": f"sqlite:///{folder}/qa.sqlite",
            "QA_LOG_FILE": f"{folder}/qa.log",  # a line a question is not for who waits for figures
        }
        started = time.perf_counter()
        server = subprocess.Popen(
            [*command, "serve", "--open", "--port", "0", "--llm", "none"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **own},
        )
        try:
            assert server.stdout
            told = _ADDRESS.search(server.stdout.readline())
            assert told
            with httpx.Client(base_url=told[0], trust_env=False, timeout=60) as client:
                _first_evidence_ms(client, questions[0])
                first = time.perf_counter() - started
                asked = [questions[n % len(questions)] for n in range(_ASKED)]
                evidence = [_first_evidence_ms(client, question) for question in asked]
            resident = _resident_mb(server.pid)
        finally:
            server.terminate()
            server.wait(30)
    return [
        Figure("首个依据 p50", statistics.median(evidence), "毫秒"),
        Figure("首个依据 p95", float(np.percentile(evidence, 95)), "毫秒", 250),
        Figure("从启动到首个回答", first, "秒", 6),
        *([Figure("页面进程的内存，100 个问题之后", resident, "MB", 900)] if resident else []),
        Figure("qa --help", statistics.median(helps), "秒", 0.3),
    ]


def _first_evidence_ms(client: httpx.Client, question: str) -> float:
    """Until the passages come; the answer is read to its end."""
    started = time.perf_counter()
    came = 0.0
    body = {"question": question, "mode": "extract"}
    with client.stream("POST", "/api/ask", json=body) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            if not came and line == "event: retrieved":
                came = time.perf_counter() - started
    return came * 1e3


def _seconds_of(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - started


def _resident_mb(pid: int) -> float | None:
    """What a process has in memory, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
