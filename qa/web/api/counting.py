"""What programs ask is counted like what is asked on the page; its words are not stored."""

import logging
from collections.abc import Callable

from qa.assistant import Assistant
from qa.errors import QAError
from qa.records.conversations import Facts
from qa.records.records import Records
from qa.retrieval.passage import Retrieval
from qa.web.monitoring.asked import SEARCHED, Asked, Asker
from qa.web.monitoring.watch import Ask, Watch

log = logging.getLogger(__name__)


class Counting:
    """Watches what programs ask of one site, and counts it among the usage."""

    def __init__(self, assistant: Assistant, records: Records, watch: Watch) -> None:
        """Count into `records` what is asked of the assistant."""
        self._assistant = assistant
        self._usage = records.usage
        self._watch = watch

    def counted(self, asker: Asker, ask: Ask) -> Ask:
        """The same question; it is counted before its answer is told to be whole."""
        return self._watch.watched(asker, ask, self._count)

    def searched(self, asker: Asker, search: Callable[[], Retrieval]) -> Retrieval:
        """The passages of a question that are its answer; it is counted, too."""
        return self._watch.searched(asker, search, self._count)

    def looked_up(self, asker: Asker, search: Callable[[], Retrieval]) -> Retrieval:
        """The passages of a search, which does not count as a question."""
        return self._watch.searched(asker, search)

    def _count(self, asked: Asked) -> None:
        if asked.mode == SEARCHED and asked.fault:
            return
        try:
            self._usage.count(asked.by.user_id, self._facts(asked))
        except QAError as error:
            # who asked is owed the answer all the same
            log.warning("一次接口提问没有计入使用情况：%s", error)

    def _facts(self, asked: Asked) -> Facts:
        searched = asked.mode == SEARCHED
        whole = not searched and asked.outcome not in ("stopped", "failed")
        return Facts(
            question="",
            mode=asked.mode,
            model=asked.model,
            refused=asked.outcome == "refused",
            fault=asked.fault if asked.outcome == "failed" else None,
            stopped=asked.outcome == "stopped",
            cited=asked.cited,
            first_evidence_ms=asked.stages_ms.get("first_evidence") if whole or searched else None,
            total_ms=asked.stages_ms["total"] if whole else None,
            versions=self._assistant.versions,
        )
