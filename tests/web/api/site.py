"""A real server with the API, as the site puts it up: for the tests of its clients."""

import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from qa.assistant import Assistant
from qa.web.api import Tools, api_router

KEY = "qa-a-key-of-one-user"


@dataclass(frozen=True)
class Known:
    id: int


def app(assistant: Assistant) -> FastAPI:
    tools = Tools(assistant)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.running():
            yield

    site = FastAPI(openapi_url=None, lifespan=lifespan)
    site.include_router(api_router(assistant))
    site.router.routes.append(Route("/mcp", endpoint=tools))

    @site.middleware("http")
    async def authenticate(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"error": "没有密钥，或密钥不可用。"}, 401)
        request.state.user = Known(1)
        return await answer(request)

    return site


@contextmanager
def served(assistant: Assistant) -> Iterator[str]:
    """The address of a running server on a free port."""
    config = uvicorn.Config(app(assistant), port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
