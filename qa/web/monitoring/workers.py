"""The processes that share their figures: which of them live, and what each one takes."""

import re
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import Metric, multiprocess
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_OF_PROCESS = re.compile(r"_(\d+)\.db$")


class Workers(Collector):
    """The processes with a file in the shared folder."""

    def __init__(self, folder: Path) -> None:
        """Look there."""
        names = (_OF_PROCESS.search(file.name) for file in folder.glob("*.db"))
        self._pids = sorted({int(found[1]) for found in names if found})
        self._folder = folder

    def bury(self) -> None:
        """Take the present figures of those that died unheard out of the sums."""
        for pid in self._pids:
            if not Path(f"/proc/{pid}").is_dir():
                bury = multiprocess.mark_process_dead
                bury(pid, str(self._folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """Memory, processor time and open files of each that lives, by its `pid`."""
        found: dict[str, Metric] = {}
        for pid in self._pids:
            for own in ProcessCollector(pid=lambda: pid, registry=None).collect():  # noqa: B023
                metric = found.setdefault(own.name, Metric(own.name, own.documentation, own.type))
                for sample in own.samples:
                    metric.add_sample(sample.name, {"pid": str(pid)}, sample.value)
        return found.values()
