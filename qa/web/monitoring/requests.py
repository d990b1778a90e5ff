"""HTTP requests, counted by the route that answered them."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.monitoring.metrics import Metrics

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NONE = "none"
"""The route of what was turned away before it came to one, or is served without: static files."""


class Counted:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Count what is asked of `app`."""
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on; count it when its answer has ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            self._metrics.requests.labels(method, _route(scope), status).inc()


def _route(scope: Scope) -> str:
    """The template, such as `/account/keys/{key_id}/revoke`: as many as the site has routes."""
    path = getattr(scope.get("route"), "path", None)
    return _mounted(scope) + path if path else _NONE


def _mounted(scope: Scope) -> str:
    """Where the application with that route is mounted."""
    return str(scope.get("root_path", "")).removeprefix(scope.get("app_root_path", ""))
