import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.errors import SignInError
from qa.records.accounts import User
from qa.records.records import Records
from tests.records.conftest import only_sqlite

Ran = subprocess.CompletedProcess[str]


@pytest.fixture
def qa(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs the command in a process of its own, on the database of the test."""
    monkeypatch.setenv("QA_DATABASE_URL", url)

    def run(*arguments: str) -> Ran:
        return subprocess.run(
            [sys.executable, "-c", "from qa.cli import main; main()", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@only_sqlite
def test_a_user_is_added_reset_and_deactivated(qa: Callable[..., Ran], records: Records) -> None:
    added = qa("users", "add", "张三", "--role", "evaluator")
    assert added.returncode == 0, added.stderr
    first = added.stdout.strip().rpartition("：")[2]
    token = records.accounts.sign_in("张三", first, "10.0.0.7")
    assert json.loads(qa("users", "list", "--json").stdout) == [
        {"id": 1, "name": "张三", "role": "evaluator", "active": True, "must_change": True}
    ]
    second = qa("users", "reset", "张三").stdout.strip().rpartition("：")[2]
    assert records.accounts.user_of_session(token) is None
    assert records.accounts.sign_in("张三", second, "10.0.0.7")
    assert qa("users", "deactivate", "张三").returncode == 0
    with pytest.raises(SignInError):
        records.accounts.sign_in("张三", second, "10.0.0.7")
    assert qa("users", "list").stdout == "张三\t评测\t已停用\n"
    done = [(change.user, change.what, change.detail) for change in records.changes.recent(9)]
    assert [what for _, what, _ in done] == ["停用用户", "重置密码", "添加用户"]
    assert first not in str(done) and second not in str(done)


@only_sqlite
def test_a_wrong_use_gives_one_line(qa: Callable[..., Ran], ada: User) -> None:
    for arguments in (
        ("users", "add", "ada"),
        ("users", "reset", "nobody"),
        ("users", "deactivate", "nobody"),
        ("db", "backup", "/proc/nowhere/copy.sqlite"),
    ):
        ran = qa(*arguments)
        assert ran.returncode == 1 and ran.stdout == ""
        assert len(ran.stderr.splitlines()) == 1 and ran.stderr.endswith("。\n")
    assert qa("users", "add", "bo", "--role", "root").returncode == 2


def test_a_backup_is_taken_while_the_database_is_in_use_and_restored(
    qa: Callable[..., Ran], records: Records, ada: User
) -> None:
    ran = qa("db", "backup", "copy.backup")
    assert ran.returncode == 0 and "copy.backup" in ran.stdout
    records.accounts.create("bo", "user")
    records.close()
    refused = qa("db", "restore", "copy.backup")  # nobody is there to say yes
    assert refused.returncode == 1
    assert [user.name for user in records.accounts.all()] == ["ada", "bo"]
    records.close()
    ran = qa("db", "restore", "copy.backup", "--yes")
    assert ran.returncode == 0 and "已恢复" in ran.stdout, ran.stderr
    assert [user.name for user in records.accounts.all()] == ["ada"]


@only_sqlite
def test_migrating_says_where_the_database_stands(qa: Callable[..., Ran]) -> None:
    ran = qa("db", "migrate")
    assert ran.returncode == 0 and "0004" in ran.stdout
    assert ran.stderr == ""
