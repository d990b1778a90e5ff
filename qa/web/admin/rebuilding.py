"""Rebuilding the index in the background, one at a time, watched from any page."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from qa.assistant import Assistant
from qa.errors import IndexFault, QAError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rebuild:
    """The present rebuild, or how the last one ended. `done` of `total` pieces, 0 unknown."""

    active: bool
    done: int = 0
    total: int = 0
    fault: str = ""


class Rebuilding:
    """The rebuilds of one assistant; safe to be used from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        """Take the assistant that goes over to each new index."""
        self._assistant = assistant
        self._deciding = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting: list[Callable[[Rebuild], None]] = []
        self.now: Rebuild | None = None
        """None where there was none since the program started."""

    def start(self, ended: Callable[[Rebuild], None]) -> None:
        """Begin one; `ended` is called when it is over, in whatever way.

        Raises:
            IndexFault: another one is at work.
        """
        with self._deciding:
            if self.now and self.now.active:
                raise IndexFault("索引正在重建；请等它做完。")
            self._begin(ended)

    def follow(self, ended: Callable[[Rebuild], None]) -> None:
        """Begin one, or have one follow the one that is at work: what changed since is in it."""
        with self._deciding:
            if self.now and self.now.active:
                self._waiting.append(ended)
            else:
                self._begin(ended)

    def wait(self, timeout_s: float | None = None) -> None:
        """Return when none is at work any more."""
        if self._thread:
            self._thread.join(timeout_s)

    def _begin(self, ended: Callable[[Rebuild], None]) -> None:
        self.now = Rebuild(active=True)
        self._thread = threading.Thread(
            target=self._work, args=(ended,), name="rebuilding", daemon=True
        )
        self._thread.start()

    def _work(self, ended: Callable[[Rebuild], None]) -> None:
        told = [ended]
        while told:
            over = self._rebuilt()
            for each in told:
                try:
                    each(over)
                except QAError as error:
                    log.error("重建索引的结果没有记入变更记录：%s", error)
            with self._deciding:
                told, self._waiting = self._waiting, []
                self.now = Rebuild(active=True) if told else over

    def _rebuilt(self) -> Rebuild:
        fault = ""
        try:
            self._assistant.renew(self._report, rebuild=True)
        except QAError as error:
            fault = str(error)
            log.warning("重建索引没有做成：%s", fault)
        except Exception:
            log.exception("重建索引出现意外错误")
            now = datetime.now().astimezone()
            fault = f"重建索引出了意外的错误（{now:%H:%M:%S}），仍用原来的索引；请查看运行日志。"
        return Rebuild(active=False, fault=fault)

    def _report(self, done: int, total: int) -> None:
        self.now = Rebuild(active=True, done=done, total=total)
