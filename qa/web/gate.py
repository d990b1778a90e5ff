"""Who is asking: every request is some user's, and each address is for its roles."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from itsdangerous import BadSignature, Signer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import QAError
from qa.records.accounts import User
from qa.records.records import Records
from qa.settings import Settings
from qa.web.masthead import PAGES

COOKIE = "qa_session"
_OPEN = re.compile(
    r"/(sign-in|healthz|favicon\.ico|manifest\.json|robots\.txt|theme\.css"
    r"|(\w+/)?(assets|static|svelte|site)/.*)"
)
"""What anyone may have: the way in, and files that say nothing of anybody."""
_KEYED = re.compile(r"/(api|v1|mcp)(/.*)?")
"""Where programs come in with a key."""
_OWN = re.compile(r"/(account(/password)?|sign-out)")
"""What is left to a user who must change the password first."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


class Gate:
    """ASGI middleware: puts the `User` into the request's state, or turns it away."""

    def __init__(self, app: ASGIApp, records: Records, settings: Settings) -> None:
        """Guard `app` for the users of `records`."""
        self._app = app
        self._accounts = records.accounts
        self._settings = settings
        self._signer = Signer(records.accounts.secret(), salt="session")
        self._local = records.accounts.local_user() if settings.open else None

    def signed(self, token: str) -> str:
        """A session's token as its cookie holds it."""
        return self._signer.sign(token).decode()

    def token(self, cookies: Mapping[str, str]) -> str | None:
        """The session's token in the cookies, if this installation signed it."""
        try:
            return self._signer.unsign(cookies.get(COOKIE, "")).decode()
        except BadSignature:
            return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its user, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        path = _path(scope)
        try:
            user = await run_in_threadpool(self._user, request, path)
        except QAError as error:
            await JSONResponse({"error": str(error)}, 403)(scope, receive, send)
            return
        refusal = self._refusal(request, path, user)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        scope.setdefault("state", {})["user"] = user

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)

    def _user(self, request: HTTPConnection, path: str) -> User | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _KEYED.fullmatch(path):
            return self._accounts.user_of_key(key.strip())
        if self._local is not None:
            return self._local
        name = self._proxied_name(request)
        if name:
            return self._accounts.proxied(name)
        token = self.token(request.cookies)
        return self._accounts.user_of_session(token) if token else None

    def _proxied_name(self, request: HTTPConnection) -> str:
        """The user that a trusted proxy says it has signed in; empty for none."""
        header = self._settings.proxy_user_header
        client = request.client.host if request.client else ""
        if not header or client not in self._settings.trusted_proxies:
            return ""
        return request.headers.get(header, "").strip()

    def _refusal(self, request: HTTPConnection, path: str, user: User | None) -> Response | None:
        if _OPEN.fullmatch(path):
            return None
        if not _is_from_here(request):
            return JSONResponse({"error": "请求来自别的网站，没有执行。"}, 403)
        root = request.scope.get("root_path", "")
        if user is None:
            if request.headers.get("accept", "").startswith("text/html"):
                return RedirectResponse(f"{root}/sign-in?next={quote(path, safe='/')}", 303)
            said = "请先登录，或在 Authorization 里给出有效的接口密钥。"
            return JSONResponse({"error": said}, 401, {"WWW-Authenticate": "Bearer"})
        if user.must_change and not _OWN.fullmatch(path):
            return RedirectResponse(f"{root}/account", 303)
        if not _may_open(user, path):
            return JSONResponse({"error": "这个页面不对您的角色开放。"}, 403)
        return None


def _path(scope: Scope) -> str:
    root = scope.get("root_path", "")
    path = str(scope["path"])
    return path.removeprefix(root) if root else path


def _may_open(user: User, path: str) -> bool:
    first = path.split("/")[1]
    page = next((page for page in PAGES if page.path == first), None)
    return page is None or page.roles is None or user.role in page.roles


def _is_from_here(request: HTTPConnection) -> bool:
    """A change asked for by a browser comes from this site's own pages; a read may come anyhow."""
    method = request.scope.get("method", "GET")
    origin = request.headers.get("origin")
    if method in ("GET", "HEAD", "OPTIONS") or origin is None:
        return True
    host = request.headers.get("x-forwarded-host") or request.headers.get("host")
    return urlsplit(origin).netloc == host
