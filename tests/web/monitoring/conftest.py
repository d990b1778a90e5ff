import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.settings import Settings
from qa.web.monitoring import lines

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "log" / "qa.log"


@pytest.fixture
def logged(log_file: Path, request: pytest.FixtureRequest) -> Iterator[Lines]:
    """The lines of the log, as `qa serve` would write them with these settings."""
    chosen = getattr(request, "param", {})
    handler = lines.handler(Settings(log_file=log_file, **chosen))
    root, own = logging.getLogger(), logging.getLogger("qa")
    level = own.level
    root.addHandler(handler)
    own.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in log_file.read_text("utf-8").splitlines()]
    root.removeHandler(handler)
    own.setLevel(level)
    handler.close()
