"""What all tests share: the settings at hand and the one embedding model."""

import pytest

from qa.index.embedding import Embedder
from qa.settings import Settings


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def embedder(settings: Settings) -> Embedder:
    return Embedder(settings)
