"""A folder of results becomes a run with its measures, overall and by type."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from qa.evaluation.agreement import TOP_GRADE, agreement
from qa.evaluation.folder import GRADES, RESULTS, Folder
from qa.evaluation.measures import score
from qa.evaluation.measures.speed import STAGES
from qa.evaluation.scores import Estimate, Run, Score
from qa.evaluation.statistics import estimate


def load_run(path: Path) -> Run:
    """The questions of a folder that have a result, in the order of the bank, and their scores.

    Raises:
        QAError: the folder is none of a run.
    """
    folder = Folder(path)
    header = folder.header()
    results, grades = folder.rows(RESULTS), folder.rows(GRADES)
    questions = tuple(question for question in folder.questions() if question.id in results)
    scores = {question.id: score(question, results[question.id]) for question in questions}
    for key in grades.keys() & scores.keys():
        judged = {**scores[key].values, "judge": grades[key]["grade"] / TOP_GRADE}
        scores[key] = replace(scores[key], values=judged)
    return Run(
        name=path.resolve().name,
        mode=header.mode,
        started=header.started,
        machine=header.machine,
        questions=questions,
        results=results,
        scores=scores,
        overall=estimates(scores.values()),
        by_type={
            kind: estimates(s for s in scores.values() if s.type == kind)
            for kind in sorted({s.type for s in scores.values()})
        },
        latency_ms=_latency([*scores.values()]),
    )


def estimates(scores: Iterable[Score]) -> dict[str, Estimate]:
    """The mean of every measure over the questions that have it, with its interval."""
    values: dict[str, list[float]] = {}
    for scored in scores:
        for name, value in scored.values.items():
            values.setdefault(name, []).append(value)
    return {name: estimate(sample) for name, sample in values.items()}


def summary(run: Run) -> dict[str, Any]:
    """What `summary.json` holds: the run without its questions and results."""
    agreed = agreement(run)
    return {
        "name": run.name,
        "mode": run.mode,
        "started": run.started,
        "machine": run.machine,
        "questions": len(run.questions),
        "overall": _rounded(run.overall),
        "by_type": {kind: _rounded(found) for kind, found in run.by_type.items()},
        "latency_ms": run.latency_ms,
        **({"judge": asdict(agreed)} if agreed else {}),
    }


def _latency(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    found = {}
    for name in (f"{stage}_ms" for stage in STAGES):
        times = [scored.values[name] for scored in scores if name in scored.values]
        if times:
            found[name] = {f"p{q}": round(float(np.percentile(times, q)), 1) for q in (50, 95)}
    return found


def _rounded(found: dict[str, Estimate]) -> dict[str, dict[str, float]]:
    return {
        name: {key: round(value, 4) for key, value in asdict(one).items()}
        for name, one in found.items()
    }
