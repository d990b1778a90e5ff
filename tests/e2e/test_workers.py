"""Several workers behind nginx, with their records in PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from qa.records.records import Records
from tests.servers import Process, free_port, nginx, postgres, serving
from tests.web.sites import HTML, PASSWORD

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

ARTICLE = "网络安全法第三条"
SITE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"


@dataclass
class Cluster:
    """A site of two workers, by their addresses as nginx names them."""

    address: str
    workers: dict[str, Process]
    records: Records
    environment: dict[str, str]
    folder: Path
    stack: ExitStack

    def start(self, port: int) -> None:
        started = serving(self.folder, **self.environment, PORT=str(port))
        _, process = self.stack.enter_context(started)
        self.workers[f"127.0.0.1:{port}"] = process

    def person(self, name: str) -> None:
        accounts = self.records.accounts
        once = accounts.create(name, "user")
        accounts.change_password(accounts.named(name).id, once, PASSWORD)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers=HTML, timeout=60, trust_env=False)

    def signed_in(self, name: str) -> httpx.Client:
        client = self.client()
        answer = client.post("sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    ports = [free_port() for _ in range(3)]
    site = SITE.read_text(encoding="utf-8").replace("listen 80;", f"listen 127.0.0.1:{ports[2]};")
    for documented, port in zip(("7861", "7862"), ports, strict=False):
        site = site.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{port}")
    with ExitStack() as stack:
        url = stack.enter_context(postgres()).database()
        records = stack.enter_context(closing(Records.open(url)))
        records.accounts.create("admin", "admin")
        made = Cluster(
            f"http://127.0.0.1:{ports[2]}/", {}, records, {"DATABASE_URL": url}, folder, stack
        )
        with ThreadPoolExecutor() as pool:
            [*pool.map(made.start, ports[:2])]
        stack.enter_context(nginx(site, folder))
        yield made


def asked(client: httpx.Client, question: str) -> tuple[str, list[str]]:
    """The worker that answered, and the names of the events of its stream."""
    body = {"question": question, "mode": "extract", "stream": True}
    with client.stream("POST", "api/ask", json=body) as answer:
        answer.raise_for_status()
        lines = [*answer.iter_lines()]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    return answer.headers["x-worker"], events


def test_a_person_stays_with_one_worker_and_is_known_to_all(cluster: Cluster) -> None:
    workers = set()
    for n in range(6):
        cluster.person(f"reader{n}")
        with closing(cluster.signed_in(f"reader{n}")) as client:
            found = {asked(client, ARTICLE)[0] for _ in range(3)}
            assert len(found) == 1
            workers |= found
    assert workers == {*cluster.workers}
    with closing(cluster.signed_in("reader0")) as client:
        for worker in cluster.workers:
            own = httpx.get(
                f"http://{worker}/account", cookies=dict(client.cookies), trust_env=False
            )
            assert own.status_code == 200 and "reader0" in own.text


def test_failures_to_sign_in_count_at_all_workers_together(cluster: Cluster) -> None:
    cluster.person("guessed")
    said = []
    for n in range(6):
        worker = [*cluster.workers][n % 2]
        with httpx.Client(base_url=f"http://{worker}", headers=HTML, trust_env=False) as client:
            wrong = {"name": "guessed", "password": f"wrong-{n}"}
            said.append(client.post("sign-in", data=wrong).text)
    assert "次数过多" not in said[4] and "次数过多" in said[5]
