from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.assistant import Assistant
from qa.ingest.provision import Provision
from tests.web.library.reading import site


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(site(assistant), follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def volume(assistant: Assistant) -> list[Provision]:
    return [p for e in assistant.documents for p in assistant.reading.provisions(e.id)]
