"""Many people at once: python -m tests.e2e.load [ADDRESS] --users 20 --minutes 5.

Each asks over HTTP every so many seconds, in mode extract or another, and reads the answer as it
comes. Without an address, `qa serve` is put up for it, each user a person of its own, with the
local model where the mode wants one, and taken down again.
"""

import argparse
import itertools
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests import servers

PERSON = "X-Remote-User"
WRITTEN = "个人信息泄露了，单位要马上做什么？"
QUESTIONS = Path(__file__).parents[2] / "evals" / "questions" / "compilation.jsonl"


@dataclass
class Told:
    """What the users measured, seconds from the question on."""

    evidence: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    by_user: dict[int, list[float]] = field(default_factory=dict)
    """Of `whole`, what each user waited."""
    places: list[int] = field(default_factory=list)
    """How many were ahead of those who had to wait for the model, as they were told first."""
    told_after: list[float] = field(default_factory=list)
    """When they were told so."""


def main() -> int:
    """Ask, measure, print; 1 where there was an error or the evidence came too late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument(
        "--every", type=float, default=10.0, help="seconds from question to question"
    )
    parser.add_argument("--mode", choices=("extract", "auto", "llm"), default="extract")
    parser.add_argument(
        "--evidence", type=float, default=1.5, help="the p95 that is allowed, seconds"
    )
    chosen = parser.parse_args()
    how = (chosen.users, chosen.minutes, chosen.every, chosen.mode)
    if chosen.address:
        told = load(chosen.address, *how)
    else:
        model = () if chosen.mode == "extract" else ("--llm", "local")
        with serving(*model, PROXY_USER_HEADER=PERSON) as address:
            if model:
                ready(address)
            told = load(address, *how)
    print(f"{chosen.users} 人，每 {chosen.every:g} 秒一问，{chosen.minutes:g} 分钟，{chosen.mode}")
    print(f"回答 {len(told.whole)} 次，出错 {len(told.errors)} 次")
    for error in sorted({*told.errors}):
        print(f"  {told.errors.count(error)} 次：{error}")
    late = False
    for name, seconds in (("首批依据", told.evidence), ("完整回答", told.whole)):
        if len(seconds) > 1:
            p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
            print(f"{name}：p50 {p50:.3f} 秒，p95 {p95:.3f} 秒，最长 {max(seconds):.3f} 秒")
            late = late or (seconds is told.evidence and p95 > chosen.evidence)
    if len(told.by_user) > 1:
        each = sorted(statistics.mean(waits) for waits in told.by_user.values())
        middle = statistics.median(each)
        print(f"各人平均等待：最短 {each[0]:.3f}，居中 {middle:.3f}，最长 {each[-1]:.3f} 秒")
    if told.places:
        late_told = max(told.told_after)
        print(f"排队 {len(told.places)} 次，前面最多 {max(told.places)} 个；", end="")
        print(f"看到位置最迟在提问后 {late_told:.3f} 秒")
    print(f"系统负载（1 分钟）：{os.getloadavg()[0]:.2f}")
    return int(bool(told.errors) or late or not told.whole)


def load(
    address: str, users: int, minutes: float, every: float = 10.0, mode: str = "extract"
) -> Told:
    """Users who begin one after the other within the first interval, `every` in seconds."""
    asked = questions()
    told, turn, until = Told(), threading.Lock(), time.monotonic() + minutes * 60

    def user(number: int) -> None:
        time.sleep(number * every / users)
        who = {PERSON: f"user{number}"}
        with httpx.Client(base_url=address, headers=who, timeout=300, trust_env=False) as client:
            while (began := time.monotonic()) < until:
                with turn:
                    question = next(asked)
                try:
                    took = ask(client, question, told, mode)
                    told.by_user.setdefault(number, []).append(took)
                except (httpx.HTTPError, ValueError) as error:
                    told.errors.append(f"{type(error).__name__}: {error}")
                time.sleep(max(0.0, began + every - time.monotonic()))

    threads = [threading.Thread(target=user, args=[number]) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def questions() -> Iterator[str]:
    """The bank's questions, over and over."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return itertools.cycle([str(json.loads(line)["question"]) for line in lines])


def ask(client: httpx.Client, question: str, told: Told, mode: str) -> float:
    """One question, until the end of its answer; how long that took, in seconds.

    Raises:
        ValueError: the answer is an error, or ends before it is whole.
    """
    began = time.perf_counter()
    body = {"question": question, "mode": mode, "stream": True}
    event, evidence, placed = "", None, False
    with client.stream("POST", "api/ask", json=body) as answer:
        if answer.status_code != 200:
            raise ValueError(f"HTTP {answer.status_code}")
        for line in answer.iter_lines():
            field_name, _, value = line.partition(": ")
            passed = time.perf_counter() - began
            if field_name == "event":
                event = value
            if event == "retrieved" and evidence is None:
                evidence = passed
            elif event == "error":
                raise ValueError("event: error")
            elif field_name == "data" and event == "waiting" and not placed:
                placed = True
                told.places.append(int(json.loads(value)["ahead"]))
                told.told_after.append(passed)
            elif event == "done" and evidence is not None:
                told.evidence.append(evidence)
                told.whole.append(passed)
                return passed
    raise ValueError("the answer ended too early")


def ready(address: str) -> None:
    """Return when the local model writes."""
    with httpx.Client(base_url=address, timeout=300, trust_env=False) as client:
        client.headers[PERSON] = "user0"
        body = {"question": WRITTEN, "mode": "llm", "stream": False}
        while client.post("api/ask", json=body).json()["answer"]["mode"] != "llm":
            time.sleep(1)


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[str]:
    """The address of `qa serve` with a database of its own; in open mode without more words."""
    options = options if options or environment else ("--open",)
    with (
        TemporaryDirectory() as folder,
        servers.serving(Path(folder), *options, **environment) as (address, _),
    ):
        yield address


if __name__ == "__main__":
    sys.exit(main())
