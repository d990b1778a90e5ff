"""`/healthz` and `/readyz`: whether the process lives, and whether it can answer."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.web.monitoring import readiness
from tests.web.sites import put_up


def test_a_site_that_is_well_says_so_to_anybody_and_changes_nothing(
    assistant: Assistant, tmp_path: Path
) -> None:
    version = "PRAGMA data_version"
    with (
        put_up(assistant, tmp_path) as up,
        up.client() as client,
        closing(sqlite3.connect(tmp_path / "qa.sqlite")) as reader,
    ):
        before = reader.execute(version).fetchone()
        assert client.get("healthz").json() == {"status": "ok"}
        for _ in range(3):
            answer = client.get("readyz")
        assert reader.execute(version).fetchone() == before
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    checks = {"index": "ok", "database": "ok", "disk": "ok", "model": "none"}
    assert answer.json()["checks"] == checks


def test_a_database_that_takes_nothing_is_not_ready_and_keeps_nobody_waiting(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_STALE_S", 0.2)
    monkeypatch.setattr(readiness, "_FRESH_S", 0.0)
    with put_up(assistant, tmp_path) as up, up.client() as client:
        assert client.get("readyz").status_code == 200
        with closing(sqlite3.connect(tmp_path / "qa.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            client.get("readyz")
            time.sleep(0.3)  # until what was seen before is not believed any more
            answer = client.get("readyz")
            other.execute("ROLLBACK")
        assert client.get("healthz").status_code == 200
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "busy"
    assert answer.elapsed.total_seconds() < 2  # and not the ten seconds that a writer waits


def test_a_full_disk_is_not_ready(assistant: Assistant, tmp_path: Path) -> None:
    with put_up(assistant, tmp_path, disk_free_mb=1e9) as up, up.client() as client:
        answer = client.get("readyz")
    assert (answer.status_code, answer.json()["checks"]["disk"]) == (503, "low")
    assert str(tmp_path) not in answer.text
