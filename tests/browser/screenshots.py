"""Renew the pictures of the page: python -m tests.browser.screenshots FOLDER."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

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


def main(folder: Path) -> None:
    """Ask, look, save."""
    folder.mkdir(parents=True, exist_ok=True)
    page = build(Assistant.open(Settings()))
    address = start(page, Settings(port=0))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        for name, (question, width, height) in SHOTS.items():
            _shoot(browser, address, question, (width, height), folder / f"{name}.png")
        browser.close()
    page.close()


def _shoot(
    browser: Browser, address: str, question: str | None, size: tuple[int, int], file: Path
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(address)
    box = page.locator("#question textarea")
    box.wait_for()
    if question:
        box.fill(question)
        box.press("Enter")
        page.locator(".answer .about").last.wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
