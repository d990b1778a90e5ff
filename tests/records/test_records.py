import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from qa.errors import RecordsError
from qa.records.accounts import User
from qa.records.records import Records, restore
from tests.records.conftest import FACTS, file_of, only_postgres, only_sqlite, rows, run

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


@only_sqlite
def test_the_database_is_made_with_its_folder_and_read_by_its_owner_alone(
    records: Records, url: str
) -> None:
    file = file_of(url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows(url, "PRAGMA journal_mode") == [("wal",)]


@only_sqlite
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
    monkeypatch.setattr("qa.records.databases.sqlite._PATIENCE_MS", 50)
    monkeypatch.setattr("qa.records.databases.postgres._PATIENCE", "50ms")
    with closing(Records.open(url)) as hasty, records._store.writing() as session:
        session.connection()
        with pytest.raises(RecordsError, match=r"正忙.*。$"):
            hasty.conversations.begin(ada.id, "甲")


# Files that cannot be used


def test_a_database_of_a_newer_program_is_left_alone(records: Records, url: str) -> None:
    records.close()
    run(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsError, match=r"更新的版本.*。$"):
        Records.open(url)


@only_sqlite
@pytest.mark.parametrize("damage", [b"not a database at all, but long enough" * 99, b"\x00" * 200])
def test_a_damaged_database_gives_a_sentence(records: Records, url: str, damage: bytes) -> None:
    records.close()
    file = file_of(url)
    file.write_bytes(damage + file.read_bytes()[len(damage) :])
    with pytest.raises(RecordsError, match=r"已损坏.*备份.*。$"):
        Records.open(url)


@only_sqlite
def test_damage_inside_is_noticed_by_the_backup_and_at_the_next_start(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.sqlite"
    id = records.conversations.begin(ada.id, "甲")
    for _ in range(50):
        records.conversations.add(ada.id, id, "x" * 4000, FACTS)
    records.backup(kept)
    before = kept.read_bytes()
    records.close()  # so that all of it is in the file
    file = file_of(url)
    whole = file.read_bytes()
    middle = len(whole) // 8192 * 4096
    with closing(Records.open(url)) as damaged:
        file.write_bytes(whole[:middle] + b"\xff" * 40_960 + whole[middle + 40_960 :])
        with pytest.raises(RecordsError, match=r"损坏.*。$"):
            damaged.backup(kept)
    with pytest.raises(RecordsError, match=r"已损坏.*qa db restore.*。$"):
        Records.open(url)
    restore(url, kept)
    with closing(Records.open(url)) as again:
        assert len(again.conversations.entries(ada.id, id)) == 50
    assert kept.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def test_a_place_that_cannot_hold_a_database_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "qa.sqlite", tmp_path):
        with pytest.raises(RecordsError, match=r"权限.*。$"):
            Records.open(f"sqlite:///{place}")


def test_the_database_of_another_program_is_left_alone(url: str) -> None:
    if url.startswith("sqlite"):
        file_of(url).parent.mkdir()
    run(url, "CREATE TABLE theirs (x integer)")
    with pytest.raises(RecordsError, match=r"不是本程序.*。$"):
        Records.open(url)
    assert rows(url, "SELECT * FROM theirs") == []
    with pytest.raises(DBAPIError):
        rows(url, "SELECT * FROM users")


@pytest.mark.parametrize("url", ["", "qa.sqlite", "sqlite://", "mysql://host/qa"])
def test_an_address_that_is_none_of_a_file_gives_a_sentence(url: str) -> None:
    with pytest.raises(RecordsError, match=r"database_url.*。$"):
        Records.open(url)


# Backups


def test_a_backup_while_others_write_is_whole_and_restored_elsewhere(
    records: Records, another: Callable[[], str], ada: User, tmp_path: Path
) -> None:
    id, secret = records.conversations.begin(ada.id, "甲"), records.accounts.secret()
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
        for n in range(3):
            records.backup(tmp_path / "backups" / f"{n}.backup")
    finally:
        stop.set()
        writer.join()
    for n in range(3):
        copy, new = tmp_path / "backups" / f"{n}.backup", another()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        restore(new, copy)
        with closing(Records.open(new)) as opened:
            entries = opened.conversations.entries(ada.id, id)
            assert before <= len(entries) <= len(done)
            assert opened.usage.totals().questions == len(entries)
            assert opened.accounts.secret() == secret
            opened.conversations.add(ada.id, id, "goes on", FACTS)


@only_sqlite
def test_a_backup_replaces_a_backup_and_nothing_else(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    copy, text = tmp_path / "copy.sqlite", tmp_path / "notes.txt"
    records.backup(copy)
    records.conversations.begin(ada.id, "甲")
    records.backup(copy)
    assert rows(f"sqlite:///{copy}", "SELECT title FROM conversations") == [("甲",)]
    text.write_text("notes")
    for wrong in (text, file_of(url), tmp_path):
        with pytest.raises(RecordsError, match=r"不能覆盖.*。$"):
            records.backup(wrong)
    with pytest.raises(RecordsError, match=r"权限.*。$"):
        records.backup(text / "copy.sqlite")
    assert text.read_text() == "notes"
    assert records.conversations.list(ada.id)


def test_what_was_written_after_the_backup_gives_way_to_it(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    copy = tmp_path / "kept.backup"
    records.conversations.begin(ada.id, "之前")
    records.backup(copy)
    records.conversations.begin(ada.id, "之后")
    records.close()
    restore(url, copy)
    with closing(Records.open(url)) as again:
        assert [each.title for each in again.conversations.list(ada.id)] == ["之前"]


@only_sqlite
def test_a_database_that_is_in_use_is_not_replaced_and_the_old_one_is_kept(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    copy = tmp_path / "kept.backup"
    records.backup(copy)
    records.conversations.begin(ada.id, "甲")
    with pytest.raises(RecordsError, match=r"正在使用.*。$"):
        restore(url, copy)
    assert records.conversations.list(ada.id)[0].title == "甲"
    records.close()
    said = restore(url, copy)
    (old,) = file_of(url).parent.glob("qa.sqlite.2*")
    assert old.name in said
    assert rows(f"sqlite:///{old}", "SELECT title FROM conversations") == [("甲",)]


def test_what_is_no_whole_backup_replaces_nothing(
    records: Records, url: str, ada: User, tmp_path: Path
) -> None:
    copy, cut = tmp_path / "kept.backup", tmp_path / "cut.backup"
    records.backup(copy)
    records.close()
    cut.write_bytes(copy.read_bytes()[:-5000])
    (tmp_path / "empty").touch()
    for wrong in (cut, tmp_path / "empty", tmp_path / "missing", Path(__file__)):
        with pytest.raises(RecordsError, match=r"。$"):
            restore(url, wrong)
    with closing(Records.open(url)) as again:
        assert again.accounts.named("ada").id == ada.id


# PostgreSQL


def test_a_server_that_is_out_of_reach_gives_a_sentence_without_the_password() -> None:
    with pytest.raises(RecordsError, match=r"连不上.*。$") as told:
        Records.open("postgresql://qa:geheim@127.0.0.1:1/qa")
    assert "geheim" not in str(told.value)


@only_postgres
def test_a_server_that_was_restarted_costs_no_write(records: Records, url: str, ada: User) -> None:
    with create_engine(url).connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    assert records.conversations.begin(ada.id, "甲")


@only_postgres
def test_without_its_client_a_backup_says_what_to_install(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecordsError, match=r"没有找到 pg_dump.*postgresql-client.*。$"):
        records.backup(tmp_path / "copy.backup")
    assert list(tmp_path.glob("copy*")) == []


def test_a_character_that_no_text_has_does_no_harm(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲\x00乙")
    records.conversations.add(ada.id, id, "{}", replace(FACTS, question="\x00"))
    assert records.conversations.list(ada.id, "\x00")
