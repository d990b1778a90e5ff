"""The model's process killed while it answers: python -m tests.e2e.model_kills KILLS.

A person asks in Chromium and a program over HTTP, both of the model; at a random moment its process
is killed (SIGKILL). Both must get a whole answer, and the person's must be in the database.
"""

import argparse
import os
import random
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import QUIET, WIDE, chromium_path
from tests.e2e.kills import ENTRIES, Confirmed, missing
from tests.e2e.load import ready
from tests.servers import serving

ASKED = (
    "网络运营者应当履行哪些安全保护义务，逐条说明",
    "不履行数据安全保护义务，会被罚多少钱？",
    "个人信息泄露了，单位要马上做什么？",
    "数据处理者出境重要数据要过哪些关",
)
LATEST_S = 9.0
"""When the kill comes at the latest; an answer takes about as long."""
PATIENCE_S = 90
KILLS_A_START = 2
"""After a third death in ten minutes the page leaves the model alone."""


def main() -> int:
    """Kill, look, print; 1 where an answer did not come or was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", nargs="?", type=int, default=50)
    wanted = parser.parse_args().kills
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        modes, lost = model_kills(Path(folder), browser, wanted)
    print(f"杀死大模型 {wanted} 次；丢失、损坏或没有答完 {len(lost)} 处；", end="")
    print(f"接口的回答：{dict(modes)}")
    for each in lost:
        print(f"  {each}")
    print(f"系统负载（1 分钟）：{os.getloadavg()[0]:.2f}")
    return int(bool(lost))


def model_kills(
    folder: Path, browser: Browser, wanted: int, **environment: str
) -> tuple[Counter[str], list[str]]:
    """How the program's questions were answered, by mode, and what was lost.

    `environment`: as in `servers.serving`.
    """
    confirmed, modes, lost, chance = Confirmed(), Counter[str](), list[str](), random.Random(11)
    done = 0
    while done < wanted:
        with (
            serving(
                folder, "--open", "--llm", "local", **{"LOG_FILE": f"{folder}/log", **environment}
            ) as (address, process),
            closing(browser.new_context(viewport=WIDE, base_url=address)) as context,
        ):
            page = context.new_page()
            page.goto("")
            page.wait_for_selector("#question textarea")
            for _ in range(min(KILLS_A_START, wanted - done)):
                ready(address)
                question = ASKED[done % len(ASKED)]
                model = _model_of(process.pid)
                threading.Timer(chance.uniform(0.2, LATEST_S), model.kill).start()
                with ThreadPoolExecutor(1) as pool:
                    program = pool.submit(_program, address, question)
                    _person(page, question, confirmed)
                    modes[program.result()] += 1
                model.wait(PATIENCE_S)
                done += 1
        lost += [f"第 {done} 次：{each}" for each in missing(folder / "qa.sqlite", confirmed)]
    return modes, lost


def _model_of(pid: int) -> psutil.Process:
    """The process in which llama.cpp runs."""
    for child in psutil.Process(pid).children():
        with suppress(psutil.Error):
            if "qa.llm.child" in child.cmdline():
                return child
    raise AssertionError("没有大模型的进程")


def _person(page: Page, question: str, confirmed: Confirmed) -> None:
    """Asks, and has a whole answer."""
    done = page.locator("#chat .acts")
    before = done.count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(done).to_have_count(before + 1, timeout=PATIENCE_S * 1000)
    confirmed.entries |= {*done.evaluate_all(ENTRIES)}


def _program(address: str, question: str) -> str:
    """Asks; the mode of the answer, which cites something."""
    body = {"question": question, "mode": "llm", "stream": False}
    with httpx.Client(base_url=address, timeout=PATIENCE_S, trust_env=False) as client:
        answer = client.post("api/ask", json=body).raise_for_status().json()["answer"]
    assert answer["citations"]
    mode: str = answer["mode"]
    return mode


if __name__ == "__main__":
    sys.exit(main())
