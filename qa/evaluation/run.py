"""Run a question bank: a line a question, and recall by type."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.errors import QAError
from qa.evaluation.bank import BankQuestion
from qa.wire import ask_json, search_json

Mode = Literal["search", "extract"]
CUTOFFS = (1, 5, 10)
Progress = Callable[[int, int], None]


def run(
    assistant: Assistant,
    questions: Sequence[BankQuestion],
    out: Path,
    mode: Mode,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Answer every question, write `results.jsonl` and `summary.json`, return the summary.

    Raises:
        QAError: the folder cannot be written; said before the first question is asked.
    """
    _make(out)
    results = []
    for number, question in enumerate(questions, start=1):
        results.append({"id": question.id, **_ask(assistant, question, mode)})
        if progress:
            progress(number, len(questions))
    summary = summarise(questions, results, mode)
    lines = [json.dumps(result, ensure_ascii=False) + "\n" for result in results]
    _write(out / "results.jsonl", "".join(lines))
    _write(out / "summary.json", json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    return summary


def recall(evidence: Sequence[str], texts: Sequence[str]) -> float:
    """The share of the evidence that occurs in the texts, white space aside."""
    tight = ["".join(text.split()) for text in texts]
    return float(np.mean([any("".join(e.split()) in text for text in tight) for e in evidence]))


def summarise(
    questions: Sequence[BankQuestion], results: Sequence[dict[str, Any]], mode: Mode
) -> dict[str, Any]:
    """Evidence recall by type at each cutoff, refusals, and latency in milliseconds."""
    recalls: dict[str, list[list[float]]] = {}
    refused: dict[bool, list[bool]] = {True: [], False: []}
    for question, result in zip(questions, results, strict=True):
        if question.answerable:
            texts = [passage["text"] for passage in result["passages"]]
            row = [recall(question.evidence, texts[:k]) for k in CUTOFFS]
            recalls.setdefault(question.type, []).append(row)
        if mode == "extract":
            refused[question.answerable].append(result["answer"]["refused"])
    rows = [row for of_type in recalls.values() for row in of_type]
    total = [result["timings_ms"]["total"] for result in results]
    summary: dict[str, Any] = {
        "mode": mode,
        "questions": len(questions),
        "recall": {name: _means(of_type) for name, of_type in sorted(recalls.items())},
        "recall_all": _means(rows),
        "latency_ms": {f"p{q}": round(float(np.percentile(total, q)), 1) for q in (50, 95)},
    }
    if mode == "extract":
        summary["refused"] = {
            "answerable": _share(refused[True]),
            "unanswerable": _share(refused[False]),
        }
    return summary


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise QAError(f"写不了结果文件夹 {folder}（{error.strerror}）；请换一个。") from error


def _write(path: Path, text: str) -> None:
    """Write beside, then rename: a file is whole or as it was before."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise QAError(f"写不了结果文件 {path}（{error.strerror}）；请换一个文件夹。") from error


def _ask(assistant: Assistant, question: BankQuestion, mode: Mode) -> dict[str, Any]:
    if mode == "search":
        return search_json(assistant.search(question.question, question.turns, top_k=CUTOFFS[-1]))
    retrieved: Retrieved | None = None
    for event in assistant.ask(question.question, question.turns):
        if isinstance(event, Retrieved):
            retrieved = event
        elif isinstance(event, Done) and retrieved:
            return ask_json(retrieved.retrieval, event)
    raise AssertionError("an answer ends with Done")


def _means(rows: Sequence[Sequence[float]]) -> dict[str, float]:
    """The mean at each cutoff, and how many questions it is of."""
    if not rows:
        return {"n": 0}
    means = np.mean(rows, axis=0)
    return {
        "n": len(rows),
        **{f"recall@{k}": round(float(mean), 4) for k, mean in zip(CUTOFFS, means, strict=True)},
    }


def _share(flags: Sequence[bool]) -> float | None:
    return round(float(np.mean(flags)), 4) if flags else None
