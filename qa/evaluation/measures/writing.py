"""What a model wrote: how much of it stood the check, and what it cost."""

from collections.abc import Mapping
from typing import Any


def measure(answer: Mapping[str, Any], tokens: Mapping[str, int]) -> dict[str, float]:
    """`checked`, `prompt_tokens`, `completion_tokens`; absent where no model wrote.

    checked: the share of the sentences that are not marked as unsupported.
    """
    values = {f"{kind}_tokens": float(count) for kind, count in tokens.items()}
    if answer.get("supported") is not None:
        values["checked"] = float(answer["supported"])
    return values
