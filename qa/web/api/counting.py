"""What programs ask is counted like what is asked on the page; its words are not stored."""

import logging
from collections.abc import Iterator

from qa.answering.answer import Done, Event
from qa.assistant import Assistant
from qa.errors import QAError
from qa.llm.stop import Stop
from qa.records.conversations import Facts
from qa.records.records import Records
from qa.retrieval.passage import Retrieval
from qa.web.api.answering import Ask
from qa.web.conversation import Exchange
from qa.web.kept import facts_of

log = logging.getLogger(__name__)

SEARCHED = "search"
"""The mode of a question whose passages another model reads."""


class Counting:
    """Counts for the users of one site."""

    def __init__(self, assistant: Assistant, records: Records) -> None:
        """Count into `records` what is asked of the assistant."""
        self._assistant = assistant
        self._usage = records.usage

    def counted(self, user_id: int, ask: Ask) -> Ask:
        """The same question; it is counted before its answer is told to be whole."""

        def asked(stop: Stop) -> Iterator[Event]:
            versions = self._assistant.versions
            ended = Exchange(1, "", stopped=True)
            done: Done | None = None
            try:
                for event in ask(stop):
                    if isinstance(event, Done):
                        done = event
                        ended = Exchange(1, "", answer=done.answer, timings_ms=done.timings_ms)
                    else:
                        yield event
            except Exception as error:
                # of the fault its kind: a sentence may hold words of the question
                ended = Exchange(1, "", fault=type(error).__name__)
                raise
            finally:
                self._count(user_id, facts_of(ended, versions))
            if done:
                yield done

        return asked

    def searched(self, user_id: int, found: Retrieval) -> None:
        """Count a question that was answered with its passages alone."""
        facts = Facts(
            question="",
            mode=SEARCHED,
            model=None,
            refused=False,
            fault=None,
            stopped=False,
            cited=(),
            first_evidence_ms=found.timings_ms["total"],
            total_ms=None,
            versions=self._assistant.versions,
        )
        self._count(user_id, facts)

    def _count(self, user_id: int, facts: Facts) -> None:
        try:
            self._usage.count(user_id, facts)
        except QAError as error:
            # who asked is owed the answer all the same
            log.warning("一次接口提问没有计入使用情况：%s", error)
