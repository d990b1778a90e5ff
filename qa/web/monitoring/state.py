"""What there is of the installation at this moment: its index, its model, its disk."""

import shutil
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from qa.assistant import Assistant
from qa.index.store import folder_of
from qa.records.records import path_of
from qa.settings import Settings

MODEL_STATES = ("none", "loading", "ready", "failed")


class State(Collector):
    """Looked up whenever it is asked for."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        """Take what there is to look at."""
        self._assistant = assistant
        self._settings = settings

    def collect(self) -> Iterable[Metric]:
        """As gauges for Prometheus."""
        now = model_state(self._assistant)
        state = GaugeMetricFamily("qa_model_state", "1 for the model's state.", labels=("state",))
        for each in MODEL_STATES:
            state.add_metric((each,), each == now)
        manifest = self._assistant.manifest
        built = datetime.fromisoformat(manifest.built).timestamp()
        for name, about, value in (
            ("qa_index_provisions", "Provisions in the index in use.", self.provisions),
            ("qa_index_bytes", "Size of the index in use.", self.index_bytes),
            ("qa_index_built_timestamp_seconds", "When it was built, Unix time.", built),
            ("qa_disk_free_bytes", "Free on the disk of the database.", self.disk_free),
            ("qa_threads", "Threads of Python in the process that answers.", self.threads),
        ):
            yield GaugeMetricFamily(name, about, value=float(value))
        yield state

    @property
    def provisions(self) -> int:
        """In the index in use."""
        return self._assistant.manifest.provisions

    @property
    def index_bytes(self) -> int:
        """The files of the index in use."""
        manifest = self._assistant.manifest
        folder = folder_of(self._settings.indexes_dir, manifest.corpus, manifest.embedder)
        return sum(file.stat().st_size for file in folder.glob("**/*") if file.is_file())

    @property
    def threads(self) -> int:
        """Of Python, in this process."""
        return threading.active_count()

    @property
    def process(self) -> dict[str, float]:
        """The library's figures of this process, such as `process_resident_memory_bytes`."""
        collected = ProcessCollector(registry=None).collect()
        return {sample.name: sample.value for metric in collected for sample in metric.samples}

    @property
    def disk_free(self) -> int:
        """Bytes left where the database lies."""
        return disk_free(self._settings)


def model_state(assistant: Assistant) -> str:
    """One of `MODEL_STATES`."""
    model = assistant.model
    if model is None:
        return "none"
    if model.ready():
        return "ready"
    return "failed" if model.status.stage == "failed" else "loading"


def disk_free(settings: Settings) -> int:
    """Bytes left where the database lies; where a server keeps it, where the indexes do."""
    place = path_of(settings.database_url) or settings.indexes_dir.absolute()
    return shutil.disk_usage(_nearest(place)).free


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
