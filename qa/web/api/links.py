"""The permanent addresses of documents and provisions, in full."""

from urllib.parse import quote

from starlette.requests import Request


def link(request: Request, document: str, locator: str = "") -> str:
    """The address of a document or of a place in it, as who asked knows the site."""
    parts = ["doc", document, locator] if locator else ["doc", document]
    base = request.base_url.replace(netloc=request.state.host)
    return f"{base}{'/'.join(quote(part, safe='') for part in parts)}"
