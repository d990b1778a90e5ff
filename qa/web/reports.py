"""Reports of evaluations under addresses of their own, for a frame, a new window, a download."""

from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from qa.errors import QAError
from qa.evaluation.archive import Archive
from qa.web.spans import escape

# A report holds text from anywhere: its script may sort the report, and touch nothing else.
_HEADERS = {
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def report_address(name: str) -> str:
    """Where the report of a run is, seen from the page 评测."""
    return f"./report/{quote(name, safe='')}"


def comparison_address(before: str, after: str) -> str:
    """Where the comparison of two runs is, seen from the page 评测."""
    return f"./comparison/{quote(before, safe='')}/{quote(after, safe='')}"


def report_routes(archive: Archive) -> tuple[BaseRoute, ...]:
    """What the server answers at these addresses."""

    def report(request: Request) -> HTMLResponse:
        name = request.path_params["name"]
        return _page(lambda: archive.report(name).read_text(encoding="utf-8"))

    def comparison(request: Request) -> HTMLResponse:
        before, after = request.path_params["before"], request.path_params["after"]
        return _page(lambda: archive.comparison(before, after))

    return (
        Route("/evaluation/report/{name}", report),
        Route("/evaluation/comparison/{before}/{after}", comparison),
    )


def _page(read: Callable[[], str]) -> HTMLResponse:
    try:
        return HTMLResponse(read(), headers=_HEADERS)
    except QAError as error:
        said = (
            f'<!doctype html><html lang="zh-CN"><title>评测报告</title><p>{escape(str(error))}</p>'
        )
        return HTMLResponse(said, status_code=404, headers=_HEADERS)
