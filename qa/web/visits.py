"""Gradio's sessions: each belongs to the user who began it, and nobody else may name it."""

import asyncio
import json
import math
import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.bodies import again

_INSIDE = "/gradio_api/"
_NAMED = re.compile(r"/gradio_api/heartbeat/([^/]+)")
_UPLOAD = re.compile(r"/gradio_api/upload/?$")
_NOT_OFFERED = re.compile(
    r"/gradio_api/(?:call/|file[=/]|proxy=|stream/|custom_component/|process_recording"
    r"|deep_link|(?:undo-)?vibe-)"
)
"""What no page here uses: calls that name no session, files in the folder of uploads that all
pages share (or fetched from an address that the browser names), recordings and their like."""
_REMEMBERED = 100_000
"""More than Gradio itself keeps: 10 000 a page."""
_SETTLED_S = 0.25
"""How long a browser may take to hear that a stream of events has ended."""
_END = b'"msg":"close_stream"'
_JOIN, _STREAM = (re.compile(rf"/gradio_api/queue/{name}/?$") for name in ("join", "data"))
_OTHERS = "这个窗口是别人打开的；请刷新页面再用。"


class Visits:
    """ASGI middleware behind the gate: a `session_hash` is good for one user only.

    The browser makes the hash up; whoever names it first has it. Without this, who learns the hash
    of another could listen to that other's answers.

    It also sees to it that no click is lost: Gradio's page listens to one stream of events, which
    ends when none is under way. An event that is accepted while the page has not heard of that end
    would be told to nobody, so its acceptance is held back for a moment.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Guard Gradio's addresses of `app`."""
        self.app = app
        self._users: OrderedDict[str, int] = OrderedDict()
        self._ended: OrderedDict[str, float] = OrderedDict()
        """When the last stream of a session ended; seconds of the monotonic clock."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it names the session of somebody else."""
        user = scope.get("state", {}).get("user")
        if scope["type"] != "http" or user is None or _INSIDE not in scope["path"]:
            await self.app(scope, receive, send)
            return
        if _NOT_OFFERED.search(scope["path"]):
            await JSONResponse({"error": "没有这个地址。"}, 404)(scope, receive, send)
            return
        request = Request(scope, receive)
        body = b""
        if scope["method"] == "POST" and not _UPLOAD.search(scope["path"]):
            if request.headers.get("content-type", "").lower().startswith("multipart/"):
                await JSONResponse({"error": "这里不收表单。"}, 415)(scope, receive, send)
                return
            try:
                body = await request.body()
            except ClientDisconnect:
                return  # nobody is left to be answered
            receive = again(body, receive)
        sessions = [*_named(request, body)]
        if not all(self._may_name(one, user.id) for one in sessions):
            await JSONResponse({"error": _OTHERS}, 403)(scope, receive, send)
        elif sessions and _STREAM.search(scope["path"]):
            await self._streamed(sessions[-1], scope, receive, send)
        elif sessions and _JOIN.search(scope["path"]):
            await self._accepted(sessions[-1], scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _streamed(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if _END in message.get("body", b""):
                self._ended[session] = time.monotonic()
                self._ended.move_to_end(session)
                if len(self._ended) > _REMEMBERED:
                    self._ended.popitem(last=False)
            await send(message)

        await self.app(scope, receive, watched)

    async def _accepted(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def later(message: Message) -> None:
            if message["type"] == "http.response.start":
                ended = self._ended.get(session, -math.inf)
                await asyncio.sleep(max(0.0, ended + _SETTLED_S - time.monotonic()))
            await send(message)

        await self.app(scope, receive, later)

    def _may_name(self, session: str, user_id: int) -> bool:
        """Whether the session is that user's; one that is new now is."""
        owner = self._users.setdefault(session, user_id)
        self._users.move_to_end(session)
        if len(self._users) > _REMEMBERED:
            self._users.popitem(last=False)
        return owner == user_id


def _named(request: Request, body: bytes) -> Iterator[str]:
    """Every session that a request names: in its path, its query, or what it sends."""
    yield from _NAMED.findall(request.scope["path"])
    yield from request.query_params.getlist("session_hash")
    sent = _read(body)
    if isinstance(sent, dict) and isinstance(sent.get("session_hash"), str):
        yield sent["session_hash"]


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None  # Gradio says what is wrong with it
