"""A short run of what `tests.e2e.kills` does for long."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from qa.index.embedding import Embedder
from qa.settings import Settings
from qa.volume import build_index
from tests.e2e.kills import kills

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]


def test_what_was_confirmed_is_there_after_each_of_three_kills(
    browser: Browser, settings: Settings, embedder: Embedder, corpus_dir: Path, tmp_path: Path
) -> None:
    own = {"corpus_dir": corpus_dir, "indexes_dir": tmp_path / "indexes"}
    build_index(settings.model_copy(update=own), embedder)
    told = {name.upper(): str(folder) for name, folder in own.items()}
    confirmed, lost = kills(tmp_path, browser, 3, **told)
    assert lost == []
    assert confirmed.entries and confirmed.judged and confirmed.counted
