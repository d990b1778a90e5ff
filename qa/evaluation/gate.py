"""Saved baselines, and the gate that a run does not pass when it is worse than one."""

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from qa.errors import QAError
from qa.evaluation.scores import Run, Score
from qa.evaluation.statistics import estimate
from qa.ingest.provision import Frozen

GATED = (
    *("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"),
    *("citation_precision", "citation_recall", "supported", "points", "refusal_right"),
)
"""Measures of which more is better; times depend on the machine and are not held."""


class Saved(Frozen):
    """A run to hold later ones against."""

    mean: dict[str, float]
    questions: dict[str, dict[str, float]]
    """The measures of each question, by its id."""


Baseline = dict[str, Saved]
"""By mode."""


def load_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        QAError: it is none.
    """
    try:
        return _BASELINE.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise QAError(f"读不了基线 {path}；请用 qa eval baseline 重新保存。") from error


def save_baseline(run: Run, path: Path) -> None:
    """Put a run into the file in place of the one of its mode; the other modes stay.

    Raises:
        QAError: the run has no results, or the file cannot be read or written.
    """
    if not run.scores:
        raise QAError(f"{run.name} 里还没有结果，不能存为基线；请先用 qa eval run 做完。")
    baseline = load_baseline(path) if path.exists() else {}
    saved = Saved(
        mean={name: round(run.overall[name].mean, 4) for name in GATED if name in run.overall},
        questions={key: _kept(score) for key, score in run.scores.items()},
    )
    modes = {**baseline, run.mode: saved}
    written = ",\n".join(f"{json.dumps(mode)}: {_dump(modes[mode])}" for mode in sorted(modes))
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(f"{{\n{written}\n}}\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise QAError(f"写不了基线 {path}（{error.strerror}）；请换一个文件。") from error


def failures(run: Run, baseline: Baseline) -> list[str]:
    """A Chinese sentence for each measure that is significantly below the baseline.

    That is: the 95% bootstrap interval of the paired difference lies below zero.

    Raises:
        QAError: the baseline has no run of this mode, or none of its questions.
    """
    if run.mode not in baseline:
        raise QAError(f"基线里没有 {run.mode} 方式的结果；请先用 qa eval baseline 保存一次。")
    saved = baseline[run.mode].questions
    now = {key: _kept(score) for key, score in run.scores.items()}
    shared = [key for key in now if key in saved]
    if not shared:
        raise QAError("基线里没有这份题库的题目；请用同一份题库，或重新保存基线。")
    found = []
    for name in GATED:
        pairs = [
            (saved[key][name], now[key][name])
            for key in shared
            if name in saved[key] and name in now[key]
        ]
        if not pairs:
            continue
        difference = estimate([after - before for before, after in pairs])
        if difference.high < 0:
            before = sum(pair[0] for pair in pairs) / len(pairs)
            found.append(
                f"{name} 显著低于基线：{before:.3f} → {before + difference.mean:.3f}"
                f"（差 {difference.mean:+.3f}，95% 区间 {difference.low:+.3f} 至 "
                f"{difference.high:+.3f}，{len(pairs)} 题）。"
            )
    return found


_BASELINE = TypeAdapter(Baseline)


def _kept(score: Score) -> dict[str, float]:
    """What a baseline keeps of a score; rounded on both sides, or 1/3 would be above 0.3333."""
    return {name: round(score.values[name], 4) for name in GATED if name in score.values}


def _dump(saved: Saved) -> str:
    """JSON with a line a question, so that a change shows which."""
    lines = ",\n".join(
        f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(values)}"
        for key, values in saved.questions.items()
    )
    return f'{{"mean": {json.dumps(saved.mean)},\n"questions": {{\n{lines}\n}}}}'
