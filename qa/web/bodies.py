"""The bodies of requests: how long they may be, and reading them before somebody else does."""

import re

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.settings import Settings
from qa.web.refusing import path_of, refused

_UPLOADS = re.compile(r"(/(evaluation|admin))?/gradio_api/upload/?|/admin/intake")
"""They have limits of their own, and are not held in memory."""
_DROPPED = 2**26
"""How much is read and dropped for a browser to hear the reason: one whose sending is cut does not.
"""


class Sized:
    """ASGI middleware: nothing longer comes to the application than the settings say."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Guard `app`."""
        self.app = app
        self._most = round(settings.request_megabytes * 2**20)
        self._said = (
            f"发来的内容超过上限 {settings.request_megabytes:g} MB，没有处理；请改短一些再试。"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say that it is too long."""
        if scope["type"] != "http" or _UPLOADS.fullmatch(path_of(scope)):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        told = request.headers.get("content-length", "")
        size = int(told) if told.isascii() and told.isdigit() else 0
        if "transfer-encoding" in request.headers:  # in pieces: how many, only their end tells
            body, size = await _read(receive, self._most)
            receive = again(body, receive)
        elif self._most < size <= _DROPPED:
            await _read(receive, 0)
        inside = self.app if size <= self._most else refused(request, self._said, 413)
        await inside(scope, receive, send)


def again(body: bytes, receive: Receive) -> Receive:
    """What was read already, and then what comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received


async def _read(receive: Receive, most: int) -> tuple[bytes, int]:
    """The body and its size; of one that is longer the first part alone."""
    kept, size, more = bytearray(), 0, True
    while more and size <= _DROPPED:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        kept += chunk[: max(0, most - len(kept))]
        more = message.get("more_body", False)
    return bytes(kept), size
