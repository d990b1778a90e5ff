"""A request turned away: a page for who reads pages, one sentence in JSON for programs."""

from collections.abc import Mapping

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from qa.web.api.faults import fault, openai_fault
from qa.web.templates import render


def refused(
    request: HTTPConnection,
    said: str,
    status: int = 403,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What is answered instead; `said` is a sentence."""
    if request.scope["type"] == "http" and reads_pages(request):
        page = render(Request(request.scope), "refused.html", status=status, said=said)
        page.headers.update(headers or {})
        return page
    openai = path_of(request.scope).startswith("/v1/")
    return JSONResponse(openai_fault(status, said) if openai else fault(said), status, headers)


def reads_pages(request: HTTPConnection) -> bool:
    """Whether a browser wants something to show."""
    return request.headers.get("accept", "").startswith("text/html")


def path_of(scope: Scope) -> str:
    """The address within the site."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))
