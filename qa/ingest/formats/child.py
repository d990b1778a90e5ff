"""The process in which a file is read: `python -m qa.ingest.formats.child`.

On standard input one JSON object, the path and the limits; on standard output a JSON object a
line: `{"page": [3, 20]}` after a page, and at last `{"read": …}` or `{"refused": "…"}`.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from qa.errors import QAError
from qa.ingest.formats import clock
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.reading import read

_NICE = 10
"""A long recognition leaves the processor to those who ask questions."""


def main() -> None:
    """Read one file."""
    asked = json.load(sys.stdin)
    path, limits = Path(asked["path"]), Limits(**asked["limits"])
    confine(limits)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Libraries in C print what they think of a file.
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        print(json.dumps(message, ensure_ascii=False), file=answers, flush=True)

    def read_one(page: int, pages: int) -> None:
        clock.page_read(limits)
        tell({"page": [page, pages]})

    clock.start(limits)
    try:
        found = read(path, limits, read_one)
        tell({"read": found.model_dump(mode="json")})
    except QAError as error:
        tell({"refused": str(error)})
    except MemoryError:
        tell({"refused": f"{path.name} 所需的内存超过 {limits.memory_mb} MB；请拆分后再加入。"})
    except RecursionError:
        tell({"refused": f"{path.name} 的内部嵌套太深，读不了；请重新保存后再加入。"})


def confine(limits: Limits) -> None:
    """No more memory, processor time and disk than allowed; no picture of the memory at a crash."""
    os.nice(_NICE)
    seconds = int(limits.seconds) * max(limits.threads, 1) + 1
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_mb * 2**20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, limits.unpacked),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


if __name__ == "__main__":
    main()
