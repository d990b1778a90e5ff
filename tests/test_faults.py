"""Damaged files, a full disk, a clock set back: said in a sentence, repaired or refused."""

import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import IndexFault, QAError, RecordsError, SignInError
from qa.index.embedding import Embedder
from qa.index.manifest import manifest_of
from qa.index.stored import FILE, stored_vectors
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.records.records import Records
from qa.settings import Settings
from qa.volume import build_index
from tests.records.conftest import facts

QUESTION = "公共数据开放办法第三条"
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
BITS = (0x01, 0x80)
FULL = 4096
"""Bytes up to which a file may grow on the disk that is full."""


@pytest.fixture
def own(settings: Settings, corpus_dir: Path, tmp_path: Path) -> Settings:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "models").symlink_to(settings.cache_dir / "models")
    folders = {"corpus_dir": corpus_dir, "indexes_dir": tmp_path / "indexes", "cache_dir": cache}
    return settings.model_copy(update=folders)


def flip(path: Path, at: int, bit: int) -> None:
    """Another byte, in a file of its own: the old one may be mapped."""
    whole = bytearray(path.read_bytes())
    whole[at] ^= bit
    beside = path.with_name("damaged")
    beside.write_bytes(whole)
    beside.replace(path)


@pytest.mark.parametrize(
    "name",
    [
        *("vectors.faiss", "owners.npy", "texts.npy", "terms.npy", "provisions.jsonl"),
        *("columns.npy", "documents.json", "parsed.json", "manifest.json"),
        "clauses.npy",
    ],
)
def test_an_index_with_a_flipped_byte_is_said_and_built_anew(
    name: str, own: Settings, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Assistant.open(own, embedder=embedder).search(QUESTION).passages
    for place in PLACES:
        for bit in BITS:
            (path,) = own.indexes_dir.rglob(name)
            flip(path, round(place * (path.stat().st_size - 2)), bit)
            caplog.clear()
            assert Assistant.open(own, embedder=embedder).search(QUESTION).passages == whole
            (said,) = [record.getMessage() for record in caplog.records if record.levelno > 20]
            assert name in said or "不一致" in said
            assert said.endswith("现在自动重建。")


def test_every_byte_of_the_manifest_matters(own: Settings, embedder: Embedder) -> None:
    build_index(own, embedder)
    (path,) = own.indexes_dir.rglob("manifest.json")
    whole, sound = path.read_bytes(), manifest_of(path.parent)
    for at in range(len(whole)):
        flip(path, at, 0x01)
        try:
            found = manifest_of(path.parent)
            assert found.format != sound.format or found == sound  # the latter of white space
        except IndexFault:
            pass
        path.write_bytes(whole)


@pytest.mark.parametrize("place", PLACES)
def test_stored_vectors_with_a_flipped_byte_are_left_aside_or_as_they_were(
    place: float, own: Settings, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    source = settings.corpus_dir / FILE
    path = Path(shutil.copy(source, own.corpus_dir / FILE))
    flip(path, round(place * (path.stat().st_size - 2)), 0x80)
    held = stored_vectors(own.corpus_dir)
    assert (not held and "已损坏" in caplog.text) or len(held) == len(stored_vectors(source.parent))


def test_a_database_with_flipped_bytes_is_refused_or_has_all_that_is_whole(tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite"
    with closing(Records.open(f"sqlite:///{whole}")) as records:
        records.accounts.create("ada", "user")
        ada = records.accounts.named("ada").id
        for n in range(40):
            id = records.conversations.begin(ada, f"对话 {n}")
            records.conversations.add(ada, id, '{"text": "' + "答" * 400 + '"}', facts())
    size, refused = whole.stat().st_size, 0
    for at in range(0, size, 4096):  # the head of every page says what the page is
        damaged = Path(shutil.copy(whole, tmp_path / "qa.sqlite"))
        for side in ("-wal", "-shm"):
            damaged.with_name(damaged.name + side).unlink(missing_ok=True)
        flip(damaged, at + (100 if at == 0 else 0), 0x40)
        try:
            with closing(Records.open(f"sqlite:///{damaged}")) as records:
                assert len(records.conversations.list(ada)) == 40  # that page was free
        except RecordsError as error:
            assert str(damaged) in str(error) and str(error).endswith("。")
            assert "备份" in str(error)
            refused += 1
    assert refused > size / 4096 / 2


def on_a_full_disk(act: Callable[[], object]) -> str:
    """What is said when no file may grow any more, in a process of its own; empty if it worked."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "unforeseen"
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))
            act()
            said = ""
        except QAError as error:
            said = str(error)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def test_a_full_disk_keeps_an_index_from_being_built_and_the_old_one_stays(
    own: Settings, embedder: Embedder
) -> None:
    build_index(own, embedder)
    (source,) = own.corpus_dir.glob("*.txt")
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("以开放为原则", "以尽早开放为原则"), encoding="utf-8")
    before = {path for path in own.indexes_dir.rglob("*") if path.is_file()}
    said = on_a_full_disk(lambda: build_index(own, embedder))
    assert said.endswith("。") and "请检查磁盘空间" in said, said
    assert {path for path in own.indexes_dir.rglob("*") if path.is_file()} == before
    source.write_text(text, encoding="utf-8")
    assert Assistant.open(own, embedder=embedder).search(QUESTION).passages


def test_a_folder_that_cannot_be_written_is_said_and_a_sound_index_is_read_from_it(
    own: Settings, embedder: Embedder
) -> None:
    nowhere = own.model_copy(update={"indexes_dir": Path("/proc/nowhere")})
    with pytest.raises(IndexFault, match=r"^索引写不到 /proc/nowhere（.*）.*目录权限.*。$"):
        Assistant.open(nowhere, embedder=embedder)
    build_index(own, embedder)
    for path in (own.indexes_dir, *own.indexes_dir.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert on_a_full_disk(lambda: Assistant.open(own, embedder=embedder).search(QUESTION)) == ""
    for path in (own.indexes_dir, *own.indexes_dir.rglob("*")):
        path.chmod(0o755)


def test_a_full_disk_takes_no_document_half(
    own: Settings, tmp_path: Path, corpus_dir: Path
) -> None:
    corpus = read_corpus(corpus_dir)
    file = tmp_path / "示范省湖泊条例.md"
    articles = "\n\n".join(f"第{n}条 湖泊的水位每日观测一次。" + "湖" * 900 for n in "一二三四五")
    file.write_text(f"# 示范省湖泊条例\n\n{articles}\n", encoding="utf-8")
    proposal = propose(file, corpus.shared, corpus.catalog, Limits())
    entry = entry_for(proposal, corpus.catalog, id="lakes")
    before = {path: path.read_bytes() for path in corpus_dir.rglob("*") if path.is_file()}
    said = on_a_full_disk(lambda: Shelf(corpus_dir).add(proposal, entry, "x"))
    assert said.endswith("。") and "磁盘" in said, said
    catalog = corpus_dir / "catalog.toml"
    assert catalog.read_bytes() == before[catalog]
    assert read_corpus(corpus_dir).differences() == ()


def test_a_full_disk_keeps_what_was_stored_and_says_what_was_not(tmp_path: Path) -> None:
    file = tmp_path / "qa.sqlite"
    with closing(Records.open(f"sqlite:///{file}")) as records:
        records.accounts.create("ada", "user")
        ada = records.accounts.named("ada").id
        id = records.conversations.begin(ada, "处罚")
        records.conversations.add(ada, id, "{}", facts())

    def write() -> None:
        with closing(Records.open(f"sqlite:///{file}")) as records:
            records.conversations.add(ada, id, "x" * 100_000, facts())

    said = on_a_full_disk(write)
    assert said.endswith("请检查文件夹的权限和磁盘空间。"), said
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(Records.open(f"sqlite:///{file}")) as records:
        assert len(records.conversations.entries(ada, id)) == 1
        records.conversations.add(ada, id, "{}", facts())


def test_a_clock_set_back_locks_nobody_out_and_keeps_the_order(tmp_path: Path) -> None:
    now = datetime(2026, 3, 9, 4, tzinfo=UTC)
    with closing(Records.open(f"sqlite:///{tmp_path / 'qa.sqlite'}", now=lambda: now)) as records:
        password = records.accounts.create("ada", "user")
        token = records.accounts.sign_in("ada", password, "10.0.0.7")
        ada = records.accounts.named("ada").id
        id = records.conversations.begin(ada, "处罚")
        records.conversations.add(ada, id, '"1"', facts())
        for n in range(5):
            with pytest.raises(SignInError, match="不对"):
                records.accounts.sign_in("ada", f"wrong-{n}", "10.0.0.7")
        with pytest.raises(SignInError, match="请过 15 分钟再试"):
            records.accounts.sign_in("ada", password, "10.0.0.7")
        now -= timedelta(days=30)
        assert records.accounts.sign_in("ada", password, "10.0.0.7")
        assert records.accounts.user_of_session(token)
        records.conversations.add(ada, id, '"2"', facts())
        assert [entry.data for entry in records.conversations.entries(ada, id)] == ['"1"', '"2"']
        now += timedelta(hours=13)  # not used since: it ends as if the clock had always been right
        assert records.accounts.user_of_session(token) is None
