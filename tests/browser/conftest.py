"""The real page, up on a free port, and Debian's Chromium to open it in."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from qa.assistant import Assistant
from qa.settings import Settings
from qa.web.app import build
from qa.web.server import start

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 800}


def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "没有 Chromium：运行 tests/install-browser.sh"
    return path


@pytest.fixture(scope="session")
def page_url(assistant: Assistant) -> Iterator[str]:
    settings = Settings(host="127.0.0.1", port=0)
    page = build(assistant)
    yield start(page, settings)
    page.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def requested() -> list[str]:
    """The addresses that the page asks for, in order."""
    return []


@pytest.fixture
def page(browser: Browser, page_url: str, requested: list[str]) -> Iterator[Page]:
    context = browser.new_context(
        viewport=WIDE, locale="zh-CN", permissions=["clipboard-read", "clipboard-write"]
    )
    opened = context.new_page()
    opened.on("request", lambda request: requested.append(request.url))
    opened.goto(page_url)
    opened.wait_for_selector("#question textarea")
    yield opened
    context.close()
