"""What the commands share: settings, the assistant, a progress bar, JSON.

What a command needs is imported inside it: `qa --help` must not wait for torch.
"""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.llm.model import Model
    from qa.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]


def settings() -> "Settings":
    """The settings at hand."""
    from qa.settings import load

    return load()


def assistant(*, writes: bool = False) -> "Assistant":
    """The assistant; its index is built first where it is missing. `writes`: with its model."""
    from qa.assistant import Assistant

    with progress("建立索引") as report:
        return Assistant.open(settings(), report, writes=writes)


def wait_for(model: "Model", *, through_download: bool) -> None:
    """Return when the model is ready, or is found to be downloading where that is not awaited.

    Raises:
        LLMError: the model will not be ready.
    """
    from qa.errors import LLMError
    from qa.progress import steps

    with steps("准备大模型") as shown:

        def report(label: str, done: int, total: int) -> None:
            if model.status.stage == "download" and not through_download:
                raise LLMError("本机大模型还没有下载；运行 qa models pull 可以取得。")
            shown(label, done, total)

        model.wait(report)


def progress(label: str) -> AbstractContextManager[Callable[[int, int], None] | None]:
    """A progress bar for a person who watches; a log or a program gets no empty lines."""
    from qa.progress import bar

    return bar(label) if sys.stderr.isatty() else nullcontext()


def print_json(value: object) -> None:
    """For programs, and still readable."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
