"""Figures that Prometheus reads, and who may read them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from qa.answering.answer import Event, Waiting
from qa.assistant import Assistant
from qa.llm.stop import Stop
from qa.settings import Settings
from qa.web.monitoring.asked import Asker
from qa.web.monitoring.metrics import Metrics
from qa.web.monitoring.watch import Watch
from tests.web.sites import Site, put_up

QUESTION = "数据安全法第四十八条罚多少"
ABSENT = "数据安全法第五十六条"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with put_up(assistant, tmp_path_factory.mktemp("metrics")) as up:
        yield up


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parsed(text)
        for sample in family.samples
    }


def sample(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def read(site: Site) -> Samples:
    with site.client() as client:
        answer = client.get("metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return samples(answer.text)


def key_of(site: Site, name: str, role: str) -> str:
    accounts = site.records.accounts
    user = accounts.named(site.add(name, role))  # type: ignore[arg-type]
    return accounts.create_key(user.id, "测试")


def test_what_is_asked_is_counted_by_way_mode_outcome_reason_and_stage(site: Site) -> None:
    key = key_of(site, "zhou", "user")
    before = read(site)
    with site.client(Authorization=f"Bearer {key}") as client:
        for question in (QUESTION, QUESTION, ABSENT):
            body = {"question": question, "stream": False}
            assert client.post("api/ask", json=body).status_code == 200
        assert client.get("api/documents/nothing").status_code == 404
    found = read(site)

    def more(name: str, **labels: str) -> float:
        return sample(found, name, **labels) - sample(before, name, **labels)

    said = {"way": "api", "mode": "extract"}
    assert more("qa_questions_total", **said, outcome="answered") == 2
    assert more("qa_questions_total", **said, outcome="refused") == 1
    assert more("qa_refusals_total", reason="article") == 1
    for stage in ("question", "embedding", "dense", "lexical", "fusion", "retrieval"):
        assert more("qa_stage_seconds_count", stage=stage) == 3
    for stage in ("first_evidence", "first_token", "total"):
        assert more("qa_stage_seconds_sum", stage=stage) > 0
    assert sample(found, "qa_questions_in_progress") == 0
    request = {"method": "POST", "route": "/api/ask", "status": "200"}
    assert more("qa_http_requests_total", **request) == 3
    template = {"method": "GET", "route": "/api/documents/{document_id}", "status": "404"}
    assert more("qa_http_requests_total", **template) == 1
    assert not any(QUESTION in str(labels) for _, labels in found)


def test_the_installation_and_its_process_are_described(site: Site, assistant: Assistant) -> None:
    found = read(site)
    assert sample(found, "qa_index_provisions") == assistant.manifest.provisions
    assert sample(found, "qa_index_bytes") > 2**20
    assert sample(found, "qa_index_built_timestamp_seconds") > 1.6e9
    assert sample(found, "qa_model_state", state="none") == 1
    assert sample(found, "process_resident_memory_bytes") > 2**26
    for name in ("process_open_fds", "qa_threads", "qa_disk_free_bytes"):
        assert sample(found, name) > 0
    assert any(name == "qa_build_info" for name, _ in found)


def test_who_waits_for_the_model_is_in_the_queue_until_it_is_his_turn(
    assistant: Assistant, settings: Settings
) -> None:
    metrics = Metrics(assistant, settings)
    seen: list[float] = []

    def ask(_: Stop) -> Iterator[Event]:
        for ahead in (2, 1, 0):
            yield Waiting(ahead)

    for _ in Watch([metrics]).watched(Asker(1, "page", QUESTION), ask)(Stop()):
        seen.append(sample(samples(metrics.text("")[0].decode()), "qa_model_queue_length"))
    assert seen == [1, 1, 0]
    found = samples(metrics.text("")[0].decode())
    assert sample(found, "qa_model_wait_seconds_count") == 1
    assert sample(found, "qa_model_wait_seconds_sum") > 0


def test_sign_ins_that_fail_are_counted(site: Site) -> None:
    before = read(site)
    with site.client() as client:
        client.post("sign-in", data={"name": "nobody", "password": "wrong"})
    name = "qa_sign_in_failures_total"
    assert sample(read(site), name) == sample(before, name) + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "10.1.2.3"},
        {"Forwarded": "for=10.1.2.3"},
        {"Host": "law.example.org"},
        {"Authorization": "Bearer wrong"},
    ],
)
def test_who_comes_through_a_proxy_or_with_a_wrong_key_is_turned_away(
    headers: dict[str, str], site: Site
) -> None:
    with site.client(**headers) as client:
        answer = client.get("metrics")
    assert answer.status_code == 403
    assert "管理员的接口密钥" in answer.json()["error"]
    assert "qa_" not in answer.text


def test_an_admins_key_reads_the_figures_from_anywhere_and_a_users_does_not(site: Site) -> None:
    for role, status in (("admin", 200), ("user", 403), ("evaluator", 403)):
        key = key_of(site, f"m-{role}", role)
        headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "10.1.2.3"}
        with site.client(**headers) as client:
            assert client.get("metrics").status_code == status, role


def test_with_a_token_even_this_machine_has_to_show_it(
    assistant: Assistant, tmp_path: Path
) -> None:
    with put_up(assistant, tmp_path, metrics_token="a-long-token") as up, up.client() as client:
        assert client.get("metrics").status_code == 403
        shown = {"Authorization": "Bearer a-long-token", "X-Forwarded-For": "10.1.2.3"}
        assert client.get("metrics", headers=shown).status_code == 200


_WORKERS = """\
import os
from datetime import UTC, datetime
from types import SimpleNamespace
from qa.settings import Settings
from qa.web.monitoring.asked import Asked, Asker
from qa.web.monitoring.metrics import Metrics

manifest = SimpleNamespace(provisions=1, built="2026-01-01T00:00+00:00", corpus="", embedder="")

def work():
    metrics = Metrics(SimpleNamespace(model=None, manifest=manifest), Settings())
    metrics.begun()
    asker, at = Asker(1, "api", "问"), datetime.now(UTC)
    metrics.ended(Asked("1", at, asker, "extract", "answered", stages_ms={"total": 5.0}))
    metrics.begun()  # and dies over it, or tells
    return metrics

if not os.fork():
    work()
    os._exit(0)
os.wait()
print(work().text("")[0].decode())
"""


def test_several_processes_add_up_and_one_that_died_is_not_at_work_any_more(
    tmp_path: Path,
) -> None:
    own = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", _WORKERS], env=own, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found = samples(ran.stdout)
    said = {"way": "api", "mode": "extract", "outcome": "answered"}
    assert sample(found, "qa_questions_total", **said) == 2
    assert sample(found, "qa_stage_seconds_count", stage="total") == 2
    assert sample(found, "qa_questions_in_progress") == 1
    assert sample(found, "qa_index_provisions") == 1
    memory = [labels for name, labels in found if name == "process_resident_memory_bytes"]
    assert len(memory) == 1 and dict(memory[0]).keys() == {"pid"}


def test_a_reader_of_openmetrics_gets_openmetrics(site: Site) -> None:
    accepted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = httpx.get(f"{site.address}metrics", headers=accepted, trust_env=False)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
