"""Files from outside are read in a process of their own, which may die of them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from qa.errors import DocumentError
from qa.ingest.formats.kinds import kind_of
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.reading import OnPage
from qa.ingest.formats.result import Read

_LOOK_S = 0.1


def read_guarded(
    path: Path,
    limits: Limits,
    on_page: OnPage = lambda page, pages: None,
    unwanted: Callable[[], bool] = lambda: False,
) -> Read:
    """What `read` gives, read under the limits by another process.

    Args:
        unwanted: asked all the time, from another thread; once it is so, the reading ends.

    Raises:
        DocumentError: the file is refused, cannot be read, takes more than the limits allow, or
            is no longer wanted.
    """
    kind_of(path, limits)
    with tempfile.TemporaryDirectory(prefix="qa-read-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "qa.ingest.formats.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(folder),
            cwd=Path(__file__).resolve().parents[3],
            start_new_session=True,
            encoding="utf-8",
        )
        late, over = threading.Event(), threading.Event()
        watch = threading.Thread(
            target=_watch, args=(process, limits.seconds, late, over, unwanted), daemon=True
        )
        watch.start()
        try:
            return _result(process, path, limits, late, on_page)
        except DocumentError:
            if unwanted():
                raise DocumentError(f"{path.name} 已停止读取，没有收入。") from None
            raise
        finally:
            over.set()
            _stop(process)
            process.wait()


def _watch(
    process: subprocess.Popen[str],
    seconds: float,
    late: threading.Event,
    over: threading.Event,
    unwanted: Callable[[], bool],
) -> None:
    """End the child when its time is up, or when nobody wants the file any more."""
    until = time.monotonic() + seconds
    while not over.wait(_LOOK_S):
        if time.monotonic() > until:
            late.set()
        if late.is_set() or unwanted():
            _stop(process)
            return


def _result(
    process: subprocess.Popen[str],
    path: Path,
    limits: Limits,
    late: threading.Event,
    on_page: OnPage,
) -> Read:
    """The messages of the child, a JSON object a line, up to the last one."""
    assert process.stdin and process.stdout
    with process.stdin as asked, contextlib.suppress(BrokenPipeError):
        json.dump({"path": str(path.resolve()), "limits": asdict(limits)}, asked)
    with process.stdout as told:
        for line in told:
            if not line.endswith("\n"):
                break
            message = json.loads(line)
            if "refused" in message:
                raise DocumentError(message["refused"])
            if "read" in message:
                return Read.model_validate(message["read"])
            on_page(*message["page"])
    code = process.wait()
    if late.is_set() or code == -signal.SIGXCPU:
        raise DocumentError(
            f"{path.name} 在 {limits.seconds:g} 秒内没有读完，已停止；"
            "请拆分后再加入，或请管理员调高设置 ingest_seconds。"
        )
    if code == -signal.SIGPROF:
        raise DocumentError(
            f"{path.name} 有一页（不分页的文件：全文）算了 {limits.page_seconds:g} 秒还没有读完"
            f"（文字识别：{limits.recognition_seconds:g} 秒），已停止；"
            "请重新保存或拆分后再加入，或请管理员调高设置 ingest_page_seconds。"
        )
    raise DocumentError(
        f"{path.name} 读不了：它让解析程序中止（内容已损坏，或所需内存超过 "
        f"{limits.memory_mb} MB）；请重新保存或拆分后再加入。"
    )


def environment(folder: str) -> dict[str, str]:
    """For a child: without the settings, which hold keys, and without the ways out of the house."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("QA_") and not name.lower().endswith("_proxy")
    }
    return kept | {"TMPDIR": folder, "PYTHONIOENCODING": "utf-8"}


def _stop(process: subprocess.Popen[str]) -> None:
    """End the child and whatever it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
