"""What the page sends, and what it is told when something is wrong."""

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from qa.web.api.faults import TooLong, fault, told
from qa.web.templates import render

_LONGEST = 400_000
"""Bytes of a form: an outline with all of its ids is a tenth of it."""


class PageRoute(APIRoute):
    """A route whose errors are sentences: a page for who reads pages, else JSON for the script."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what it raises turned into an answer."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                status, sentence = told(error)
            if request.headers.get("accept", "").startswith("application/json"):
                return JSONResponse(fault(sentence), status)
            return render(request, "refused.html", status=status, said=sentence)

        return handled


async def form(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with its values in their order.

    Raises:
        TooLong: it is no form of this page.
    """
    body = (await _body(request)).decode("utf-8", "replace")
    return parse_qs(body, keep_blank_values=True)


async def message(request: Request) -> dict[str, Any]:
    """What the script sends; empty where it is no JSON object.

    Raises:
        TooLong: it is none of this page's script.
    """
    try:
        read = json.loads(await _body(request))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def text(sent: dict[str, Any], name: str) -> str:
    """A text that was sent; empty where there is none."""
    value = sent.get(name)
    return value if isinstance(value, str) else ""


def texts(sent: dict[str, Any], name: str) -> list[str]:
    """A list of texts that was sent."""
    value = sent.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            raise TooLong("发来的内容太长，没有存下；请改短一些再试。")
    return body
