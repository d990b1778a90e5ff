"""Who may come in where: every address of the site against one table, for every kind of caller."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from qa.assistant import Assistant
from qa.records.accounts import ROLES
from tests.web.sites import HTML, PASSWORD, Site, put_up
from tests.web.test_gate import addresses

STRANGERS = {"stranger", "deactivated"}
SIGNED_IN = {*ROLES}
ANYBODY = {*STRANGERS, "newcomer", "key", *SIGNED_IN}
GRADIO_FILES = "(assets|static|svelte)/.*"
GRADIO = (
    "config|favicon.ico|login|logout|manifest.json|monitoring|openapi.json|pwa_icon|robots.txt"
    "|theme.css"
    "|gradio_api/(api|app_id|call|cancel|component_server|custom_component|deep_link|dev/reload"
    "|file|heartbeat|info|login_check|openapi.json|process_recording|proxy|queue/(data|join|status)"
    "|reset|runs?|startup-events|stream|theme.css|token|undo-vibe-edit|upload|upload_progress|user"
    "|vibe-(code|edit|starter-queries))"
)

TABLE = {
    # files that say nothing of anybody, probes (the figures of /metrics have a guard of their own)
    rf"/({GRADIO_FILES}|favicon\.ico|manifest\.json|robots\.txt|theme\.css)": ANYBODY,
    rf"/(evaluation|admin)/{GRADIO_FILES}": ANYBODY,
    "/(healthz|readyz|metrics|sign-in)": ANYBODY,
    # what is left to who must change the password first
    "/(account(/password)?|sign-out)": {"newcomer", *SIGNED_IN},
    # programs come in with a key
    "/(api|v1|mcp)(/.*)?": {"key", *SIGNED_IN},
    "/account/keys(/.*)?": SIGNED_IN,
    "/site": SIGNED_IN,  # the folder; its files are for anybody
    "/(library|doc|original|export|clips)(/.*)?": SIGNED_IN,
    "/briefing(/.*)?": {"trainer", "admin"},
    rf"/evaluation(/((report|comparison)/.*|({GRADIO})([/=].*)?)?)?": {"evaluator", "admin"},
    rf"/admin(/(intake(/.*)?|({GRADIO})([/=].*)?)?)?": {"admin"},
    rf"/(({GRADIO})([/=].*)?)?": SIGNED_IN,  # the page 问答
}


@pytest.fixture(scope="module")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with put_up(assistant, tmp_path_factory.mktemp("matrix")) as found:
        yield found


@pytest.fixture(scope="module")
def callers(site: Site) -> Iterator[dict[str, httpx.Client]]:
    """A client of each kind."""
    accounts = site.records.accounts
    with ExitStack() as opened:
        found = {role: opened.enter_context(site.signed_in(site.add(role, role))) for role in ROLES}
        found["stranger"] = opened.enter_context(site.client(**HTML))
        once = accounts.create("newcomer", "admin")
        found["newcomer"] = opened.enter_context(site.client(**HTML))
        found["newcomer"].post("sign-in", data={"name": "newcomer", "password": once})
        found["deactivated"] = opened.enter_context(site.signed_in(site.add("gone", "admin")))
        accounts.set_active(accounts.named("gone").id, False)
        key = accounts.create_key(accounts.named("user").id, "matrix")
        found["key"] = opened.enter_context(site.client(authorization=f"Bearer {key}"))
        yield found


def comes_in(client: httpx.Client, method: str, path: str) -> bool:
    """Whether the gate lets a request pass, whatever the site then says to it."""
    with client.stream(method, path.lstrip("/")) as answer:
        if answer.status_code == 303:
            return not re.match("/(sign-in|account)", answer.headers["location"])
        if answer.status_code == 403:  # Gradio says so, too, of files that it has not made
            answer.read()
            return "这个页面不对您的角色开放。" not in answer.text
        return answer.status_code != 401


def test_every_address_stands_in_the_table_once(site: Site) -> None:
    for _, path in {*addresses(site.routes)}:
        rows = [row for row in TABLE if re.fullmatch(row, path)]
        assert rows, f"{path}: who may come in here? Say so in the table."


@pytest.mark.parametrize("caller", sorted(ANYBODY))
def test_the_table_holds(caller: str, site: Site, callers: dict[str, httpx.Client]) -> None:
    leaving = {"/sign-out", "/sign-in", "/account/password"}  # they would change who is asking
    own_guard = {"/metrics"}
    found = {*addresses(site.routes)}
    tried = 0
    for method, path in sorted(found):
        if method in ("HEAD", "OPTIONS") or (path in leaving and method == "POST"):
            continue
        if path in own_guard or (method, f"{path}/") in found:  # Gradio has many in both forms
            continue
        expected = caller in TABLE[next(row for row in TABLE if re.fullmatch(row, path))]
        assert comes_in(callers[caller], method, path) == expected, (caller, method, path)
        tried += 1
    assert tried > 100


def test_the_callers_are_who_they_are_said_to_be(callers: dict[str, httpx.Client]) -> None:
    for role in ROLES:
        assert role in callers[role].get("account").text
    assert callers["newcomer"].get("library").headers["location"] == "/account"
    assert callers["deactivated"].get("library").headers["location"].startswith("/sign-in")
    assert callers["key"].get("api/documents").status_code == 200
    assert PASSWORD not in callers["admin"].get("account").text
