"""Speed and memory of the model on this machine, against llama.cpp without guessing ahead."""

import statistics
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.answering.answer import Done
from qa.assistant import Assistant
from qa.errors import LLMError
from qa.evaluation.bench import Figure, memory, peak_gb
from qa.llm.local import LocalModel
from qa.llm.model import Message
from qa.retrieval.passage import Turn
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.llm.endpoint import Generation

Progress = Callable[[int, int], None]
_LATER = "违反这些规定要承担什么责任？"


def bench_llm(
    settings: Settings, questions: Sequence[str], progress: Progress | None = None
) -> list[Figure]:
    """Answer each question with the model as it is set, and by turns with a plain one.

    Both are open at once and asked one after the other, so that a busy moment of the machine
    meets both; a second question goes on with the conversation, and llama.cpp alone reads the same
    prompts with nothing kept from before. Questions that need no model do not count.

    Raises:
        LLMError: the model cannot be had, or wrote none of the answers.
        QAError: corpus, index or embedding model cannot be used.
    """
    (ahead, heard), (plain, bare) = (_open(settings, guesses=guesses) for guesses in (True, False))
    try:
        written: list[tuple[Done, Done]] = []
        first_words: list[tuple[float, float]] = []
        later_words: list[tuple[float, float]] = []
        for number, question in enumerate(questions, start=1):
            pair = _answer(ahead, question), _answer(plain, question)
            if all(done.tokens for done in pair):
                written.append(pair)
                first_words.append((_first_word(pair[0]), bare.first_word_cold(heard.messages)))
                said = Turn("user", question), Turn("assistant", pair[0].answer.text)
                later = _answer(ahead, _LATER, said)
                if later.tokens:
                    cold = bare.first_word_cold(heard.messages)
                    later_words.append((_first_word(later), cold))
            if progress:
                progress(number, len(questions))
        if not written:
            raise LLMError("这些问题没有一个由大模型写出回答；请用 --llm 多给几个问题。")
        return [
            *_figures(written, heard),
            _against_bare("大模型首字，头一问", first_words, 1.05),
            *([_against_bare("大模型首字，接着问", later_words, 0.6)] if later_words else []),
            *memory("大模型进程的内存峰值", peak_gb(heard.pid)),
        ]
    finally:
        ahead.close()
        plain.close()


class _Heard(LocalModel):
    """The model of this machine; what it was asked last can be asked again elsewhere."""

    messages: Sequence[Message] = ()

    def stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        grammar: str | None = None,
        stop: Sequence[str] = (),
    ) -> "Generation":
        """See `Model.stream`."""
        self.messages = messages
        return super().stream(messages, max_tokens, grammar=grammar, stop=stop)


def _figures(written: Sequence[tuple[Done, Done]], model: LocalModel) -> list[Figure]:
    first = [_first_word(done) for done, _ in written]
    total = [done.timings_ms["total"] / 1e3 for done, _ in written]
    ours, others = (
        statistics.median(_decoding(pair[which]) for pair in written) for which in (0, 1)
    )
    ratios = [_decoding(done) / _decoding(other) for done, other in written]
    assert model.prefill_tokens_per_s
    return [
        Figure("大模型读提示词", model.prefill_tokens_per_s, "词元/秒"),
        Figure("大模型首字 p50", statistics.median(first), "秒", 6),
        Figure("大模型首字 p95", float(np.percentile(first, 95)), "秒", 12),
        Figure("大模型整个回答 p50", statistics.median(total), "秒", 15),
        Figure("大模型写", ours, "词元/秒", more_is_better=True, baseline=others),
        Figure(
            "大模型写，逐题与不作推测之比的中位",
            statistics.median(ratios),
            "倍",
            1.4,
            more_is_better=True,
        ),
    ]


def _against_bare(name: str, words: Sequence[tuple[float, float]], most: float) -> Figure:
    """Against llama.cpp alone with the same prompt; the median of the ratios question by question.

    The baseline shown is what gives that ratio.
    """
    ours = statistics.median(word for word, _ in words)
    ratio = statistics.median(word / cold for word, cold in words)
    return Figure(name, ours, "秒", baseline=ours / ratio, ratio_goal=most)


def _open(settings: Settings, *, guesses: bool) -> tuple[Assistant, _Heard]:
    own = settings.model_copy(update={"llm": "local", "llm_speculative": guesses})
    assistant, model = Assistant.open(own), _Heard(own)
    assistant.write_with(model)
    model.wait(lambda label, done, total: None)
    return assistant, model


def _answer(assistant: Assistant, question: str, history: Sequence[Turn] = ()) -> Done:
    *_, done = assistant.ask(question, history, mode="llm")
    assert isinstance(done, Done)
    return done


def _first_word(done: Done) -> float:
    """Seconds from the question to the first word, retrieval included."""
    return done.timings_ms["first_token"] / 1e3


def _decoding(done: Done) -> float:
    """Tokens a second from the first word on."""
    seconds = (done.timings_ms["total"] - done.timings_ms["first_token"]) / 1e3
    return done.tokens["completion"] / seconds
