"""Progress bars on standard error that appear when there is something to wait for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be called with what is done and what there is in all."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, visible=False)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=done < total)

        yield report


@contextmanager
def steps(label: str) -> Iterator[Progress]:
    """Like `bar`, for work of several steps, each with a name and a size of its own."""
    console = Console(stderr=True)
    with RichProgress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(label, total=None)
        yield lambda step, done, total: shown.update(
            task, description=step, completed=done, total=total
        )
