from collections.abc import Iterator

import httpx
import pytest

from qa.assistant import Assistant
from qa.settings import Settings
from tests.llm import faulty as faults
from tests.llm.faulty import Faulty, faulty
from tests.web.api.site import Served, served


@pytest.fixture(scope="session")
def site(
    assistant: Assistant, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The API over the real corpus; it extracts its answers."""
    with served(assistant, settings, tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture
def api(site: Served) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=site.address, headers=site.headers, timeout=30, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Faulty]:
    with faulty(faults.fine) as told:
        yield told


@pytest.fixture(scope="module")
def writing(endpoint: Faulty) -> Iterator[Assistant]:
    """The real corpus with a model behind the OpenAI protocol that says what a test wants."""
    opened = Assistant.open(
        Settings(llm_api_base=endpoint.address, llm_model="some-model", llm_timeout_s=5),
        writes=True,
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def writing_site(
    writing: Assistant, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with served(writing, settings, tmp_path_factory.mktemp("api")) as running:
        yield running
