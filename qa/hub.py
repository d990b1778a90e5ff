"""What all models need to be fetched: the hub asked within a time limit, and checksums."""

import errno
import hashlib
import io
import logging
import queue
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qa.progress import Progress

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

log = logging.getLogger(__name__)
T = TypeVar("T")


def find(model: str, timeout_s: float) -> "ModelInfo | None":
    """What the hub says of a model, its files with their sizes and checksums; None without one.

    No network, a proxy's own page, an unknown model all mean None, within the time, and quietly.
    """
    from huggingface_hub import HfApi, constants

    constants.HF_HUB_DISABLE_TELEMETRY = True
    if constants.is_offline_mode():
        return None
    try:
        return _within(
            timeout_s,
            lambda: HfApi().model_info(model, timeout=timeout_s, files_metadata=True),
        )
    except Exception as error:
        log.debug("模型库不可用：%s", error)
        return None


def download(
    info: "ModelInfo", name: str, file: Path, timeout_s: float, progress: Progress
) -> bool:
    """Whether one file of a model came and lies at `file`; a next call resumes a broken one.

    Raises `OSError` when the disk is full.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.utils.tqdm import tqdm

    class Reporting(tqdm):
        """Tells `progress` instead of writing to the terminal."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            quiet = kwargs | {"file": io.StringIO(), "disable": False}
            super().__init__(*args, **quiet)  # type: ignore[no-untyped-call]

        def display(self, *_: Any, **__: Any) -> None:
            progress("下载大模型", int(self.n), int(self.total or 0))

    folder = partial_download(file)
    try:
        got = hf_hub_download(
            info.id,
            name,
            revision=info.sha,
            local_dir=folder,
            etag_timeout=timeout_s,
            tqdm_class=Reporting,
        )
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        log.warning("从模型库下载 %s 中断（%s）。", info.id, type(error).__name__)
        return False
    Path(got).replace(file)
    shutil.rmtree(folder)
    return True


def partial_download(file: Path) -> Path:
    """The folder in which an interrupted `download` of the file is kept."""
    return file.with_name(f"{file.name}.hub")


def sha256(file: Path) -> str:
    """The checksum of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The call's result; `TimeoutError` after so many seconds, wherever it hangs.

    A thread, because looking up a host name obeys no timeout.
    """
    answers: queue.Queue[tuple[T | None, Exception | None]] = queue.Queue()

    def work() -> None:
        try:
            answers.put((call(), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"{seconds} s") from None
    if error is not None:
        raise error
    assert result is not None
    return result
