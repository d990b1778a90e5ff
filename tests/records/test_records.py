import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import RecordsError
from qa.records.accounts import User
from qa.records.records import Records, path_of
from tests.records.conftest import FACTS, rows

KILLED = """
import os, signal, sys
from qa.records.records import Records
from tests.records.conftest import FACTS
records = Records.open(sys.argv[1])
user = records.accounts.local_user()
id = records.conversations.begin(user.id, "甲")
records.conversations.add(user.id, id, "written", FACTS)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_database_is_made_with_its_folder_and_read_by_its_owner_alone(
    records: Records, url: str
) -> None:
    file = path_of(url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows(file, "PRAGMA journal_mode") == [("wal",)]


def test_every_connection_waits_syncs_and_checks(records: Records) -> None:
    with records._store.writing() as session:
        connection = session.connection()
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_an_exchange_survives_the_kill_of_the_process_that_just_added_it(url: str) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, url], check=False)
    assert ended.returncode == -signal.SIGKILL
    with closing(Records.open(url)) as records:
        user = records.accounts.local_user()
        (conversation,) = records.conversations.list(user.id)
        (entry,) = records.conversations.entries(user.id, conversation.id)
        assert entry.data == "written"


def test_many_threads_and_another_process_write_at_once(
    records: Records, url: str, ada: User
) -> None:
    id = records.conversations.begin(ada.id, "甲")
    with closing(Records.open(url)) as other, ThreadPoolExecutor(8) as pool:
        numbers = list(
            pool.map(
                lambda n: (records, other)[n % 2].conversations.add(ada.id, id, f"{n}", FACTS),
                range(80),
            )
        )
    entries = records.conversations.entries(ada.id, id)
    assert len(set(numbers)) == 80
    assert {entry.data for entry in entries} == {f"{n}" for n in range(80)}


def test_readers_do_not_wait_for_a_writer(records: Records, ada: User) -> None:
    records.conversations.begin(ada.id, "甲")
    with records._store.writing() as session:
        session.connection().exec_driver_sql("UPDATE conversations SET title = '乙'")
        with ThreadPoolExecutor(1) as pool:
            (seen,) = pool.submit(records.conversations.list, ada.id).result(timeout=5)
    assert seen.title == "甲"
    assert records.conversations.list(ada.id)[0].title == "乙"


def test_a_failed_write_leaves_nothing(records: Records, ada: User) -> None:
    with pytest.raises(ZeroDivisionError), records._store.writing() as session:
        session.connection().exec_driver_sql("UPDATE users SET name = 'eve'")
        raise ZeroDivisionError
    assert records.accounts.get(ada.id).name == "ada"


def test_a_database_that_stays_locked_gives_a_sentence(
    records: Records, url: str, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.records.store._PATIENCE_MS", 50)
    with closing(Records.open(url)) as hasty, records._store.writing() as session:
        session.connection()
        with pytest.raises(RecordsError, match=r"正忙.*。$"):
            hasty.conversations.begin(ada.id, "甲")


# Files that cannot be used


def test_a_database_of_a_newer_program_is_left_alone(records: Records, url: str) -> None:
    records.close()
    with closing(sqlite3.connect(path_of(url))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsError, match=r"更新的版本.*。$"):
        Records.open(url)


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough" * 99, b"\x00" * 200])
def test_a_damaged_database_gives_a_sentence(records: Records, url: str, damage: bytes) -> None:
    records.close()
    file = path_of(url)
    file.write_bytes(damage + file.read_bytes()[len(damage) :])
    with pytest.raises(RecordsError, match=r"已损坏.*备份.*。$"):
        Records.open(url)


def test_damage_inside_is_noticed_by_the_backup_which_keeps_the_old_one(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.sqlite"
    id = records.conversations.begin(ada.id, "甲")
    for _ in range(50):
        records.conversations.add(ada.id, id, "x" * 4000, FACTS)
    records.backup(kept)
    before = kept.read_bytes()
    records.close()
    file = path_of(url)
    whole = file.read_bytes()
    middle = len(whole) // 8192 * 4096
    file.write_bytes(whole[:middle] + b"\xff" * 40_960 + whole[middle + 40_960 :])
    with closing(Records.open(url)) as damaged, pytest.raises(RecordsError, match=r"损坏.*。$"):
        damaged.backup(kept)
    assert kept.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def test_a_place_that_cannot_hold_a_database_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "qa.sqlite", tmp_path):
        with pytest.raises(RecordsError, match=r"权限.*。$"):
            Records.open(f"sqlite:///{place}")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(RecordsError, match=r"不是本程序.*。$"):
        Records.open(f"sqlite:///{file}")
    assert rows(file, "SELECT name FROM sqlite_master") == [("theirs",)]


@pytest.mark.parametrize("url", ["", "qa.sqlite", "sqlite://", "postgresql://host/qa"])
def test_an_address_that_is_none_of_a_file_gives_a_sentence(url: str) -> None:
    with pytest.raises(RecordsError, match=r"database_url.*。$"):
        Records.open(url)


# Backups


def test_a_backup_while_others_write_is_whole(records: Records, ada: User, tmp_path: Path) -> None:
    id = records.conversations.begin(ada.id, "甲")
    stop = threading.Event()
    done: list[int] = []

    def write() -> None:
        while not stop.is_set():
            done.append(records.conversations.add(ada.id, id, "x" * 5000, FACTS))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(done) < 20:
            stop.wait(0.01)
        before = len(done)
        for n in range(5):
            records.backup(tmp_path / "backups" / f"{n}.sqlite")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        copy = tmp_path / "backups" / f"{n}.sqlite"
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with closing(Records.open(f"sqlite:///{copy}")) as opened:
            entries = opened.conversations.entries(ada.id, id)
            assert before <= len(entries) <= len(done)
            assert opened.usage.totals().questions == len(entries)


def test_a_backup_replaces_a_backup_and_nothing_else(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    copy, text = tmp_path / "copy.sqlite", tmp_path / "notes.txt"
    records.backup(copy)
    records.conversations.begin(ada.id, "甲")
    records.backup(copy)
    assert rows(copy, "SELECT title FROM conversations") == [("甲",)]
    text.write_text("notes")
    for wrong in (text, path_of(url), tmp_path):
        with pytest.raises(RecordsError, match=r"不能覆盖.*。$"):
            records.backup(wrong)
    with pytest.raises(RecordsError, match=r"权限.*。$"):
        records.backup(text / "copy.sqlite")
    assert text.read_text() == "notes"
    assert records.conversations.list(ada.id)
