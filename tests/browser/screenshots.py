"""Renew the pictures of the pages: python -m tests.browser.screenshots FOLDER."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from qa.assistant import Assistant
from qa.settings import Settings
from qa.web.app import build
from qa.web.server import start
from tests.conftest import QUIET, chromium_path

SHOTS = {
    "start": (None, 1280, 800),
    "answer": ("个人信息泄露了单位要做什么", 1280, 860),
    "narrow": ("数据安全法第四十八条第二款", 390, 844),
}
ENOUGH_MS = 300_000


def main(folder: Path) -> None:
    """Ask, evaluate, look, save."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as runs_dir, sync_playwright() as playwright:
        settings = Settings(port=0, runs_dir=Path(runs_dir))
        assistant = Assistant.open(settings, writes=True)
        assert assistant.model
        assistant.model.wait(lambda label, done, total: None)
        site = build(assistant, settings)
        address = start(site.blocks, settings, site.routes)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        for name, (question, width, height) in SHOTS.items():
            page = _opened(browser, address, (width, height))
            _ask(page, question)
            _save(page, folder / f"{name}.png")
        page = _opened(browser, f"{address}evaluation", (1280, 620))
        _evaluate(page)
        _save(page, folder / "evaluation.png")
        browser.close()
        site.blocks.close()
        assistant.close()


def _opened(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(address)
    return page


def _ask(page: Page, question: str | None) -> None:
    box = page.locator("#question textarea")
    box.wait_for()
    if question:
        box.fill(question)
        box.press("Enter")
        page.locator(".answer .about").last.wait_for(timeout=ENOUGH_MS)


def _evaluate(page: Page) -> None:
    """Two runs that have finished and one at work."""
    page.locator("#start").wait_for()
    for mode in ("只检索", "摘录原文作答"):
        page.get_by_label(mode, exact=True).check()
        page.click("#start")
        page.locator("#progress [role=progressbar]").wait_for()
        page.locator("#progress [data-act=report]").wait_for(timeout=ENOUGH_MS)
    page.click("#start")
    page.locator("#progress .figures", has_text="约剩").wait_for()
    page.wait_for_timeout(4000)


def _save(page: Page, file: Path) -> None:
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
