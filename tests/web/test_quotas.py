"""Nobody uses the site up: quotas by the minute over all workers, and what is too long."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.api.faults import TooMany
from qa.web.quotas import Quotas
from tests.conftest import WIDE
from tests.web.sites import HTML, PASSWORD, Site, cheap_passwords, put_up

LIMITS = {"limit_questions": 2, "limit_searches": 3, "limit_calls": 4, "limit_strangers": 20}
MEGABYTE = 2**20
_WAIT = re.compile(r"请过 (\d+) 秒再试。")


@pytest.fixture(scope="module")
def strict(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("strict")
    with (
        cheap_passwords(),
        put_up(assistant, folder, llm="none", request_megabytes=1, **LIMITS) as up,
    ):
        yield up


@pytest.fixture
def whole_minute() -> None:
    """A test is over before the minute is."""
    if (left := 60 - time.time() % 60) < 10:
        time.sleep(left + 0.1)


def refused(answer: httpx.Response) -> str:
    """What is said to who has had too much."""
    assert answer.status_code == 429, answer.text
    said = answer.text if "<html" in answer.text else str(answer.json()["error"])
    found = _WAIT.search(said)
    assert found, said
    assert answer.headers["retry-after"] == found[1]
    assert 0 < int(found[1]) <= 60
    return said


def key_of(site: Site, name: str) -> str:
    accounts = site.records.accounts
    return accounts.create_key(accounts.proxied(name).id, "脚本")


def test_a_program_has_a_quota_of_each_kind_and_others_have_theirs(
    strict: Site, whole_minute: None
) -> None:
    question = {"question": "数据安全法第二十一条", "stream": False, "mode": "extract"}
    chat = {"messages": [{"role": "user", "content": "数据安全法第二十一条"}]}
    with strict.client(authorization=f"Bearer {key_of(strict, '甲')}") as client:
        assert [client.post("api/ask", json=question).status_code for _ in range(2)] == [200] * 2
        assert "最多提问或生成 2 次" in refused(client.post("api/ask", json=question))
        kind = client.post("v1/chat/completions", json=chat).json()["error"]["type"]
        assert kind == "rate_limit_error"
        search = {"q": "数据出境"}
        found = [client.get("api/search", params=search).status_code for _ in range(3)]
        assert found == [200] * 3
        assert "最多查找 3 次" in refused(client.get("api/search", params=search))
        assert "最多查找 3 次" in refused(client.post("mcp", json={}))
        assert [client.get("v1/models").status_code for _ in range(4)] == [200] * 4
        assert "最多调用接口 4 次" in refused(client.get("api/documents"))
    with strict.client(authorization=f"Bearer {key_of(strict, '乙')}") as client:
        assert client.post("api/ask", json=question).status_code == 200


def test_a_reader_who_searches_too_often_gets_a_page_that_says_so(
    strict: Site, whole_minute: None
) -> None:
    with strict.signed_in(strict.add("丙", "user")) as client:
        pages = [client.get("library/search?q=数据") for _ in range(4)]
        assert [page.status_code for page in pages] == [200, 200, 200, 429]
        assert "最多查找 3 次" in refused(pages[-1])
        assert 'href="/library"' in pages[-1].text
        assert client.get("library").status_code == 200


def test_strangers_have_a_quota_by_their_address(strict: Site, whole_minute: None) -> None:
    with strict.client() as client:

        def ask(address: str, **headers: str) -> httpx.Response:
            return client.get("library", headers={"x-forwarded-for": address, **headers})

        assert {ask("203.0.113.7").status_code for _ in range(20)} == {401}
        assert "没有登录的请求太多" in refused(ask("203.0.113.7"))
        assert "没有登录的请求太多" in refused(ask("203.0.113.7", **HTML))
        assert ask("203.0.113.8").status_code == 401
        assert {ask(f"2001:db8::{n}").status_code for n in range(20)} == {401}
        refused(ask("2001:db8::ffff"))  # one connection has as many addresses of IPv6 as it likes
        assert ask("2001:db8:0:1::1").status_code == 401


def test_workers_share_a_quota_and_write_a_tenth_of_the_times(
    tmp_path: Path, whole_minute: None
) -> None:
    url = f"sqlite:///{tmp_path / 'qa.sqlite'}"
    settings = Settings(database_url=url, limit_questions=40)
    opened = [Records.open(url), Records.open(url)]
    workers = [Quotas(records, settings) for records in opened]
    writes = []
    for records in opened:
        draw = records.quotas.draw
        records.quotas.draw = (  # type: ignore[method-assign]
            lambda *a, draw=draw, **k: writes.append(a) or draw(*a, **k)  # type: ignore[misc]
        )
    had = 0
    for n in range(60):
        try:
            workers[n % 2].spend("questions", "7")
            had += 1
        except TooMany:
            continue
    assert had == 40
    assert len(writes) == 12  # ten shares, and each worker learns once that none is left
    for records in opened:
        records.close()


def test_a_database_that_cannot_be_written_keeps_nobody_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'qa.sqlite'}"
    records = Records.open(url)
    quotas = Quotas(records, Settings(database_url=url, limit_questions=10))
    records.close()
    (tmp_path / "qa.sqlite").write_bytes(b"no database" * 100)
    for side in ("-wal", "-shm"):
        (tmp_path / f"qa.sqlite{side}").unlink(missing_ok=True)
    for _ in range(30):
        quotas.spend("questions", "7")


def test_what_is_too_long_is_refused_with_a_sentence_whichever_way_it_comes(strict: Site) -> None:
    long = b'{"question": "' + b"x" * MEGABYTE + b'"}'

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(long), 2**16):
            yield long[at : at + 2**16]

    key = key_of(strict, "丁")
    with strict.client(authorization=f"Bearer {key}") as client:
        said = [
            client.post("api/search", content=long),
            client.post("api/search", content=pieces()),
            client.post("v1/chat/completions", content=pieces()),
        ]
    with strict.signed_in(strict.add("戊", "admin")) as client:
        form = client.post("briefing", content=b"x" * (MEGABYTE // 2))
        assert form.status_code == 413 and "太长，没有存下" in form.text
        said += [
            client.post("gradio_api/queue/join", content=long),
            client.post("briefing", content=long),
            client.post("account/keys", content=pieces()),
        ]
        assert client.get("library").status_code == 200
        loaded = client.post("admin/intake", content=long, headers={"x-file-name": "a.txt"})
        assert loaded.status_code == 200  # an upload has a limit of its own
    with strict.client() as client:
        said.append(client.post("sign-in", content=long))
    assert [answer.status_code for answer in said] == [413] * 7
    assert all("超过上限 1 MB" in answer.text for answer in said)


def test_a_body_in_pieces_comes_through_whole(strict: Site) -> None:
    body = '{"question": "数据安全法第二十一条"}'.encode()
    key = key_of(strict, "己")
    json = {"content-type": "application/json"}
    with strict.client(authorization=f"Bearer {key}", **json) as client:
        whole = client.post("api/search", content=iter([body[:7], body[7:]]))
    assert whole.json()["passages"][0]["locator"] == "第二十一条"


@pytest.mark.browser
def test_who_asks_too_often_on_the_page_is_told_and_keeps_the_question(
    strict: Site, whole_minute: None, browser: Browser
) -> None:
    strict.add("庚", "user")
    page = browser.new_page(viewport=WIDE, locale="zh-CN", base_url=strict.address)
    page.goto("/")
    page.get_by_label("用户名").fill("庚")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    for n in range(3):
        page.locator("#question textarea").fill(f"数据安全法第二十{'一二三'[n]}条")
        page.locator("#question textarea").press("Enter")
        if n < 2:
            expect(page.locator(".answer .about")).to_have_count(n + 1)
    expect(page.locator("#hint")).to_contain_text("一分钟内最多提问或生成 2 次；请过")
    expect(page.locator("#question textarea")).to_have_value("数据安全法第二十三条")
    page.close()
