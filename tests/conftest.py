"""What all tests share: the settings at hand, the embedding model, the opened assistant."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from qa.assistant import Assistant
from qa.index import store
from qa.index.embedding import Embedder
from qa.ingest.catalog import Catalog, load_catalog
from qa.ingest.corpus import fingerprint, read_corpus, split
from qa.ingest.provision import Provision
from qa.ingest.readers import read_lines
from qa.settings import Settings

ONE_DOCUMENT = """\
[[source]]
file = "公共数据开放办法.txt"
title = "山东省公共数据开放办法"
expect = { documents = 1, articles = 23, joins = 2 }

[[document]]
id = "sd-open-data"
title = "山东省公共数据开放办法"
names = ["公共数据开放办法"]
level = "省政府规章"
region = "山东"
expect = { articles = 23 }
"""


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed with its event loop at the module's end: others run loops of their own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def embedder(settings: Settings) -> Embedder:
    return Embedder(settings)


@pytest.fixture(scope="session")
def catalog(settings: Settings) -> Catalog:
    return load_catalog(settings.corpus_dir)


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The real corpus; its index is built on first use, and then shared."""
    return Assistant.open(settings)


@pytest.fixture(scope="session")
def index(
    assistant: Assistant, settings: Settings, embedder: Embedder, catalog: Catalog
) -> store.Index:
    """The index of the real corpus."""
    corpus = fingerprint(settings.corpus_dir, catalog)
    folder = store.folder_of(settings.indexes_dir, corpus, embedder.fingerprint)
    return store.open_index(folder, corpus, embedder.fingerprint)


@pytest.fixture(scope="session")
def provisions(settings: Settings) -> dict[tuple[str, str], Provision]:
    """The provisions of the real corpus, by document id and locator."""
    corpus = read_corpus(settings.corpus_dir)
    return {(p.document_id, p.locator): p for p in corpus.provisions}


@pytest.fixture(scope="session")
def one_document(
    settings: Settings, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A corpus folder with one regulation of the volume, 23 articles; copy it to change it."""
    source = catalog.sources[0]
    lines = read_lines(settings.corpus_dir / source.file)
    (text,) = (body for entry, body in split(lines, source, catalog) if entry.id == "sd-open-data")
    folder = tmp_path_factory.mktemp("corpus")
    title = "山东省公共数据开放办法\n"
    (folder / "公共数据开放办法.txt").write_text(
        title + "\n".join(line.text for line in text) + "\n", encoding="utf-8"
    )
    (folder / "catalog.toml").write_text(ONE_DOCUMENT, encoding="utf-8")
    return folder


@pytest.fixture
def corpus_dir(one_document: Path, tmp_path: Path) -> Path:
    """The one-document corpus, to be changed at will."""
    return Path(shutil.copytree(one_document, tmp_path / "corpus"))
