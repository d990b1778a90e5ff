"""The real page, up on a free port, and Debian's Chromium to open it in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.site import Running, build
from tests.conftest import WIDE


@pytest.fixture(scope="session")
def runs_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site's evaluations; empty when the first test begins."""
    return tmp_path_factory.mktemp("site") / "runs"


@pytest.fixture(scope="session")
def page_url(
    assistant: Assistant, runs_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The site in open mode, with a database of its own."""
    database = tmp_path_factory.mktemp("records") / "qa.sqlite"
    settings = Settings(port=0, open=True, runs_dir=runs_dir, database_url=f"sqlite:///{database}")
    records = Records.open(settings.database_url)
    running = Running(build(assistant, records, settings), settings)
    yield running.address
    running.close()
    records.close()


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
