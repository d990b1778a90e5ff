"""The real page, up on a free port, and Debian's Chromium to open it in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from qa.assistant import Assistant
from qa.settings import Settings
from qa.web.app import build
from qa.web.server import start
from tests.conftest import WIDE


@pytest.fixture(scope="session")
def page_url(assistant: Assistant) -> Iterator[str]:
    settings = Settings(host="127.0.0.1", port=0)
    page = build(assistant)
    yield start(page, settings)
    page.close()


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
