from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from tests.web.sites import Site, put_up


@pytest.fixture(scope="session")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as a bureau has it: everybody signs in."""
    with put_up(assistant, tmp_path_factory.mktemp("site")) as up:
        yield up


@pytest.fixture(scope="session")
def opened(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site in open mode."""
    with put_up(assistant, tmp_path_factory.mktemp("open"), open=True) as up:
        yield up
