"""An LLM writes the answer from excerpts; its words stream, then the checks have the last word."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.answering.answer import Answer, Delta, Waiting
from qa.answering.checked import checked
from qa.answering.draft import goes_in_circles
from qa.answering.excerpts import Excerpt, excerpts
from qa.answering.instructions import addresses_a_model
from qa.answering.kinds import premise
from qa.answering.prompts import conversation, prefix
from qa.answering.relevance import Relevance
from qa.errors import LLMError
from qa.llm.model import Message, Model
from qa.llm.queue import Queue
from qa.llm.stop import Stop
from qa.retrieval.passage import Retrieval, Turn
from qa.settings import Settings
from qa.tracing import stage

log = logging.getLogger(__name__)

_LONGEST = 320
"""Tokens of an answer; four short sentences need a third of it."""
_LEAST_TOKENS, _MOST_TOKENS = 120, 2400
"""Bounds for the passages in a prompt, where their length follows from the speed."""
_READING = 0.85
"""Of the time until the first word; the search and the rest of the prompt take what remains."""
_QUICK = 200.0
"""Tokens of a prompt a second from which on rewriting costs a reader less than a second or so."""
_REWRITTEN = 80
_TURNS, _TURN_CHARS = 4, 200
"""How much of the conversation is read to rewrite a question."""
_SPEAKERS = {"user": "问", "assistant": "答"}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SOON = 60
"""By so many characters the language of an answer shows."""
_VARIABLES = frozenset({"passages", "question"})


@dataclass
class Draft:
    """What came of one writing: filled in while its events are read."""

    answer: Answer | None = None
    tokens: dict[str, int] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    """`model` and `check`: milliseconds, wall clock."""


class Writer:
    """Writes answers with a model."""

    def __init__(self, model: Model, relevance: Relevance, settings: Settings) -> None:
        """Take the model, what picks the excerpts, and the settings for lengths and prompts."""
        self.model = model
        self._relevance = relevance
        self._settings = settings
        self._queue = Queue(settings.llm_slots)
        model.warm_up(prefix(self._prompt("answer"), _VARIABLES))

    @property
    def may_rewrite(self) -> bool:
        """The model is quick enough for a question to be rewritten before it is answered."""
        speed = self.model.prefill_tokens_per_s
        return speed is None or speed >= _QUICK

    def rewrite(self, question: str, history: Sequence[Turn], stop: Stop) -> str:
        """A follow-up as a question that stands on its own.

        Raises:
            LLMError: the model failed.
            SettingsError: the prompt file cannot be used.
        """
        said = [f"{_SPEAKERS[t.role]}：{t.content[:_TURN_CHARS]}" for t in history[-_TURNS:]]
        values = {"conversation": "\n".join(said), "question": question}
        first, *_ = self.said("follow-up", values, _REWRITTEN, stop).splitlines() or [question]
        return first

    def said(self, prompt: str, values: Mapping[str, str], longest: int, stop: Stop) -> str:
        """What the model says to a prompt file, as it says it; what there is when it is stopped.

        Args:
            longest: in tokens.

        Raises:
            LLMError: the model failed.
            SettingsError: the prompt file cannot be used.
        """
        messages = conversation(self._prompt(prompt), values)
        with self._queue.place() as place, stop.ending(place.cancel):
            for _ in place.waiting():
                pass
            if stop.given:
                return ""
            stream = self.model.stream(messages, longest)
            with stop.ending(stream.close):
                return "".join(stream).strip()

    def write(self, retrieval: Retrieval, draft: Draft, stop: Stop) -> Iterator[Waiting | Delta]:
        """The events of one answer; `draft` has the checked answer when they end.

        A stop ends them early, and then `draft` has none.

        Raises:
            LLMError: the model failed, went in circles, or nothing it said is in the passages.
            SettingsError: the prompt file cannot be used.
        """
        question, earlier = retrieval.question, retrieval.earlier
        retrieval = _without_instructions(retrieval)
        given = excerpts(retrieval, self._room(retrieval), self._relevance)
        messages = self._messages(question, earlier, given)
        with self._queue.place() as place, stop.ending(place.cancel):
            for ahead in place.waiting():
                yield Waiting(ahead)
            if stop.given:
                return
            text = ""
            with (
                stage("model", draft.timings_ms),
                closing(self.model.stream(messages, _LONGEST)) as stream,
                stop.ending(stream.close),
            ):
                for delta in stream:
                    text += delta
                    if goes_in_circles(text):
                        raise LLMError("大模型的回答陷入重复；可以重新生成。")
                    if len(text) >= _SOON and not _speaks(text, question):
                        raise LLMError("大模型没有用问题的语言回答；可以重新生成。")
                    yield Delta(delta)
        if stop.given:
            return
        draft.tokens = {
            "prompt": sum(self.model.count_tokens(m.content) for m in messages),
            "completion": self.model.count_tokens(text),
        }
        log.debug("模型写道：%s", text)
        with stage("check", draft.timings_ms):
            example = "\n".join(m.content for m in messages if m.role == "assistant")
            found = checked(text, given, retrieval.passages, f"{earlier}{question}", example)
        if found is None or not _speaks(text, question):
            raise LLMError("大模型的回答没有通过核对；可以重新生成。")
        draft.answer = replace(found.answer, model=self.model.name)

    def _messages(
        self, question: str, earlier: str, given: tuple[Excerpt, ...]
    ) -> tuple[Message, ...]:
        name = "answer" if _HAN.search(question) else "answer-english"
        asked = f"（接着“{earlier}”问）{question}" if earlier else question
        if premise(question):
            asked += "（问题里的说法可能不对，以资料为准）"
        values = {"passages": "\n".join(e.line for e in given), "question": asked}
        return conversation(self._prompt(name), values)

    def _room(self, retrieval: Retrieval) -> int:
        """Characters of the excerpts: what the model reads before the first word is due."""
        tokens = self._settings.llm_prompt_tokens or self._tokens_in_time()
        sample = "".join(p.provision.text for p in retrieval.passages[:3])[:1000]
        fixed = 80 * min(len(retrieval.passages), 4) // 2 + len(retrieval.question)
        per_token = len(sample) / max(1, self.model.count_tokens(sample))
        return max(round(tokens * per_token) - fixed, round(_LEAST_TOKENS * per_token))

    def _tokens_in_time(self) -> int:
        speed = self.model.prefill_tokens_per_s
        if speed is None:
            return _MOST_TOKENS
        in_time = speed * self._settings.llm_first_word_s * _READING
        return round(min(max(in_time, _LEAST_TOKENS), _MOST_TOKENS))

    def _prompt(self, name: str) -> Path:
        return self._settings.prompts_dir / f"{name}.md"


def _without_instructions(retrieval: Retrieval) -> Retrieval:
    """What was found without the passages that tell a model what to say; people still see them.

    Raises:
        LLMError: nothing is left.
    """
    passages = tuple(p for p in retrieval.passages if not addresses_a_model(p.provision.text))
    if not passages:
        raise LLMError("找到的条文里写着给大模型的指令，没有交给大模型。")
    return replace(retrieval, passages=passages)


def _speaks(text: str, question: str) -> bool:
    """An answer to a Chinese question has Chinese in it; one to an English question may quote."""
    return not _HAN.search(question) or bool(_HAN.search(text))
