"""The permanent addresses of documents and provisions, in full."""

from urllib.parse import quote

from starlette.requests import Request


def link(request: Request, document: str, locator: str = "") -> str:
    """The address of a document or of a place in it, on the host that was asked."""
    parts = ["doc", document, locator] if locator else ["doc", document]
    return f"{request.base_url}{'/'.join(quote(part, safe='') for part in parts)}"
