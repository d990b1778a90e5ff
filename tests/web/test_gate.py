"""Nobody comes in without being let in: real requests to the real site."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.routing import BaseRoute

from qa.assistant import Assistant
from qa.errors import SettingsError
from qa.records.accounts import ROLES, Role
from qa.settings import Settings
from qa.web.gate import COOKIE
from qa.web.serving import check
from tests.web.sites import HTML, Site, put_up

PUBLIC = re.compile(
    r"/(healthz|readyz|metrics|sign-in|favicon\.ico|manifest\.json|robots\.txt|theme\.css|site)"
    r"|(/evaluation|/admin)?/(assets|static|svelte)/x"
)
GRADIO = ("/config", "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/info")
OTHERS = ("/api/search", "/api/ask", "/v1/chat/completions", "/mcp", "/doc/数据安全法", "/nothing")
PAGES = {
    "": set(ROLES),
    "library": set(ROLES),
    "doc/数据安全法/第二十一条": set(ROLES),
    "account": set(ROLES),
    "api/docs": set(ROLES),
    "config": set(ROLES),
    "evaluation/": {"evaluator", "admin"},
    "evaluation/config": {"evaluator", "admin"},
    "evaluation/gradio_api/info": {"evaluator", "admin"},
    "briefing": {"trainer", "admin"},
    "briefing/": {"trainer", "admin"},
    "admin/": {"admin"},
}


def addresses(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path behind the gate, Gradio's own among them."""
    for route in routes:
        here: Any = route
        path = prefix + getattr(here, "path", "")
        if router := getattr(here, "original_router", None):
            yield from addresses(router.routes, prefix + here.include_context.prefix)
        elif getattr(here, "routes", None):
            yield from addresses(here.routes, path)
        else:
            for method in getattr(here, "methods", None) or ("GET", "POST"):
                yield method, re.sub(r"\{[^}]*\}", "x", path)


def test_no_address_answers_a_stranger(site: Site) -> None:
    found = set(addresses(site.routes))
    paths = {path for _, path in found}
    assert {*GRADIO, *(f"/evaluation{path}" for path in GRADIO)} <= paths
    assert {"/api/ask", "/v1/chat/completions", "/mcp", "/library", "/account"} <= paths
    found |= {(method, path) for method in ("GET", "POST") for path in OTHERS}
    with site.client() as client:
        for method, path in sorted(found):
            if PUBLIC.fullmatch(path):
                continue
            answer = client.request(method, path.lstrip("/"))
            assert answer.status_code == 401, (method, path)
            page = client.request(method, path.lstrip("/"), headers=HTML)
            assert page.status_code == 303, (method, path)
            assert page.headers["location"].startswith("/sign-in?next=/"), (method, path)


def test_what_is_public_says_nothing_of_anybody(site: Site) -> None:
    with site.client() as client:
        assert client.get("healthz").json() == {"status": "ok"}
        assert client.get("site/style.css").status_code == 200
        for path in ("site/../records", "static/..%2f..%2f..%2fpyproject.toml", "assets/%2e%2e/x"):
            answer = client.get(path)
            assert answer.status_code in (401, 403, 404), path
            assert "data-law-qa" not in answer.text
        for path in ("Sign-In", "admin/assets", "api/site/x", "%2fsite/x", "site", "evaluation/x"):
            assert client.get(path).status_code in (401, 404), path


@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_for_its_roles(role: Role, site: Site) -> None:
    with site.signed_in(site.add(f"role-{role}", role)) as client:
        for path, roles in PAGES.items():
            answer = client.get(path)
            assert (answer.status_code == 403) == (role not in roles), path
            shown = client.get("library").text
        assert ('href="/evaluation"' in shown) == (role in ("evaluator", "admin"))
        assert ('href="/admin"' in shown) == (role == "admin")


def test_who_may_not_open_a_page_gets_a_page_that_says_so(site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        answer = client.get("evaluation/")
        assert "这个页面不对您的角色开放。" in answer.text
        assert 'href="/library"' in answer.text
        said = client.get("evaluation/config", headers={"accept": "application/json"})
        assert said.json() == {"error": "这个页面不对您的角色开放。"}


def test_a_role_that_was_taken_away_ends_at_once(site: Site) -> None:
    name = site.add("demoted", "evaluator")
    accounts = site.records.accounts
    with site.signed_in(name) as client:
        assert client.get("evaluation/").status_code == 200
        accounts.set_role(accounts.named(name).id, "user")
        assert client.get("evaluation/").status_code == 403
        accounts.set_active(accounts.named(name).id, False)
        assert client.get("library").status_code == 303


def test_a_forged_cookie_is_nobodys(site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        cookie = client.cookies[COOKIE]
    token, _, signature = cookie.rpartition(".")
    for forged in (token, f"{token}.", f"{token}x.{signature}", f".{signature}", f"{cookie}x", ""):
        with site.client(cookie=f"{COOKIE}={forged}") as client:
            assert client.get("library").status_code == 401, forged
    with site.client(cookie=f"{COOKIE}={cookie}") as client:
        assert client.get("library").status_code == 200


@pytest.mark.parametrize("path", ["sign-out", "account/keys", "gradio_api/queue/join", "api/ask"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_changes_nothing(path: str, origin: str, site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        forged = client.post(path, headers={"origin": origin}, data={"label": "x"})
        assert forged.status_code == 403
        assert client.get("config", headers={"origin": origin}).status_code == 403
        assert client.get("library").status_code == 200
        own = {"origin": site.address.rstrip("/")}
        assert client.get("config", headers=own).status_code == 200


def test_a_key_opens_the_interfaces_and_nothing_else(site: Site) -> None:
    accounts = site.records.accounts
    user = accounts.named(site.add("programmer", "admin"))
    key = accounts.create_key(user.id, "脚本")
    with site.client(authorization=f"Bearer {key}") as client:
        asked = {"question": "数据安全法第二十一条讲什么"}
        assert client.post("api/search", json=asked).status_code == 200
        assert client.get("v1/models").status_code == 200
        ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        mcp = {"accept": "application/json, text/event-stream"}
        assert client.post("mcp", json=ping, headers=mcp).json()["result"] == {}
        for path in ("", "config", "library", "account", "evaluation/", "gradio_api/info"):
            assert client.get(path).status_code == 401, path
        # a chat client on the desktop is a foreign page; it has the key, and no cookie
        assert client.get("v1/models", headers={"origin": "null"}).status_code == 200
        accounts.set_active(user.id, False)
        assert client.get("v1/models").status_code == 401
        accounts.set_active(user.id, True)
        accounts.revoke_key(user.id, accounts.keys(user.id)[0].id)
        answer = client.get("v1/models")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_wrong_key_is_not_made_good_by_a_session(site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        wrong = {"authorization": "Bearer dlq_wrong", "accept": "*/*"}
        assert client.get("api/documents", headers=wrong).status_code == 401


def test_every_answer_says_how_a_browser_may_use_it(site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        for path in ("", "library", "evaluation/", "nothing", "api/documents", "sign-in"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["x-frame-options"] == "SAMEORIGIN"
            assert headers["referrer-policy"] == "same-origin"
            assert "default-src 'self'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store", path


def test_files_are_kept_by_browsers_until_they_change(opened: Site) -> None:
    with opened.client(**HTML) as client:
        (asset,) = set(re.findall(r"assets/index-[\w-]+\.js", client.get("").text)[:1])
        (style,) = re.findall(r"site/plain\.css\?v=[0-9a-f]{12}", client.get("library").text)
        for path in (asset, f"evaluation/{asset}", style):
            assert "immutable" in client.get(path).headers["cache-control"], path
        plain = client.get("site/plain.css")
        assert plain.headers["cache-control"] == "no-cache"
        again = client.get("site/plain.css", headers={"if-none-match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        missing = client.get("assets/none-00000000.js")
        assert missing.status_code == 404
        assert "cache-control" not in missing.headers


def test_after_some_hours_without_use_one_signs_in_again(
    assistant: Assistant, tmp_path: Path
) -> None:
    a_moment = 1.5 / 3600
    with (
        put_up(assistant, tmp_path, session_hours=a_moment) as site,
        site.signed_in(site.add("sleeper", "user")) as client,
    ):
        assert client.get("library").status_code == 200
        wait(lambda: client.get("library").status_code == 303)


def wait(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < until
        time.sleep(2)


# open mode, proxies


def test_open_mode_is_for_this_machine_only() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        check(Settings(open=True, host=host))
    for host in ("0.0.0.0", "::", "192.168.1.5", "law.example"):
        with pytest.raises(SettingsError, match="开放模式"):
            check(Settings(open=True, host=host))
        check(Settings(open=False, host=host))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example"])
def test_open_mode_is_not_opened_by_a_foreign_name_of_this_machine(host: str, opened: Site) -> None:
    with opened.client(host=host, origin=f"http://{host}") as client:
        for method, path in (("GET", ""), ("GET", "config"), ("POST", "api/search")):
            answer = client.request(method, path)
            assert answer.status_code == 403
            assert "开放模式只能在本机" in answer.json()["error"]
    with opened.client(host="localhost:1234") as client:
        assert client.get("library").status_code == 200


def test_open_mode_lets_no_other_page_in(opened: Site) -> None:
    for origin in ("https://evil.example", "http://localhost:3000", "null"):
        headers = {"origin": origin, "x-forwarded-host": "localhost:3000"}
        with opened.client(**headers) as client:
            assert client.get("config").status_code == 403
            assert client.post("api/search", json={"question": "数据"}).status_code == 403


def test_open_mode_shows_all_pages_and_no_password(opened: Site) -> None:
    with opened.client(**HTML) as client:
        for path in PAGES:
            assert client.get(path).status_code in (200, 404), path
        assert "密码" not in client.get("account").text
        assert client.get("sign-in").headers["location"] == "/"


def test_a_proxys_word_counts_only_from_where_it_is_trusted(
    assistant: Assistant, tmp_path: Path, site: Site
) -> None:
    with site.client(**{"x-remote-user": "admin"}) as client:
        assert client.get("library").status_code == 401  # no such header is set
    for trusted, status in ((["127.0.0.1"], 200), (["10.0.0.1"], 401)):
        folder = tmp_path / trusted[0]
        folder.mkdir()
        chosen: dict[str, Any] = {"proxy_user_header": "X-Remote-User", "trusted_proxies": trusted}
        with put_up(assistant, folder, **chosen) as behind, behind.client() as client:
            named = {"x-remote-user": "lisi", "x-forwarded-for": "10.1.1.1"}
            assert client.get("library").status_code == 401
            answer = client.get("account", headers=named)
            assert answer.status_code == status
            if status == 200:
                assert "lisi" in answer.text and "修改密码" not in answer.text
                assert client.get("evaluation/", headers=named).status_code == 403
                strange = client.get("library", headers={"x-remote-user": "<b>"})
                assert strange.status_code == 403


@pytest.mark.parametrize(
    ("trusted", "told", "base"),
    [
        ("127.0.0.1", {"x-forwarded-host": "law.example"}, "https://law.example/"),
        ("127.0.0.1", {"x-forwarded-host": "law.example:8443"}, "https://law.example:8443/"),
        ("127.0.0.1", {"x-forwarded-host": "evil.example, law.example"}, "https://law.example/"),
        ("127.0.0.1", {"x-forwarded-host": "law.example/evil?"}, "https://own.example/"),
        ("127.0.0.1", {}, "https://own.example/"),
        ("10.0.0.1", {"x-forwarded-host": "evil.example"}, "http://own.example/"),
    ],
)
def test_whole_addresses_are_those_of_the_proxy_where_it_is_trusted(
    trusted: str, told: dict[str, str], base: str, site: Site, elsewhere: Site
) -> None:
    behind = site if trusted == "127.0.0.1" else elsewhere
    accounts = behind.records.accounts
    key = accounts.create_key(accounts.named(behind.add("linker", "user")).id, "脚本")
    headers = {
        "authorization": f"Bearer {key}",
        "host": "own.example",
        "x-forwarded-proto": "https",
    }
    with behind.client(**headers, **told) as client:
        read = client.get("api/documents/dsl").json()
        assert read["url"] == f"{base}doc/{quote('中华人民共和国数据安全法')}"
        assert read["provisions"][0]["url"].startswith(read["url"])
        arguments = {"document": "dsl", "locator": "第一条"}
        call = {"name": "read_provision", "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        accepts = {"accept": "application/json, text/event-stream"}
        result = client.post("mcp", json=message, headers=accepts).json()["result"]
        assert f"链接：{read['url']}/" in result["content"][0]["text"]


@pytest.fixture(scope="module")
def elsewhere(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose proxy is not this machine."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with put_up(assistant, folder, trusted_proxies=["10.0.0.1"]) as up:
        yield up


def test_a_proxy_may_show_the_site_in_a_folder(assistant: Assistant, tmp_path: Path) -> None:
    with put_up(assistant, tmp_path, root_path="/law") as site:
        with site.client(**HTML) as client:
            sent = client.get("library/search?q=数据&x=1")
            assert sent.headers["location"].startswith("/law/sign-in?next=/library/search%3Fq%3D")
        with site.signed_in(site.add("role-admin", "admin")) as client:
            (cookie,) = client.cookies.jar
            assert cookie.path == "/law"
        with site.client(cookie=f"{COOKIE}={cookie.value}", **HTML) as client:
            for path in ("library", "account", "api/docs", "doc/数据安全法", "briefing"):
                links = re.findall(r'(?:href|src|action)="(/[^"]*)"', client.get(path).text)
                assert links and all(link.startswith("/law/") for link in links), path
            for path in ("config", "evaluation/config"):
                folder = path.removesuffix("config").rstrip("/")
                root = client.get(path).json()["root"]
                assert root == f"{site.address}law/{folder}".rstrip("/")
            manifest = client.get("manifest.json")
            assert manifest.status_code == 200 and manifest.json()["start_url"] == "./"
            assert client.get("evaluation").headers["location"] == "/law/evaluation/"


def test_scripts_come_from_files_except_on_the_pages_of_gradio(site: Site) -> None:
    with site.signed_in(site.add("role-admin", "admin")) as client:
        for path in ("library", "doc/数据安全法", "briefing/", "account", "api/docs", "nothing"):
            policy = client.get(path).headers["content-security-policy"]
            assert "script-src 'self';" in policy, path
        for path in ("", "evaluation/", "admin/"):
            policy = client.get(path).headers["content-security-policy"]
            assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy, path
