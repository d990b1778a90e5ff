"""Signing in and out, the own password, the keys: real requests to the real site."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa.assistant import Assistant
from qa.records.attempts import MOST_BY_ADDRESS, MOST_BY_NAME
from qa.web.gate import COOKIE
from tests.web.sites import HTML, PASSWORD, Site, put_up


def sign_in(client: httpx.Client, name: str, password: str, **more: str) -> httpx.Response:
    return client.post("sign-in", data={"name": name, "password": password, **more})


@pytest.fixture
def own(assistant: Assistant, tmp_path: Path) -> Iterator[Site]:
    """A site whose throttle is this test's alone."""
    with put_up(assistant, tmp_path) as up:
        yield up


def test_a_one_time_password_is_changed_before_anything_else(site: Site) -> None:
    once = site.records.accounts.create("newcomer", "user")
    with site.client(**HTML) as client:
        assert sign_in(client, "newcomer", once).status_code == 303
        for path in ("", "library", "config", "evaluation/", "gradio_api/info"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/account"), path
        said = client.post("api/search", json={"question": "数据"}, headers={"accept": "*/*"})
        assert said.status_code == 403 and "一次性密码" in said.json()["error"]
        assert "接口密钥" not in client.get("account").text
        assert client.post("account/keys", data={"label": "x"}).status_code == 303
        assert site.records.accounts.keys(site.records.accounts.named("newcomer").id) == []
        short = client.post("account/password", data={"old": once, "new": "short"})
        assert short.status_code == 400 and "新密码要有 10 至" in short.text
        wrong = client.post("account/password", data={"old": "wrong", "new": PASSWORD})
        assert wrong.status_code == 400 and "原密码不对" in wrong.text
        changed = client.post("account/password", data={"old": once, "new": PASSWORD})
        assert "密码已修改" in changed.text
        assert client.get("library").status_code == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(site: Site) -> None:
    with site.signed_in(site.add("leaver", "user")) as client:
        cookie = client.cookies[COOKIE]
        answer = client.post("sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert COOKIE not in client.cookies
    with site.client(cookie=f"{COOKIE}={cookie}") as client:
        assert client.get("library").status_code == 401


def test_a_new_password_ends_the_sessions_elsewhere(site: Site) -> None:
    name = site.add("changer", "user")
    with site.signed_in(name) as here, site.signed_in(name) as there:
        here.post("account/password", data={"old": PASSWORD, "new": "another-password"})
        assert here.get("library").status_code == 200
        assert there.get("library").status_code == 303


def test_no_script_and_no_other_site_gets_the_cookie(site: Site) -> None:
    with site.client() as client:
        answer = sign_in(client, site.add("role-user", "user"), PASSWORD)
        flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert "secure" not in flags
    with site.client(**{"x-forwarded-proto": "https"}) as client:
        answer = sign_in(client, "role-user", PASSWORD)
        assert "; secure" in answer.headers["set-cookie"].lower()


def test_a_stranger_cannot_say_that_the_way_is_encrypted(
    assistant: Assistant, tmp_path: Path
) -> None:
    with (
        put_up(assistant, tmp_path, trusted_proxies=["10.0.0.1"]) as far,
        far.client(**{"x-forwarded-proto": "https"}) as client,
    ):
        answer = sign_in(client, far.add("role-user", "user"), PASSWORD)
        assert "secure" not in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("wished", "goes"),
    [
        ("/library", "/library"),
        ("/library/search?q=%E6%95%B0", "/library/search?q=%E6%95%B0"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("\\/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_one_goes_on_only_within_the_site(wished: str, goes: str, site: Site) -> None:
    site.add("role-user", "user")
    with site.client() as client:
        answer = sign_in(client, "role-user", PASSWORD, next=wished)
        assert answer.headers["location"] == goes


def test_one_goes_on_to_what_one_wanted(site: Site) -> None:
    site.add("role-user", "user")
    with site.client(**HTML) as client:
        sent = client.get("library/search?q=数据&page=2")
        page = client.get(sent.headers["location"])
        wished = re.search(r'name="next" value="([^"]*)"', page.text)
        assert wished
        answer = sign_in(client, "role-user", PASSWORD, next=wished[1].replace("&amp;", "&"))
        found = httpx.URL(answer.headers["location"])
        assert found.path == "/library/search" and found.params["q"] == "数据"


def test_what_was_typed_is_shown_as_text(site: Site) -> None:
    with site.client(**HTML) as client:
        answer = sign_in(client, '"><script>alert(1)</script>', "x", next='/"><script>')
        assert answer.status_code == 401
        assert "<script>alert" not in answer.text and '"/"><script>' not in answer.text
        assert "用户名或密码不对" in answer.text


def test_guessing_at_a_name_is_slowed_down(own: Site) -> None:
    name = own.add("target", "user")
    with own.client() as client:
        for _ in range(MOST_BY_NAME):
            assert "用户名或密码不对" in sign_in(client, name, "a wrong guess").text
        answer = sign_in(client, name, PASSWORD)
        assert answer.status_code == 401 and "登录失败次数过多" in answer.text


def test_guessing_at_many_names_is_slowed_down_for_the_one_who_does(own: Site) -> None:
    name = own.add("bystander", "user")
    with own.client(**{"x-forwarded-for": "10.0.0.7"}) as guesser:
        for n in range(MOST_BY_ADDRESS):
            sign_in(guesser, f"name-{n}", "a wrong guess")
        assert "登录失败次数过多" in sign_in(guesser, name, PASSWORD).text
    with own.client(**{"x-forwarded-for": "10.0.0.8"}) as client:  # by the same trusted proxy
        assert sign_in(client, name, PASSWORD).status_code == 303


def test_a_key_is_shown_once_and_revoked_by_its_owner_only(site: Site) -> None:
    with site.signed_in(site.add("key-owner", "user")) as client:
        shown = client.post("account/keys", data={"label": "<i>脚本</i>"})
        key = re.search(r'id="new-key">(dlq_[\w-]+)<', shown.text)
        assert key and "<i>" not in shown.text
        assert key[1] not in client.get("account").text
        revoke = re.search(r'action="/(account/keys/\d+/revoke)"', shown.text)
        assert revoke
        with site.signed_in(site.add("role-user", "user")) as other:
            assert other.post(revoke[1]).status_code == 400
        with site.client(authorization=f"Bearer {key[1]}") as program:
            assert program.get("v1/models").status_code == 200
            assert "密钥已吊销" in client.post(revoke[1]).text
            assert program.get("v1/models").status_code == 401
        assert client.post("account/keys", data={"label": " "}).status_code == 400


def test_a_form_too_long_is_not_read(site: Site) -> None:
    with site.client() as client:
        assert sign_in(client, "role-user", "x" * 20_000).status_code == 401


def test_no_secret_is_logged_or_stored(
    own: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    name = own.add("secretive", "user")
    with own.signed_in(name) as client:
        token = client.cookies[COOKIE].rpartition(".")[0]
        key = own.records.accounts.create_key(own.records.accounts.named(name).id, "脚本")
        sign_in(client, name, "a wrong guess of mine")
        with own.client(authorization=f"Bearer {key}") as program:
            program.get("v1/models")
        client.get("nothing")
        client.post("sign-out")
    out, error = capfd.readouterr()
    # the client of this test is in the same process, and tells what it sends
    told = [r.getMessage() for r in caplog.records if not r.name.startswith(("http", "hpack"))]
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("qa.sqlite*"))
    for secret in (PASSWORD, "a wrong guess of mine", token, key):
        assert secret not in out + error + "\n".join(told)
        assert secret.encode() not in stored
