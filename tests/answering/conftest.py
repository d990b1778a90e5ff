"""What the tests of the answering room share: a question asked, with everything that came back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from qa.answering.answer import Answer, Delta, Done, Retrieved
from qa.assistant import Assistant
from qa.retrieval.passage import Filters, Retrieval, Turn


@dataclass(frozen=True)
class Asked:
    retrieval: Retrieval
    answer: Answer
    timings_ms: dict[str, float]


Ask = Callable[..., Asked]


@pytest.fixture(scope="session")
def ask(assistant: Assistant) -> Ask:
    def asked(question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Asked:
        first, *deltas, last = assistant.ask(question, history, filters)
        assert isinstance(first, Retrieved)
        assert isinstance(last, Done)
        assert deltas
        assert all(isinstance(delta, Delta) for delta in deltas)
        return Asked(first.retrieval, last.answer, last.timings_ms)

    return asked
