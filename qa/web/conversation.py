"""One question and what came of it; a conversation is a tuple of these."""

from dataclasses import dataclass, field

from qa.answering.answer import Answer
from qa.answering.literal import shown
from qa.records.feedback import Verdict
from qa.retrieval.passage import Retrieval, Turn


@dataclass(frozen=True)
class Exchange:
    """A question with its passages and its answer, as far as they have arrived."""

    number: int
    """From 1, within the conversation; part of the ids of its cards."""
    question: str
    retrieval: Retrieval | None = None
    ahead: int = 0
    """How many answers the model must finish before it begins with this one."""
    text: str = ""
    """What has been written of the answer so far."""
    answer: Answer | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    fault: str | None = None
    """A sentence for the user: why there is no answer."""
    stopped: bool = False
    entry: int | None = None
    """Its number among all that is stored; None until it is."""
    verdict: Verdict | None = None
    """What its owner thinks of it."""
    unkept: str = ""
    """A sentence for the user: why it could not be stored."""

    @property
    def pending(self) -> bool:
        """Still being answered."""
        return self.answer is None and self.fault is None and not self.stopped

    @property
    def reading(self) -> str:
        """How a follow-up was read: rewritten, or with the question before it; else empty."""
        found = self.retrieval
        if found is None or not found.earlier:
            return ""
        rewritten = found.question if found.question != self.question.strip() else ""
        return rewritten or f"接着“{found.earlier}”来理解"


Conversation = tuple[Exchange, ...]


def history(conversation: Conversation) -> tuple[Turn, ...]:
    """What the assistant is told of the conversation: all that was asked and answered."""
    turns: list[Turn] = []
    for exchange in conversation:
        if exchange.answer is None:
            continue
        turns.append(Turn("user", exchange.question))
        turns.append(Turn("assistant", shown(exchange.answer.text)))
    return tuple(turns)
