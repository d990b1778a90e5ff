"""The page's process killed while people write into the database: python -m tests.e2e.kills ROUNDS.

Each round `qa serve` comes up on the database of the last one. A person asks and judges in
Chromium, a program asks over HTTP, and at a random moment the process is killed (SIGKILL). Whatever
the page or the interface had confirmed must then be in the database, and the file must be whole.
"""

import argparse
import os
import random
import sqlite3
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.conftest import QUIET, WIDE, chromium_path
from tests.e2e.load import questions
from tests.servers import Process, serving

LATEST_S = 4.0
"""When the kill comes at the latest, after the page has opened."""
PATIENCE_MS = 2000
ENTRIES = "all => all.map(each => Number(each.id.replace('entry-', '')))"
_JUDGED = "all => all.map(each => Number(each.closest('.acts').id.replace('entry-', '')))"


@dataclass
class Confirmed:
    """What people were told to be stored."""

    entries: set[int] = field(default_factory=set)
    judged: set[int] = field(default_factory=set)
    counted: int = 0
    """Questions of the program that were answered."""


def main() -> int:
    """Kill, look, print; 1 where something was lost or damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=50)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        confirmed, lost = kills(Path(folder), browser, rounds)
    print(f"杀死 {rounds} 次；丢失或损坏 {len(lost)} 处；在这之前得到确认的：", end="")
    print(f"页面 {len(confirmed.entries)} 问、{len(confirmed.judged)} 条评价，", end="")
    print(f"接口 {confirmed.counted} 问")
    for each in lost:
        print(f"  {each}")
    print(f"系统负载（1 分钟）：{os.getloadavg()[0]:.2f}")
    return int(bool(lost))


def kills(
    folder: Path, browser: Browser, rounds: int, **environment: str
) -> tuple[Confirmed, list[str]]:
    """What was confirmed in all rounds, and what of it was not there after one of them.

    `environment`: as in `servers.serving`.
    """
    confirmed, lost, chance = Confirmed(), list[str](), random.Random(11)
    for number in range(1, rounds + 1):
        with (
            serving(folder, "--open", **{"LOG_FILE": f"{folder}/log", **environment}) as served,
            closing(browser.new_context(viewport=WIDE, base_url=served[0])) as context,
        ):
            address, process = served
            page = context.new_page()
            page.goto("")
            page.wait_for_selector("#question textarea")
            page.set_default_timeout(PATIENCE_MS)
            program = threading.Thread(target=_program, args=[address, process, confirmed])
            program.start()
            threading.Timer(chance.uniform(0.2, LATEST_S), process.kill).start()
            _person(page, process, confirmed)
            program.join()
        lost += [f"第 {number} 次：{each}" for each in missing(folder / "qa.sqlite", confirmed)]
    return confirmed, lost


def missing(file: Path, confirmed: Confirmed) -> list[str]:
    """What the database does not have of what was confirmed, and whether it is damaged."""
    with closing(sqlite3.connect(file)) as database:

        def ids(query: str) -> set[int]:
            return {row[0] for row in database.execute(query)}

        told = [row[0] for row in database.execute("PRAGMA integrity_check")]
        found = [] if told == ["ok"] else told
        if database.execute("PRAGMA foreign_key_check").fetchall():
            found.append("有的记录不知属于谁")
        if gone := confirmed.entries - ids("SELECT id FROM entries"):
            found.append(f"问答 {sorted(gone)}")
        if gone := confirmed.judged - ids("SELECT entry_id FROM feedback"):
            found.append(f"评价 {sorted(gone)}")
        (counted,) = ids("SELECT count(*) FROM asked WHERE entry_id IS NULL")
        if counted < confirmed.counted:
            found.append(f"接口的提问少了 {confirmed.counted - counted} 个")
    return found


def _person(page: Page, process: Process, confirmed: Confirmed) -> None:
    """Asks and judges until the process is gone."""
    done = page.locator("#chat .acts")
    for question in questions():
        try:
            before = done.count()
            page.fill("#question textarea", question)
            page.keyboard.press("Enter")
            done.nth(before).wait_for()
            confirmed.entries |= {*done.evaluate_all(ENTRIES)}
            done.last.locator(".judge.up").click()
            done.last.locator(".judge.up.chosen").wait_for()
            confirmed.judged |= {*page.locator("#chat .judge.chosen").evaluate_all(_JUDGED)}
        except BrowserError:
            if process.poll() is not None:
                return


def _program(address: str, process: Process, confirmed: Confirmed) -> None:
    """Asks until the process is gone."""
    with httpx.Client(base_url=address, timeout=10, trust_env=False) as client:
        for question in questions():
            body = {"question": question, "mode": "extract", "stream": False}
            try:
                client.post("api/ask", json=body).raise_for_status()
                confirmed.counted += 1
            except httpx.HTTPError:
                if process.poll() is not None:
                    return


if __name__ == "__main__":
    sys.exit(main())
