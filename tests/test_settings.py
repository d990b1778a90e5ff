from pathlib import Path

import pytest

from qa import settings as room
from qa.errors import SettingsError
from qa.settings import PROJECT, Settings, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_set_the_defaults_hold() -> None:
    found = load()
    assert found.corpus_dir == PROJECT / "corpus"
    assert (found.top_k, found.max_question_chars, found.host) == (10, 2000, "127.0.0.1")
    assert found.threads == room.cores() >= 1


def test_the_environment_comes_before_the_file_and_the_file_before_the_defaults(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "qa.toml").write_text("top_k = 7\nport = 8000\n", encoding="utf-8")
    monkeypatch.setenv("QA_PORT", "9000")
    monkeypatch.setenv("QA_CORPUS_DIR", "here")
    found = load()
    assert (found.top_k, found.port, found.corpus_dir) == (7, 9000, Path("here"))
    assert Settings(port=1).port == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QA_TOP_K", "0"),
        ("QA_TOP_K", "viele"),
        ("QA_PORT", "70000"),
        ("QA_THREADS", "0"),
        ("QA_HUB_TIMEOUT_S", "-1"),
        ("QA_EMBEDDER_DTYPE", "int4"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load()
    sentence = str(error.value)
    assert sentence.startswith(f"设置项 {name.removeprefix('QA_').lower()} 的值不可用")
    assert sentence.endswith("请检查 qa.toml 和环境变量 QA_*。")
    assert "\n" not in sentence


def test_a_setting_that_does_not_exist_is_named(folder: Path) -> None:
    (folder / "qa.toml").write_text("topk = 7\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^设置项 topk "):
        load()
