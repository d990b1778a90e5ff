"""What an evaluation measures: a score a question, a summary a run."""

from dataclasses import dataclass, field
from typing import Any

from qa.evaluation.bank import BankQuestion


@dataclass(frozen=True)
class Score:
    """The measures of one question; a measure that does not apply is absent."""

    id: str
    type: str
    answerable: bool
    values: dict[str, float]
    """By name, defined in `evals/README.md`: `recall@1`, `recall@5`, `recall@10`, `mrr@10`,
    `ndcg@10`, `citation_precision`, `citation_recall`, `citation_support`, `supported`, `points`,
    `refused`, `refusal_right`, `length`, `checked`, `prompt_tokens`, `completion_tokens`,
    `first_evidence_ms`, `first_token_ms`, `total_ms`, `judge`."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Run:
    """A finished run: what was asked, what came, how it scored."""

    name: str
    mode: str
    started: str
    """ISO time, UTC."""
    machine: str
    """Processor, cores and memory, in words."""
    questions: tuple[BankQuestion, ...]
    results: dict[str, dict[str, Any]]
    """The object of `qa search` or `qa ask` for each question, by its id."""
    scores: dict[str, Score]
    overall: dict[str, Estimate]
    by_type: dict[str, dict[str, Estimate]] = field(default_factory=dict)
    """Estimates by question type, then by measure."""
    latency_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    """`p50` and `p95` of `first_evidence_ms`, `first_token_ms`, `total_ms`."""
