"""Several workers behind nginx, with their records in PostgreSQL."""

import json
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from qa.index.embedding import Embedder
from qa.records.records import Records
from qa.settings import Settings
from qa.volume import build_index
from tests.conftest import WIDE
from tests.servers import Process, free_port, nginx, postgres, serving
from tests.web.sites import HTML, PASSWORD

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

ARTICLE = "公共数据开放办法第三条"
OTHERS = ("公共数据开放办法第四条", "公共数据开放办法第五条")
SITE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
PATIENCE_S = 60


@dataclass
class Cluster:
    """A site of two workers, by their addresses as nginx names them."""

    address: str
    workers: dict[str, Process]
    records: Records
    settings: Settings
    folder: Path
    stack: ExitStack

    def start(self, port: int) -> None:
        told = {
            "DATABASE_URL": self.settings.database_url,
            "CORPUS_DIR": str(self.settings.corpus_dir),
            "INDEXES_DIR": str(self.settings.indexes_dir),
        }
        _, process = self.stack.enter_context(serving(self.folder, **told, PORT=str(port)))
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
def cluster(
    settings: Settings,
    embedder: Embedder,
    one_document: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    ports = [free_port() for _ in range(3)]
    site = SITE.read_text(encoding="utf-8").replace("listen 80;", f"listen 127.0.0.1:{ports[2]};")
    for documented, port in zip(("7861", "7862"), ports, strict=False):
        site = site.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{port}")
    with ExitStack() as stack:
        url = stack.enter_context(postgres()).database()
        records = stack.enter_context(closing(Records.open(url)))
        records.accounts.create("admin", "admin")
        own = settings.model_copy(
            update={
                "database_url": url,
                "corpus_dir": Path(shutil.copytree(one_document, folder / "corpus")),
                "indexes_dir": folder / "indexes",
            }
        )
        build_index(own, embedder)
        made = Cluster(f"http://127.0.0.1:{ports[2]}/", {}, records, own, folder, stack)
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
    workers: set[str] = set()
    for n in range(20):  # who goes where is by a hash
        if n >= 2 and workers == {*cluster.workers}:
            break
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


def test_all_workers_take_up_an_index_that_none_of_them_has_built(
    cluster: Cluster, embedder: Embedder
) -> None:
    old, new = "公共数据以开放为原则", "公共数据以尽早开放为原则"
    (source,) = cluster.settings.corpus_dir.glob("*.txt")
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace(old, new), encoding="utf-8")
    build_index(cluster.settings, embedder)
    cluster.person("follower")
    with closing(cluster.signed_in("follower")) as client:
        cookies = dict(client.cookies)

    def found(worker: str) -> str:
        asking = {"question": "公共数据以什么为原则"}
        answer = httpx.post(
            f"http://{worker}/api/search", json=asking, cookies=cookies, trust_env=False
        )
        return answer.text

    for worker in cluster.workers:
        until(lambda: new in found(worker))  # noqa: B023


def test_a_killed_worker_costs_its_own_answer_and_its_open_pages_go_on_elsewhere(
    cluster: Cluster, browser: Browser
) -> None:
    """Stopped first, so that it surely dies with questions in its hands."""
    people: dict[str, httpx.Client] = {}
    with ExitStack() as stack:
        context = browser.new_context(viewport=WIDE, locale="zh-CN", base_url=cluster.address)
        page = stack.enter_context(closing(context)).new_page()
        cluster.person("sitting")
        lost = sat_down(page, "sitting")
        (left,) = {*cluster.workers} - {lost}
        ask(page, ARTICLE)
        expect(page.get_by_text("接着问")).to_be_visible()
        address = page.url
        for n in range(20):
            cluster.person(f"caller{n}")
            client = stack.enter_context(closing(cluster.signed_in(f"caller{n}")))
            people.setdefault(asked(client, ARTICLE)[0], client)
            if len(people) == 2:
                break
        hers, others = people[lost], people[left]
        with ThreadPoolExecutor() as pool:
            cluster.workers[lost].send_signal(signal.SIGSTOP)
            body = {"question": ARTICLE, "mode": "extract"}
            broken = pool.submit(hers.post, "api/ask", json=body)
            send(page, OTHERS[0])
            until(lambda: waiting_at(lost) >= 2)
            assert asked(others, ARTICLE)[0] == left
            cluster.workers[lost].kill()
            answer = broken.result()
        assert answer.status_code == 502
        assert re.fullmatch(r"[^<>]+；请再问一次。", answer.json()["error"])
        until(lambda: taken(page, OTHERS[1]))  # what is typed while the page connects anew is lost
        expect(page.locator("#chat .answer .about")).to_have_count(2)
        assert page.url == address
        expect(page.locator("#chat .asked")).to_have_text([ARTICLE, OTHERS[1]])
        assert page.request.get("account").headers["x-worker"].endswith(left)
        assert asked(hers, ARTICLE)[0].endswith(left)
        assert asked(others, ARTICLE) == (left, [*asked(hers, ARTICLE)[1]])
    user, id = cluster.records.accounts.named("sitting").id, address.partition("?c=")[2]
    kept = cluster.records.conversations.entries(user, id)
    assert [json.loads(each.data)["question"] for each in kept] == [ARTICLE, OTHERS[1]]


def sat_down(page: Page, name: str) -> str:
    """The worker that has somebody's page open."""
    page.goto("sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#question textarea")
    return page.request.get("account").headers["x-worker"]


def send(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def ask(page: Page, question: str) -> None:
    """Send it and wait for the whole answer."""
    answers = page.locator("#chat .answer .about")
    before = answers.count()
    send(page, question)
    expect(answers).to_have_count(before + 1, timeout=PATIENCE_S * 1000)


def taken(page: Page, question: str) -> bool:
    """Whether the page takes a question that is sent now."""
    send(page, question)
    try:
        expect(page.locator("#chat .asked", has_text=question)).to_be_visible()
    except AssertionError:
        return False
    return True


def waiting_at(worker: str) -> int:
    """How many connections to this worker have bytes that it has not read, as the kernel says."""
    port, count = f":{int(worker.rpartition(':')[2]):04X}", 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        count += local.endswith(port) and state == "01" and int(queues.partition(":")[2], 16) > 0
    return count


def until(true: Callable[[], bool]) -> None:
    """Return when it is so."""
    over = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < over
        time.sleep(0.1)
