"""A real server with the API behind the real gate: for the tests of its clients."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.api import Tools, api_router
from qa.web.gate import Gate
from qa.web.monitoring import Monitoring
from qa.web.quotas import Quotas
from tests.web.sites import NO_QUOTA


@dataclass(frozen=True)
class Served:
    """A running server, and the key of a user of it."""

    address: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def served(assistant: Assistant, settings: Settings, folder: Path) -> Iterator[Served]:
    """On a free port, with a database in the folder."""
    with closing(Records.open(f"sqlite:///{folder / 'qa.sqlite'}")) as records:
        user = records.accounts.proxied("测试")
        key = records.accounts.create_key(user.id, "测试")
        config = uvicorn.Config(
            _app(assistant, records, settings), port=0, log_level="warning", access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Served(f"http://127.0.0.1:{port}", key)
        finally:
            server.should_exit = True
            thread.join(10)


def _app(assistant: Assistant, records: Records, settings: Settings) -> ASGIApp:
    watch = Monitoring(assistant, records, settings).watch
    tools = Tools(assistant, records, watch)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.running():
            yield

    app = FastAPI(openapi_url=None, lifespan=lifespan)
    app.state.source_note = lambda: assistant.source_note
    app.include_router(api_router(assistant, records, watch))
    app.router.routes.append(Route("/mcp", endpoint=tools))
    return Gate(app, records, settings, Quotas(records, settings.model_copy(update=NO_QUOTA)))
