"""How long pages take to open in Chromium: python -m tests.e2e.opening [ADDRESS] --times 5.

`first` with an empty cache, `again` with what the browser has kept; the chat page counts as open
when its question field takes words, others when they are loaded. Milliseconds, wall clock.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import QUIET, WIDE, chromium_path
from tests.e2e.load import serving

FIRST_MS, AGAIN_MS, ARTICLE_MS, SEARCH_MS = 2500, 1000, 200, 100
ARTICLES = ("数据安全法/第四十八条", "个人信息保护法/第十三条", "网络安全法/第二十一条")
WORDS = ("数据", "个人信息 出境", "“公共数据”")
_NOW = "performance.now()"
_LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main() -> int:
    """Open, measure, print; 1 where a page takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?")
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    if chosen.address:
        return report(measured(chosen.address, chosen.times))
    with serving() as address:
        return report(measured(address, chosen.times))


def measured(address: str, times: int) -> dict[str, tuple[list[float], int]]:
    """The times of each kind of opening, and its goal."""
    first: list[float] = []
    again: list[float] = []
    articles: list[float] = []
    searches: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        for _ in range(times):
            with _Window(browser, address) as window:
                first.append(window.open("", _interactive))
                again.append(window.open("", _interactive))
                articles += [window.open(f"doc/{place}", _loaded) for place in ARTICLES]
                searches += [window.open(f"library/search?q={q}", _loaded) for q in WORDS]
        browser.close()
    return {
        "问答，首次": (first, FIRST_MS),
        "问答，再次": (again, AGAIN_MS),
        "条文": (articles, ARTICLE_MS),
        "全文检索": (searches, SEARCH_MS),
    }


def report(figures: dict[str, tuple[list[float], int]]) -> int:
    """Print the figures; 1 where a middle one is above its goal."""
    for name, (ms, goal) in figures.items():
        middle, worst = statistics.median(ms), max(ms)
        print(f"{name}：中位 {middle:.0f} 毫秒，最长 {worst:.0f} 毫秒，目标 {goal} 毫秒")
    print(f"系统负载（1 分钟）：{os.getloadavg()[0]:.2f}")
    return int(any(statistics.median(ms) > goal for ms, goal in figures.values()))


class _Window:
    """A browser's window with a cache of its own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(viewport=WIDE, locale="zh-CN", base_url=address)

    def __enter__(self) -> "_Window":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def open(self, path: str, opened: Callable[[Page], float]) -> float:
        """Milliseconds from the beginning of the navigation."""
        page = self._context.new_page()
        page.goto(path)
        took = opened(page)
        page.close()
        return took


def _interactive(page: Page) -> float:
    page.wait_for_function(
        "() => { const field = document.querySelector('#question textarea');"
        " return field && !field.disabled && field.offsetParent; }",
        polling="raf",
    )
    return float(page.evaluate(_NOW))


def _loaded(page: Page) -> float:
    page.wait_for_function(f"() => {_LOADED} > 0", polling="raf")
    return float(page.evaluate(_LOADED))


if __name__ == "__main__":
    sys.exit(main())
