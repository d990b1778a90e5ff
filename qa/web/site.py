"""The site: its pages behind one gate, and putting them up; `qa.web.serving` is the whole of it."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from qa.assistant import Assistant
from qa.errors import SettingsError
from qa.evaluation.runs import Runs
from qa.ingest.formats import Limits
from qa.records.records import Records
from qa.settings import Settings
from qa.web import admin, chat, evaluation
from qa.web.api import Tools, api_router
from qa.web.appearance import head, theme
from qa.web.briefing import briefing_router
from qa.web.events import PRIVATE, user_of
from qa.web.exports import export_router
from qa.web.gate import Gate
from qa.web.library import library_router
from qa.web.masthead import TITLE
from qa.web.monitoring import Monitoring
from qa.web.monitoring.requests import Counted
from qa.web.monitoring.routes import monitoring_router
from qa.web.quotas import Quotas
from qa.web.reports import report_routes
from qa.web.signing import signing_router
from qa.web.templates import masthead

_UPLOAD = "20mb"
_STATIC = Path(__file__).with_name("static")
_STARTING_S = 30.0


def build(assistant: Assistant, records: Records, settings: Settings) -> ASGIApp:
    """The site over an open assistant and the records; `Running` puts it up."""
    monitoring = Monitoring(assistant, records, settings)
    watch = monitoring.watch
    tools = Tools(assistant, records, watch)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with monitoring.listening():
            async with tools.running():
                yield

    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.source_note = lambda: assistant.source_note  # another one after a rebuild
    quotas = Quotas(records, settings)
    gate = Gate(app, records, settings, quotas)
    app.include_router(signing_router(records, gate, monitoring))
    app.include_router(library_router(assistant))
    app.include_router(export_router(assistant, records))
    app.include_router(briefing_router(assistant, records))
    app.include_router(api_router(assistant, records, watch))
    app.router.routes.append(Route("/mcp", endpoint=tools))
    app.mount("/site", StaticFiles(directory=_STATIC))

    app.include_router(monitoring_router(monitoring, records, settings))
    runs = Runs(settings, assistant)
    app.router.routes.extend(report_routes(runs.archive))
    _mount(app, "evaluation", assistant, lambda blocks: evaluation.lay_out(blocks, runs))
    arrivals = admin.Arrivals(assistant, Limits.of(settings))
    app.include_router(admin.uploading_router(arrivals))
    _mount(
        app,
        "admin",
        assistant,
        lambda blocks: admin.lay_out(blocks, assistant, records, settings, monitoring, arrivals),
    )
    _mount(
        app, "", assistant, lambda blocks: chat.lay_out(blocks, assistant, records, watch, quotas)
    )
    return Counted(gate, monitoring.metrics)


class Running:
    """The site, up in a thread of its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Put it up; port 0 takes a free one.

        Raises:
            SettingsError: the address cannot be had.
        """
        bound = _bound(settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.address = f"http://{host}:{bound.getsockname()[1]}/"
        config = uvicorn.Config(
            app,
            log_config=None,  # its lines go where the program's go
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # the gate sees to them, once it knows who asks
            root_path=settings.root_path,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [bound]}, name="site", daemon=True
        )
        self._thread.start()
        until = time.monotonic() + _STARTING_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise SettingsError("页面没有启动起来；用 qa --debug serve 再试可看到详情。")
            time.sleep(0.02)

    def wait(self) -> None:
        """Return when it is closed, or at Ctrl+C."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.5)
        except KeyboardInterrupt:
            self.close()

    def close(self) -> None:
        """Take it down."""
        self._server.should_exit = True
        self._thread.join(10)


def _mount(
    app: FastAPI, path: str, assistant: Assistant, lay_out: Callable[[gr.Blocks], None]
) -> None:
    """A page of Gradio's under an address of its own."""
    blocks = gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False)
    with blocks:
        at = ".." if path else "."
        top = gr.HTML(
            masthead(at, path, assistant.source_note),
            elem_id="masthead",
            apply_default_css=False,
        )

        def mine(request: gr.Request) -> str:
            return masthead(at, path, assistant.source_note, user_of(request))

        blocks.load(mine, None, top, **PRIVATE)
        lay_out(blocks)
    if path:

        @app.get(f"/{path}", include_in_schema=False)
        def with_slash(request: Request) -> Response:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/{path}/", 307)

    gr.mount_gradio_app(
        app,
        blocks,
        path=f"/{path}",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        show_error=False,
        theme=theme(),
        head=head(),
        max_file_size=_UPLOAD,
    )


def _bound(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Told that it is TCP, asyncio sends an event at once, not after the last one was acknowledged.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        raise SettingsError(
            f"地址 {settings.host}:{settings.port} 打不开，可能端口已被占用；"
            "请关掉占用它的程序，或用设置项 port（环境变量 QA_PORT）换一个端口。"
        ) from error
    return bound
