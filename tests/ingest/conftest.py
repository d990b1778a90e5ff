"""What the tests of the reading room share: the volume as it stands, and as it is read."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from qa.ingest.corpus import Corpus, read_corpus
from qa.ingest.readers import Line, read_lines
from qa.settings import PROJECT

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(PROJECT / "corpus")


@pytest.fixture(scope="session")
def volume(corpus: Corpus) -> list[Line]:
    """The physical lines of the volume."""
    return read_lines(PROJECT / "corpus" / corpus.catalog.sources[0].file)


@pytest.fixture(scope="session")
def counts() -> dict[str, Any]:
    """What the volume must give, counted without the parser."""
    return tomllib.loads((EXPECTED / "counts.toml").read_text(encoding="utf-8"))
