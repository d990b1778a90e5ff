"""Who is asking: every request is some user's, and each address is for its roles."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from itsdangerous import BadSignature, Signer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qa.errors import QAError
from qa.records.accounts import User
from qa.records.records import Records
from qa.settings import Settings
from qa.web.bodies import Sized
from qa.web.masthead import PAGES
from qa.web.quotas import Quotas
from qa.web.refusing import path_of, reads_pages, refused
from qa.web.visits import Visits

COOKIE = "qa_session"
_OPEN = re.compile(
    r"/(healthz|readyz|metrics|favicon\.ico|manifest\.json|robots\.txt|theme\.css"
    r"|((evaluation|admin)/)?(assets|static|svelte|site)/.*)"
)
"""What anyone may have: files that say nothing of anybody."""
_HASHED = re.compile(r"/((evaluation|admin)/)?assets/.*")
"""Files of Gradio's that have a fingerprint of their content in their name."""
_WAY_IN = "/sign-in"
_KEYED = re.compile(r"/(api|v1|mcp)(/.*)?")
"""Where programs come in with a key."""
_OWN = re.compile(r"/(account(/password)?|sign-out)")
"""What is left to a user who must change the password first."""
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:.]+\](:\d+)?", re.ASCII)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_GRADIO_PAGES = re.compile(r"/|/(evaluation|admin)/?")
_GRADIO_SCRIPTS = " 'unsafe-inline' 'unsafe-eval' data: blob:"
"""Gradio writes scripts into its pages and makes functions of text; all of it is the site's own."""
_OTHER_SITE = "请求来自别的网站，没有执行。"
_OTHER_NAME = (
    "开放模式只能在本机用 127.0.0.1 或 localhost 打开；"
    "要从别处打开，请让管理员以登录方式启动（去掉 open）。"
)


class Gate:
    """ASGI middleware: puts the `User` into the request's state, or turns it away.

    Beside the `user` the state has the `session`: its token, None for who came in otherwise; and
    the `host` that the site's own absolute addresses name.
    """

    def __init__(self, app: FastAPI, records: Records, settings: Settings, quotas: Quotas) -> None:
        """Guard `app` for the users of `records`, who each have a quota."""
        self.app: ASGIApp = Sized(Visits(app), settings)
        self._quotas = quotas
        self._site = app
        self._accounts = records.accounts
        self._settings = settings
        self._signer = Signer(records.accounts.secret(), salt="session")
        self._local = records.accounts.local_user() if settings.open else None

    def signed(self, token: str) -> str:
        """A session's token as its cookie holds it."""
        return self._signer.sign(token).decode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its user, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = path_of(scope)
        host = self._host(HTTPConnection(scope))
        scope["app"] = self._site
        scope.setdefault("state", {}).update(user=None, session=None, host=host)
        public = bool(_OPEN.fullmatch(path))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                scripts = _GRADIO_SCRIPTS if _GRADIO_PAGES.fullmatch(path) else ""
                headers.setdefault("Content-Security-Policy", _POLICY.format(scripts=scripts))
                if caching := _caching(scope, path, message["status"]) if public else "no-store":
                    headers.setdefault("Cache-Control", caching)
            await send(message)

        admitted = self.app if public else await self._admitted(scope, path)
        answering = admitted if public else self._quotas.before(admitted)
        # who asks was told by the peer; further in, its word on scheme and client is believed
        trusted = list(self._settings.trusted_proxies)
        inside = ProxyHeadersMiddleware(answering, trusted)  # type: ignore[arg-type]
        await inside(scope, receive, guarded)  # type: ignore[arg-type]

    async def _admitted(self, scope: Scope, path: str) -> ASGIApp:
        """The site, with the user in the request's state; or what turns the request away."""
        request = HTTPConnection(scope)
        if self._local is not None and not _is_loopback(request.headers.get("host", "")):
            # a foreign name that leads to this machine: a page of its own may be behind it
            return refused(request, _OTHER_NAME)
        try:
            user, session, keyed = await run_in_threadpool(self._who, request, path)
        except QAError as error:
            return refused(request, str(error))
        if not keyed and not self._is_from_here(request):
            return refused(request, _OTHER_SITE)
        scope["state"].update(user=user, session=session)
        return (path != _WAY_IN and _refusal(request, path, user)) or self.app

    def _who(self, request: HTTPConnection, path: str) -> tuple[User | None, str | None, bool]:
        """The user, the token of the session if there is one, and whether a key was shown."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _KEYED.fullmatch(path):
            return self._accounts.user_of_key(key.strip()), None, True
        if self._local is not None:
            return self._local, None, False
        if self._is_proxy(request) and (name := self._proxied_name(request)):
            return self._accounts.proxied(name), None, False
        token = self._token(request.cookies)
        user = self._accounts.user_of_session(token) if token else None
        return user, token if user else None, False

    def _token(self, cookies: Mapping[str, str]) -> str | None:
        """The session's token in the cookies, if this installation signed it."""
        try:
            return self._signer.unsign(cookies.get(COOKIE, "")).decode()
        except BadSignature:
            return None

    def _proxied_name(self, request: HTTPConnection) -> str:
        """The user that the proxy says it has signed in; empty for none."""
        header = self._settings.proxy_user_header
        return request.headers.get(header, "").strip() if header else ""

    def _is_proxy(self, request: HTTPConnection) -> bool:
        peer = request.client
        return peer is not None and peer.host in self._settings.trusted_proxies

    def _is_from_here(self, request: HTTPConnection) -> bool:
        """Whether what a browser asks for is asked by a page of this site."""
        origin = request.headers.get("origin")
        if origin is None:
            return True
        named = urlsplit(origin).netloc
        return bool(named) and named in {request.headers.get("host"), self._host(request)}

    def _host(self, request: HTTPConnection) -> str:
        """The host by which browsers know this site: the proxy's word, where it is trusted."""
        if self._local is None and self._is_proxy(request):
            # the proxy's own word is the last; those before it may be anybody's
            told = request.headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
            if _HOST.fullmatch(told):
                return told
        return request.headers.get("host", "")


def _refusal(request: HTTPConnection, path: str, user: User | None) -> Response | None:
    root = request.scope.get("root_path", "")
    if user is None:
        if reads_pages(request):
            after = _address(request, path)
            return RedirectResponse(f"{root}{_WAY_IN}?next={quote(after, safe='/')}", 303)
        said = "请先登录，或在 Authorization 里给出有效的接口密钥。"
        return refused(request, said, 401, {"WWW-Authenticate": "Bearer"})
    if user.must_change and not _OWN.fullmatch(path):
        if reads_pages(request):
            return RedirectResponse(f"{root}/account", 303)
        return refused(request, "请先在网页的账户页换掉一次性密码。")
    return None if _may_open(user, path) else refused(request, "这个页面不对您的角色开放。")


def _address(request: HTTPConnection, path: str) -> str:
    """Where to go on after signing in: what was asked for, if it can be asked for again."""
    if request.scope.get("method") != "GET":
        return "/"
    query = request.scope.get("query_string", b"").decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")


def _caching(scope: Scope, path: str, status: int) -> str | None:
    """How long a browser may keep a file that anyone may have; None to leave it to the browser."""
    own = path.startswith("/site/")
    stamped = scope.get("query_string", b"").startswith(b"v=") if own else _HASHED.fullmatch(path)
    if stamped and status in (200, 304):
        return "public, max-age=31536000, immutable"
    return "no-cache" if own else None


def _may_open(user: User, path: str) -> bool:
    first = path.split("/")[1] if "/" in path else path
    page = next((page for page in PAGES if page.path == first), None)
    return page is None or page.roles is None or user.role in page.roles


def _is_loopback(host: str) -> bool:
    """Whether the name in a request's `Host` is one of this machine's own."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
