"""What a command of `qa` did."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Qa = Callable[..., Ran]


def sentence(ran: Ran) -> str:
    """The one line on standard error of a command that failed without any output."""
    assert ran.out == ""
    assert "Traceback" not in ran.err
    (line,) = ran.err.splitlines()
    assert line.endswith(("。", "？"))
    return line
