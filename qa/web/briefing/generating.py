"""Briefings being written, in threads of their own: pages come, look, and go."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from qa.assistant import Assistant
from qa.briefing.request import Request
from qa.course import Mode
from qa.errors import BriefingError, NotFound, QAError
from qa.web.briefing.folder import Folder

log = logging.getLogger(__name__)

State = Literal["none", "waiting", "working", "done", "stopped", "failed"]
_AT_ONCE = 2
"""Each takes a core for seconds, or the model for minutes; others wait in line."""
_UNFORESEEN = "系统出了意外的错误，没有写成；请再试一次，若仍如此，请告诉管理员。"


@dataclass(frozen=True)
class Told:
    """How far a briefing is."""

    state: State
    part: str = ""
    """The part that is being written."""
    done: int = 0
    total: int = 0
    said: str = ""
    """A sentence for the trainer."""


class _Stopped(Exception):
    """The trainer does not want to wait any longer."""


@dataclass
class _Job:
    user_id: int
    request: Request
    phrased: bool
    stop: threading.Event
    told: Told


class Generating:
    """Writes at most one briefing of a draft at a time."""

    def __init__(self, assistant: Assistant, folder: Folder) -> None:
        """Write with `assistant` into the drafts of `folder`."""
        self._assistant = assistant
        self._folder = folder
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="briefing")
        self._jobs: dict[int, _Job] = {}
        self._turn = threading.Lock()

    def start(self, user_id: int, id: int, *, phrased: bool = False) -> Told:
        """Begin, unless it is under way already.

        Args:
            phrased: have the model say long statements shorter.

        Raises:
            BriefingError: it cannot be made as it is asked for.
            NotFound: the draft does not exist or belongs to somebody else.
        """
        request = self._folder.open(user_id, id).plan.request
        with self._turn:
            job = self._jobs.get(id)
            if job is None or not _is_under_way(job):
                told = Told("waiting", total=len(request.parts), said="排队等候……")
                job = self._jobs[id] = _Job(user_id, request, phrased, threading.Event(), told)
                self._pool.submit(self._write, id, job)
        return job.told

    def told(self, user_id: int, id: int) -> Told:
        """How far it is.

        Raises:
            NotFound: it belongs to somebody else.
        """
        job = self._job(user_id, id)
        return job.told if job else Told("none")

    def is_under_way(self, id: int) -> bool:
        """Whether a draft is being written, or waits for it."""
        job = self._jobs.get(id)
        return job is not None and _is_under_way(job)

    def stop(self, user_id: int, id: int) -> Told:
        """Stop it after the part that is being written.

        Raises:
            NotFound: it belongs to somebody else.
        """
        job = self._job(user_id, id)
        if job is None:
            return Told("none")
        job.stop.set()
        if _is_under_way(job):
            job.told = replace(job.told, said="正在停止……")
        return job.told

    def _job(self, user_id: int, id: int) -> _Job | None:
        job = self._jobs.get(id)
        if job is not None and job.user_id != user_id:
            raise NotFound("没有找到这份简报草稿；请从草稿列表里打开。")
        return job

    def _write(self, id: int, job: _Job) -> None:
        def progress(part: str, done: int, total: int) -> None:
            if job.stop.is_set():
                raise _Stopped
            job.told = Told("working", part, done, total, f"正在写：{part}" if part else "")

        try:
            if job.stop.is_set():
                raise _Stopped
            assistant = self._assistant.as_it_is()
            mode: Mode = "llm" if job.phrased else "extract"
            briefing = assistant.brief(job.request, progress, mode)
            self._folder.write(job.user_id, id, briefing)
        except _Stopped:
            job.told = Told("stopped", said="已停止，草稿没有改动。")
        except (BriefingError, QAError) as error:
            job.told = Told("failed", said=str(error))
        except Exception:  # nobody waits for this thread; whoever looks must be told
            log.exception("生成简报时出现意外错误")
            job.told = Told("failed", said=_UNFORESEEN)
        else:
            total = len(briefing.parts)
            job.told = Told("done", done=total, total=total, said="已生成并保存。")


def _is_under_way(job: _Job) -> bool:
    return job.told.state in ("waiting", "working")
