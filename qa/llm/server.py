"""The local runtime: llama.cpp in a process of its own, so that its crash is not ours."""

import contextlib
import logging
import secrets
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from pydantic import SecretStr

from qa.errors import LLMError
from qa.llm.child import Configuration
from qa.settings import Settings

log = logging.getLogger(__name__)

_START_TIMEOUT_S = 120.0
_LOG_BYTES_KEPT = 1 << 20


class LocalServer:
    """One life of the child process; a new one is started for a restart."""

    def __init__(
        self, weights: Path, settings: Settings, *, port: int = 0, key: str | None = None
    ) -> None:
        """Take the weights; with a `port` and a `key` of one's own it is for other programs."""
        self._settings = settings
        self._configuration = Configuration(
            model=str(weights),
            key=key or secrets.token_urlsafe(32),
            threads=settings.threads,
            slots=settings.llm_slots,
            context=settings.llm_context,
            speculative=settings.llm_speculative,
            port=port,
        )
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    @property
    def key(self) -> SecretStr:
        """What every request must carry."""
        return SecretStr(self._configuration.key)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process and wait until the model is loaded. Raises `LLMError`."""
        with _log_file(self._settings.cache_dir / "logs" / "llm.log") as written:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qa.llm.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
                encoding="utf-8",
            )
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):  # it may have died already; then it has no address
            self._process.stdin.write(self._configuration.model_dump_json() + "\n")
            self._process.stdin.flush()
        overdue = threading.Timer(_START_TIMEOUT_S, self._process.kill)
        overdue.start()
        try:
            self.address = self._process.stdout.readline().strip()
        finally:
            overdue.cancel()
        if not self.address:
            self.stop()
            raise LLMError(
                "本机大模型启动失败：模型文件可能已损坏，或内存不足（约需 2 GB）；"
                f"详情见 {self._settings.cache_dir / 'logs' / 'llm.log'}。"
            )
        log.info("本机大模型已启动，进程 %d。", self._process.pid)

    def wait(self) -> int:
        """Wait for the end of the process; its exit status."""
        assert self._process
        return self._process.wait()

    def stop(self) -> None:
        """End the process, at once: it holds nothing that is worth saving."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _log_file(path: Path) -> IO[bytes]:
    """Opened for appending; a long one is begun anew."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        long = path.exists() and path.stat().st_size > _LOG_BYTES_KEPT
        return path.open("wb" if long else "ab")
    except OSError as error:
        raise LLMError(
            f"无法写入日志 {path}（{error.strerror or error}）；请检查磁盘空间和目录权限，"
            "或用设置 QA_CACHE_DIR 指定别处。"
        ) from error
