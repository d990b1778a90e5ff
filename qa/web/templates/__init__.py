"""The plain pages: Jinja2 templates around one masthead, every value escaped."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qa.web.masthead import TITLE, Page, visible

_STATIC = Path(__file__).parents[1] / "static"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def _stamped(name: str) -> str:
    """A file of the site with a fingerprint of its content, so that browsers may keep it."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{name}?v={digest}"


_ENVIRONMENT.filters["stamped"] = _stamped


def render(request: Request, template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page made from `template`; `here` in `values` is the path of its own link."""
    html = _ENVIRONMENT.get_template(template).render(
        **_shared(request.scope.get("root_path", ""), request.state.user),
        source_note=request.app.state.source_note(),
        **{"here": None, **values},
    )
    return HTMLResponse(html, status_code=status)


def fragment(template: str, /, **values: Any) -> str:
    """A part of a page, made from `template`."""
    return _ENVIRONMENT.get_template(template).render(**values)


def compile_all() -> None:
    """Compile every template now; each would otherwise be when it is first shown."""
    for name in _ENVIRONMENT.list_templates(extensions=["html"]):
        _ENVIRONMENT.get_template(name)


def masthead(root: str, here: str, source_note: str, user: Any = None) -> str:
    """The head of a page of Gradio's, of the same template as that of the plain pages."""
    template = _ENVIRONMENT.get_template("masthead.html")
    return template.render(**_shared(root, user), source_note=source_note, here=here)


def _shared(root: str, user: Any) -> dict[str, Any]:
    pages: Sequence[Page] = visible(user)
    return {"title": TITLE, "root": Markup(root), "pages": pages, "user": user}
