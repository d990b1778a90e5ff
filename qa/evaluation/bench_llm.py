"""Speed and memory of the model on this machine, against llama.cpp without guessing ahead."""

import statistics
from collections.abc import Callable, Sequence

import numpy as np

from qa.answering.answer import Done
from qa.assistant import Assistant
from qa.evaluation.bench import Figure, memory, peak_gb
from qa.llm.local import LocalModel
from qa.settings import Settings

Progress = Callable[[int, int], None]


def bench_llm(
    settings: Settings, questions: Sequence[str], progress: Progress | None = None
) -> list[Figure]:
    """Answer each question with the model as it is set, and by turns with a plain one.

    Both are open at once and asked one after the other, so that a busy moment of the machine
    meets both. Questions that need no model do not count.

    Raises:
        LLMError: the model cannot be had.
        QAError: corpus, index or embedding model cannot be used.
    """
    ahead, plain = (_open(settings, guesses=guesses) for guesses in (True, False))
    try:
        written: list[tuple[Done, Done]] = []
        for number, question in enumerate(questions, start=1):
            pair = _answer(ahead, question), _answer(plain, question)
            if all(done.tokens for done in pair):
                written.append(pair)
            if progress:
                progress(number, len(questions))
        return _figures(written, ahead)
    finally:
        ahead.close()
        plain.close()


def _figures(written: Sequence[tuple[Done, Done]], ahead: Assistant) -> list[Figure]:
    first = [done.timings_ms["first_token"] / 1e3 for done, _ in written]
    total = [done.timings_ms["total"] / 1e3 for done, _ in written]
    speeds = [(_decoding(done), _decoding(other)) for done, other in written]
    model = ahead.model
    assert isinstance(model, LocalModel) and model.prefill_tokens_per_s
    figures = [
        Figure("大模型读提示词", model.prefill_tokens_per_s, "词元/秒"),
        Figure("大模型首字 p50", statistics.median(first), "秒", 6),
        Figure("大模型首字 p95", float(np.percentile(first, 95)), "秒", 12),
        Figure("大模型整个回答 p50", statistics.median(total), "秒", 15),
        Figure("大模型写", statistics.median(speed for speed, _ in speeds), "词元/秒"),
        Figure(
            "大模型写，与不作推测之比",
            statistics.median(speed / other for speed, other in speeds),
            "倍",
            1.25,
            more_is_better=True,
        ),
    ]
    return [*figures, *memory("大模型进程的内存峰值", peak_gb(model.pid))]


def _open(settings: Settings, *, guesses: bool) -> Assistant:
    own = settings.model_copy(update={"llm": "local", "llm_speculative": guesses})
    assistant = Assistant.open(own, writes=True)
    assert assistant.model
    assistant.model.wait(lambda label, done, total: None)
    return assistant


def _answer(assistant: Assistant, question: str) -> Done:
    *_, done = assistant.ask(question, mode="llm")
    assert isinstance(done, Done)
    return done


def _decoding(done: Done) -> float:
    """Tokens a second from the first word on."""
    seconds = (done.timings_ms["total"] - done.timings_ms["first_token"]) / 1e3
    return done.tokens["completion"] / seconds
