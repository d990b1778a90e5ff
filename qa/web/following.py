"""Keeping up with the index: the page may be one of several processes, and there are commands."""

import logging
import threading
from pathlib import Path

from qa.assistant import Assistant
from qa.errors import QAError

log = logging.getLogger(__name__)

_EVERY_S = 5.0


class Following:
    """Looks every few seconds whether another process has built an index, and takes it up."""

    def __init__(self, assistant: Assistant, indexes_dir: Path) -> None:
        """Begin."""
        self._assistant = assistant
        self._indexes_dir = indexes_dir
        self._over = threading.Event()
        threading.Thread(target=self._follow, name="following", daemon=True).start()

    def close(self) -> None:
        """Leave off."""
        self._over.set()

    def _follow(self) -> None:
        seen = self._folders()
        while not self._over.wait(_EVERY_S):
            folders = self._folders()
            if folders == seen:  # what is dear is only done when a folder has come or gone
                continue
            try:
                self._assistant.follow()
                seen = folders
            except QAError as error:
                log.warning("新的索引还不能用，仍用原来的：%s", error)

    def _folders(self) -> frozenset[tuple[str, int]]:
        """The indexes that lie there, and when each was written."""
        try:
            found = self._indexes_dir.glob("[!.]*/")
            return frozenset((path.name, path.stat().st_mtime_ns) for path in found)
        except OSError:
            return frozenset()
