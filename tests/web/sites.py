"""Sites to try: the real one, put up with other settings, and people who come to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from qa.assistant import Assistant
from qa.records.accounts import Role
from qa.records.records import Records
from qa.settings import Settings
from qa.web.site import Running, build

PASSWORD = "a-password-of-one's-own"
NO_QUOTA = {f"limit_{kind}": 0 for kind in ("questions", "searches", "calls", "strangers")}
"""A test asks more within a minute than anybody who reads the answers."""
HTML = {"accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True)
class Site:
    """A site that is up."""

    address: str
    records: Records
    gate: ASGIApp

    @property
    def routes(self) -> list[BaseRoute]:
        """What stands behind the gate."""
        app: Any = self.gate
        while not hasattr(app, "routes"):
            app = app.app
        return list(app.routes)

    def client(self, **headers: str) -> httpx.Client:
        """A browser without a cookie; it does not follow on its own."""
        return httpx.Client(base_url=self.address, headers=headers, timeout=30, trust_env=False)

    def add(self, name: str, role: Role) -> str:
        """A user who has changed the one-time password; nothing if there is one already."""
        accounts = self.records.accounts
        if all(user.name != name for user in accounts.all()):
            once = accounts.create(name, role)
            accounts.change_password(accounts.named(name).id, once, PASSWORD)
        return name

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """The browser of a user of `add`."""
        with self.client(**HTML) as client:
            answer = client.post("sign-in", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            yield client


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing, where it is not the passwords that a test is about."""
    cheap = partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qa.records.passwords.PasswordHasher", cheap)
        yield


@contextmanager
def put_up(assistant: Assistant, folder: Path, **chosen: Any) -> Iterator[Site]:
    """The site with a database of its own; its accounts sign in unless `chosen` says otherwise."""
    lying = {"runs_dir": folder / "runs", "database_url": f"sqlite:///{folder / 'qa.sqlite'}"}
    settings = Settings(**{"port": 0, **lying, **NO_QUOTA, **chosen})
    records = Records.open(settings.database_url, session_hours=settings.session_hours)
    gate = build(assistant, records, settings)
    running = Running(gate, settings)
    yield Site(running.address, records, gate)
    running.close()
    records.close()
