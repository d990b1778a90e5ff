"""How long a person waits."""

from collections.abc import Mapping

STAGES = ("first_evidence", "first_token", "total")


def measure(timings_ms: Mapping[str, float]) -> dict[str, float]:
    """`first_evidence_ms`, `first_token_ms`, `total_ms`: wall clock, from the question on."""
    return {f"{stage}_ms": timings_ms[stage] for stage in STAGES if stage in timings_ms}
