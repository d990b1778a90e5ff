"""Short runs of what `tests.e2e.load` and `tests.e2e.soak` do for long."""

from pathlib import Path

import pytest

from qa.assistant import Assistant
from tests.e2e.load import PERSON, load
from tests.e2e.soak import Sample, soak, steady
from tests.servers import serving

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]


def test_people_get_their_answers_and_the_server_is_looked_at(
    assistant: Assistant, tmp_path: Path
) -> None:
    assert assistant.is_current  # its index is there for the server
    with serving(tmp_path, PROXY_USER_HEADER=PERSON) as (address, process):
        told = load(address, users=3, minutes=0.02, every=1.0)
        assert told.errors == [] and {*told.by_user} == {0, 1, 2}
        assert all(first <= whole for first, whole in zip(told.evidence, told.whole, strict=True))
        samples, done, errors = soak(address, process.pid, minutes=0.05, every=0.5)
        assert errors == [] and done and samples
        assert all(0 < sample.megabytes < 2000 and sample.handles for _, sample in samples)


def test_what_grows_after_the_warming_up_is_seen() -> None:
    warming = [Sample(size, 5, 20) for size in (100, 400, 800)]
    still = [Sample(810, 5, 20)] * 6
    assert [sample.megabytes for sample in steady(warming + still)] == [810, 810]
    growing = [Sample(800 + 20 * n, 5 + n, 20) for n in range(6)]
    before, after = steady(warming + growing)
    assert after.megabytes > before.megabytes * 1.05 and after.threads > before.threads
