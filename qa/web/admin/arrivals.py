"""Files that were handed in and are not in the corpus yet: read aside, looked at, let go."""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from qa.assistant import Assistant
from qa.errors import DocumentError, NotFound, QAError
from qa.ingest.formats import Limits
from qa.ingest.intake import Proposal, compared, propose

log = logging.getLogger(__name__)

State = Literal["waiting", "reading", "read", "refused"]
_AT_ONCE = 2
"""Files that are read at the same time; others wait in line."""
_UNSEEN_S = 20.0
"""A file that no page has asked about for so long is not read on: its page is gone. Who reloads the
page, or comes back to it, within that time finds the reading where it is."""
_KEPT_S = 7200.0
"""And one that was read is let go."""
_UNREAD = f"{{}} 没有读完：页面关掉超过 {_UNSEEN_S:.0f} 秒，读取就停止了；请重新拖入。"
_GONE = "这份文件已经不在了（已收入、已停止，或放得太久）；请重新拖入。"


@dataclass(frozen=True)
class Told:
    """How far a file is."""

    state: State
    name: str
    page: int = 0
    pages: int = 0
    """0 while that is not known, or where it has none."""
    fault: str = ""
    """Why it was refused, for the administrator."""
    proposal: Proposal | None = None


@dataclass
class _Arrival:
    user_id: int
    folder: Path
    told: Told
    left: threading.Event = field(default_factory=threading.Event)
    """Set once nobody wants it any more."""
    taking: threading.Lock = field(default_factory=threading.Lock)
    seen: float = field(default_factory=time.monotonic)

    @property
    def is_unseen(self) -> bool:
        return time.monotonic() - self.seen > _UNSEEN_S

    def is_unwanted(self) -> bool:
        return self.left.is_set() or self.is_unseen


class Arrivals:
    """Reads files in children of its own threads; each belongs to who handed it in."""

    def __init__(self, assistant: Assistant, limits: Limits) -> None:
        """Compare them with the corpus of `assistant`."""
        self.limits = limits
        self._assistant = assistant
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="intake")
        self._scratch = TemporaryDirectory(prefix="qa-intake-", ignore_cleanup_errors=True)
        self._held: dict[str, _Arrival] = {}
        self._changing = threading.Lock()

    def folder(self) -> Path:
        """A new folder, into which one file is to be put."""
        folder = Path(self._scratch.name) / secrets.token_urlsafe(12)
        folder.mkdir()
        return folder

    def begin(self, user_id: int, file: Path) -> str:
        """Have a file of a `folder` read; the token by which it goes."""
        self._sweep()
        token = secrets.token_urlsafe(18)
        arrival = _Arrival(user_id, file.parent, Told("waiting", file.name))
        with self._changing:
            self._held[token] = arrival
        self._pool.submit(self._read, arrival, file)
        return token

    def told(self, user_id: int, token: str) -> Told:
        """How far it is; whoever asks keeps it.

        Raises:
            NotFound: there is no such file of this user's.
        """
        arrival = self._arrival(user_id, token)
        arrival.seen = time.monotonic()
        return arrival.told

    @contextmanager
    def taking(self, user_id: int, token: str) -> Iterator[Proposal]:
        """What the file is taken for, while it enters the corpus; afterwards it is let go.

        Raises:
            NotFound: there is no such file of this user's, or it was not read.
        """
        arrival = self._arrival(user_id, token)
        with arrival.taking:
            if arrival.told.proposal is None or arrival.left.is_set():
                raise NotFound(_GONE)
            yield arrival.told.proposal
            self.leave(user_id, token)

    def compare_again(self, user_id: int, token: str) -> Proposal:
        """What the file is taken for, beside the corpus as it lies on the disk now.

        Raises:
            QAError: there is no such file of this user's, or the corpus cannot be read.
        """
        arrival = self._arrival(user_id, token)
        with arrival.taking:
            if arrival.told.proposal is None:
                raise NotFound(_GONE)
            corpus = self._assistant.corpus_now()
            proposal = compared(arrival.told.proposal, corpus.shared, corpus.catalog)
            arrival.told = Told("read", arrival.told.name, proposal=proposal)
            return proposal

    def leave(self, user_id: int, token: str) -> None:
        """Stop reading it, and let it go; once or more often."""
        with self._changing:
            arrival = self._held.get(token)
            if arrival is None or arrival.user_id != user_id:
                return
            del self._held[token]
        arrival.left.set()
        if arrival.told.state == "read":  # else who reads it clears it away
            shutil.rmtree(arrival.folder, ignore_errors=True)

    def _arrival(self, user_id: int, token: str) -> _Arrival:
        with self._changing:
            arrival = self._held.get(token)
        if arrival is None or arrival.user_id != user_id:
            raise NotFound(_GONE)
        return arrival

    def _sweep(self) -> None:
        """Let go what its page has left without a word."""
        now = time.monotonic()
        with self._changing:
            old = [(t, a.user_id) for t, a in self._held.items() if now - a.seen > _KEPT_S]
        for token, user_id in old:
            self.leave(user_id, token)

    def _read(self, arrival: _Arrival, file: Path) -> None:
        name = file.name

        def on_page(page: int, pages: int) -> None:
            arrival.told = Told("reading", name, page, pages)

        try:
            if arrival.is_unwanted():  # it has waited in line until then
                raise DocumentError(_UNREAD.format(name))
            arrival.told = Told("reading", name)
            corpus = self._assistant.corpus_now()
            proposal = propose(
                file,
                corpus.shared,
                corpus.catalog,
                self.limits,
                on_page=on_page,
                unwanted=arrival.is_unwanted,
            )
            arrival.told = Told("read", name, proposal=proposal)
        except QAError as error:
            fault = _UNREAD.format(name) if arrival.is_unseen else str(error)
            arrival.told = Told("refused", name, fault=fault)
        except Exception:  # nobody waits for this thread; whoever looks must be told
            log.exception("读取收入的文件时出现意外错误")
            arrival.told = Told("refused", name, fault=f"{name} 读不了：系统出了意外的错误。")
        if arrival.left.is_set() or arrival.told.state == "refused":
            shutil.rmtree(arrival.folder, ignore_errors=True)
