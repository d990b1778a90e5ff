"""The server in mixed use for a long time: python -m tests.e2e.soak MINUTES.

Two people ask, read, search and open pages, with short pauses; every 30 seconds the memory, threads
and file handles of `qa serve` are looked at. After the warming up, the first third, the memory may
not grow by 5 % any more, and threads and handles only by as many as come and go.
"""

import argparse
import itertools
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from tests.e2e.load import PERSON, Told, ask, questions
from tests.servers import serving

PEOPLE = 2
PAUSE_S = 0.3
MOST_GROWTH = 0.05
COME_AND_GO = 4
NAMES = ("内存（MB）", "线程", "文件句柄")
PAGES = ("", "library", "doc/dsl/第二十一条", "library/search?q=数据安全", "metrics", "readyz")


@dataclass(frozen=True)
class Sample:
    """What the server holds at a moment."""

    megabytes: float
    threads: float
    handles: float


def main() -> int:
    """Use it, look, print; 1 where something grew or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=30.0, help="seconds from look to look")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        log = str(Path(folder) / "log")
        with serving(Path(folder), "--open", LOG_FILE=log) as (address, process):
            samples, done, errors = soak(address, process.pid, chosen.minutes, chosen.every)
    for minute, sample in samples:
        print(f"{minute:6.1f} 分钟：" + "，".join(map(_figure, NAMES, astuple(sample))))
    print(f"做了 {done} 件事，出错 {len(errors)} 次；系统负载（1 分钟）：{os.getloadavg()[0]:.2f}")
    for error in sorted({*errors})[:10]:
        print(f"  {errors.count(error)} 次：{error}")
    before, after = steady([sample for _, sample in samples])
    for name, then, now in zip(NAMES, astuple(before), astuple(after), strict=True):
        print(f"{name}：预热之后 {then:.0f}，最后 {now:.0f}（{now / then - 1:+.1%}）")
    leaks = (
        after.megabytes >= before.megabytes * (1 + MOST_GROWTH),
        after.threads > before.threads + COME_AND_GO,
        after.handles > before.handles + COME_AND_GO,
    )
    return int(bool(errors) or any(leaks))


def soak(
    address: str, pid: int, minutes: float, every: float
) -> tuple[list[tuple[float, Sample]], int, list[str]]:
    """The samples with their minutes, how much was done, and what went wrong; in seconds."""
    samples: list[tuple[float, Sample]] = []
    count, errors, over = itertools.count(), list[str](), threading.Event()
    watched, began = psutil.Process(pid), time.monotonic()

    def use(number: int) -> None:
        who = {PERSON: f"person{number}"}
        with httpx.Client(base_url=address, headers=who, timeout=60, trust_env=False) as client:
            for act in itertools.islice(mixed(client), number, None):
                if over.wait(PAUSE_S):
                    return
                try:
                    act()
                    next(count)
                except (httpx.HTTPError, ValueError) as error:
                    errors.append(f"{type(error).__name__}: {error}")

    people = [threading.Thread(target=use, args=[number]) for number in range(PEOPLE)]
    for person in people:
        person.start()
    while (passed := time.monotonic() - began) < minutes * 60:
        samples.append((passed / 60, look(watched)))
        over.wait(every)
    over.set()
    for person in people:
        person.join()
    return samples, next(count), errors


def steady(samples: list[Sample]) -> tuple[Sample, Sample]:
    """The middle of the second third, which is warm, and that of the last."""
    third = max(1, len(samples) // 3)
    warm = (samples[third : 2 * third] or samples, samples[-third:])
    before, after = (
        Sample(*(statistics.median(each) for each in zip(*map(astuple, some), strict=True)))
        for some in warm
    )
    return before, after


def look(process: psutil.Process) -> Sample:
    """The server as it is now."""
    return Sample(process.memory_info().rss / 2**20, process.num_threads(), process.num_fds())


def mixed(client: httpx.Client) -> Iterator[Callable[[], object]]:
    """What one person does, for ever."""
    pages = itertools.cycle(PAGES)
    for question in questions():
        yield lambda: ask(client, question, Told(), "extract")  # noqa: B023
        yield lambda: client.get(next(pages), follow_redirects=True).raise_for_status()
        asking = {"question": question, "top_k": 5}
        yield lambda: client.post("api/search", json=asking).raise_for_status()  # noqa: B023


def _figure(name: str, value: float) -> str:
    return f"{name} {value:.0f}"


if __name__ == "__main__":
    sys.exit(main())
