"""Secrets are planted, everything is made to speak, and whatever it says is searched for them."""

import base64
import io
import os
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url

from qa.assistant import Assistant
from qa.errors import RecordsError
from qa.records.databases import database_of
from qa.retrieval.passage import Filters
from qa.settings import Settings
from qa.web.asking import Asking
from qa.web.gate import COOKIE
from qa.web.kept import Kept
from qa.web.monitoring.watch import Watch, Watched
from tests.llm.faulty import faulty, status
from tests.servers import postgres
from tests.web.monitoring.conftest import Lines, log_file, logged
from tests.web.sites import HTML, Site, cheap_passwords, put_up

__all__ = ["log_file", "logged"]

LLM_KEY, METRICS, PASSWORD, WRONG, DATABASE = (
    f"{name}-{secrets.token_hex(12)}" for name in ("llm", "metrics", "own", "mistyped", "db")
)
QUESTION = "发生数据安全事件要怎么办"
USERS_KEY = "the user's key"
GIVEN = {"llm_api_key": LLM_KEY, "metrics_token": METRICS}


@dataclass
class Heard:
    """What was said, and by whom; and what must not be in it."""

    said: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def leaks(self) -> list[tuple[str, str]]:
        return [
            (where, name)
            for where, text in self.said.items()
            for name, secret in self.secrets.items()
            if secret in text
        ]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database whose address has a password."""
    with postgres() as server:
        address = make_url(server.database()).set(password=DATABASE)
        yield address.render_as_string(hide_password=False)


@pytest.mark.parametrize("logged", [GIVEN], indirect=True)
def test_no_secret_is_in_logs_figures_pages_errors_exports_or_the_names_of_backups(
    url: str, assistant: Assistant, tmp_path: Path, logged: Lines, log_file: Path
) -> None:
    heard = Heard()
    with faulty(status(401)) as endpoint:  # which repeats the key in what it says
        told = {"llm_api_base": endpoint.address, "llm_model": "m", "database_url": url, **GIVEN}
        writing = Assistant.open(Settings(**told), writes=True, embedder=assistant._embedder)
        with closing(writing), cheap_passwords(), put_up(writing, tmp_path, **told) as site:
            planted(site, heard)
            pages(site, heard)
            exports(site, writing, heard)
            unforeseen(site, writing, heard)
        assert f"Bearer {LLM_KEY}" in endpoint.keys
    commands(url, tmp_path, heard)
    assert {line["event"] for line in logged()} >= {"question", "sign-in failed"}
    heard.said["log"] = log_file.read_text("utf-8")
    assert len(heard.secrets) == 10 and len(heard.said) > 25
    assert heard.leaks() == []


def planted(site: Site, heard: Heard) -> None:
    """A user with a password, a session and a key; all that nobody may hear."""
    accounts = site.records.accounts
    once = accounts.create("机密", "admin")
    user = accounts.named("机密")
    accounts.change_password(user.id, once, PASSWORD)
    signing = accounts.secret()
    heard.secrets |= {
        "the model's key": LLM_KEY,
        "the token of the figures": METRICS,
        "the one-time password": once,
        "the password": PASSWORD,
        "a mistyped password": WRONG,
        "the database's password": DATABASE,
        USERS_KEY: accounts.create_key(user.id, "脚本"),
        "what signs cookies": signing.hex(),
        "what signs cookies, in base 64": base64.b64encode(signing).decode().rstrip("="),
    }


def pages(site: Site, heard: Heard) -> None:
    """Pages, errors, figures; a question that its model does not answer."""

    def hear(client: httpx.Client, method: str, path: str, **sent: object) -> None:
        answer = client.request(method, path, **sent)  # type: ignore[arg-type]
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        heard.said[f"{len(heard.said)} {method} {path} {answer.status_code}"] = (
            f"{headers}\n{answer.text}"
        )

    with site.client(**HTML) as client:
        for word in (WRONG, PASSWORD):  # the second by mistake in the field of the name
            hear(client, "POST", "sign-in", data={"name": "机密", "password": word[:-1]})
            hear(client, "POST", "sign-in", data={"name": "", "password": word})
        answer = client.post("sign-in", data={"name": "机密", "password": PASSWORD})
        assert answer.status_code == 303
        heard.secrets["the session"] = client.cookies[COOKIE].partition(".")[0]
        for path in ("", "config", "account", "library", "doc/x", "nothing", "admin/", "readyz"):
            hear(client, "GET", path)
        hear(client, "POST", "account/password", data={"old": WRONG, "new": PASSWORD})
        hear(client, "GET", "export/conversation/x.docx")
    with site.client(authorization=f"Bearer {METRICS}") as client:
        hear(client, "GET", "metrics")
        assert "qa_questions" in [*heard.said.values()][-1]
    with site.client(authorization=f"Bearer {heard.secrets[USERS_KEY]}") as client:
        body = {"question": QUESTION, "stream": False}
        chat = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
        hear(client, "POST", "api/ask", json=body)
        assert "大模型" in [*heard.said.values()][-1]
        hear(client, "POST", "api/ask", json={**body, "stream": True})
        hear(client, "POST", "v1/chat/completions", json=chat)
        hear(client, "POST", "api/search", json={"question": 7})
        hear(client, "GET", "api/openapi.json")
        hear(client, "GET", "metrics")
        hear(client, "POST", "mcp", json={})
    with site.client(authorization=f"Bearer {WRONG}") as client:
        hear(client, "GET", "api/documents")


def exports(site: Site, writing: Assistant, heard: Heard) -> None:
    """A conversation whose model failed, as its owner takes it away."""
    user = site.records.accounts.named("机密").id
    kept = Kept(site.records, lambda: writing.versions)
    id = site.records.conversations.begin(user, QUESTION)
    asking = Asking(
        Watched(writing, Watch([]), user), QUESTION, (), Filters(), kept.keeper(user, id)
    )
    *_, (exchange,) = asking.watch()
    assert exchange.answer and exchange.answer.notices
    with site.client(**HTML) as client:
        client.post("sign-in", data={"name": "机密", "password": PASSWORD})
        heard.said["Markdown"] = client.get(f"export/conversation/{id}.md").text
        word = zipfile.ZipFile(io.BytesIO(client.get(f"export/conversation/{id}.docx").content))
    assert QUESTION in heard.said["Markdown"]
    for name in word.namelist():
        heard.said[f"Word {name}"] = word.read(name).decode("utf-8", "replace")


def unforeseen(site: Site, writing: Assistant, heard: Heard) -> None:
    """An error whose words are all the secrets."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(" ".join(heard.secrets.values()))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "search", broken)
        with site.client(authorization=f"Bearer {heard.secrets[USERS_KEY]}") as client:
            answer = client.get("api/search", params={"q": QUESTION})
        assert answer.status_code == 500
        heard.said["500"] = answer.text


def commands(url: str, folder: Path, heard: Heard) -> None:
    """The command `qa`, at work and failing, with `--debug` too; and a backup."""
    elsewhere = make_url(url).update_query_dict({"host": str(folder)})
    unreachable = elsewhere.render_as_string(hide_password=False)

    def run(*arguments: str, **settings: str) -> int:
        told = {"QA_DATABASE_URL": url, "QA_LLM_API_KEY": LLM_KEY, "QA_METRICS_TOKEN": METRICS}
        ran = subprocess.run(
            [sys.executable, "-c", "from qa.cli import main; main()", *arguments],
            env={**os.environ, **told, **settings},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        heard.said[f"{len(heard.said)} qa {' '.join(arguments)}"] = ran.stdout + ran.stderr
        return ran.returncode

    backups = folder / "backups"
    assert run("db", "backup", str(backups / "今天")) == 0
    assert run("--debug", "users", "list", QA_DATABASE_URL=unreachable) == 1
    assert run("--debug", "db", "backup", str(backups / "x"), QA_DATABASE_URL=unreachable) == 1
    with pytest.raises(RecordsError) as refused:
        database_of(url.replace("postgresql", "mysql"))
    heard.said["no such database"] = str(refused.value)
    (folder / "qa.toml").write_text(f'llm_api_keys = "{LLM_KEY}"\n', encoding="utf-8")
    assert run("--debug", "users", "list") == 1  # a setting is misspelt
    heard.said["names"] = "\n".join(each.name for each in backups.iterdir())
    assert "今天" in heard.said["names"]
