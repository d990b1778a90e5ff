"""Signing in and out, the own password, the keys for other programs."""

import re
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa.errors import QAError
from qa.records.accounts import ROLES
from qa.records.records import Records
from qa.web.gate import COOKIE, Gate
from qa.web.monitoring import Monitoring
from qa.web.templates import render

_LONGEST_FORM = 10_000
_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""What no browser takes for the address of another host."""


def signing_router(records: Records, gate: Gate, monitoring: Monitoring) -> APIRouter:
    """The addresses of signing in; only who came in by password has one to change."""
    router = APIRouter(include_in_schema=False)
    accounts = records.accounts

    def sign_in_page(request: Request, name: str, after: str, fault: str = "") -> HTMLResponse:
        request.state.user = None  # the page is nobody's yet
        status = 401 if fault else 200
        return render(request, "sign_in.html", status=status, name=name, next=after, fault=fault)

    def account_page(
        request: Request, *, said: str = "", fault: str = "", new_key: str = ""
    ) -> HTMLResponse:
        user = request.state.user
        return render(
            request,
            "account.html",
            status=400 if fault else 200,
            here="account",
            role=ROLES[user.role],
            keys=accounts.keys(user.id),
            can_sign_out=request.state.session is not None,
            said=said,
            fault=fault,
            new_key=new_key,
        )

    @router.get("/sign-in")
    def show_sign_in(request: Request, next: str = "/") -> Response:
        if request.state.user:
            return RedirectResponse(f"{_root(request)}{_within(next)}", 303)
        return sign_in_page(request, "", _within(next))

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        name, after = form.get("name", "").strip(), _within(form.get("next", "/"))
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(
                accounts.sign_in, name, form.get("password", ""), address
            )
        except QAError as error:
            monitoring.turned_away(name, address)
            return sign_in_page(request, name, after, str(error))
        response = RedirectResponse(f"{_root(request)}{after}", 303)
        response.set_cookie(
            COOKIE,
            gate.signed(token),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path=_root(request) or "/",
        )
        return response

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        if request.state.session:
            accounts.sign_out(request.state.session)
        response = RedirectResponse(f"{_root(request)}/sign-in", 303)
        response.delete_cookie(COOKIE, path=_root(request) or "/")
        return response

    @router.get("/account")
    def show_account(request: Request) -> Response:
        return account_page(request)

    @router.post("/account/password")
    async def change_password(request: Request) -> Response:
        form = await _form(request)
        user, token = request.state.user, request.state.session
        try:
            await run_in_threadpool(
                accounts.change_password, user.id, form.get("old", ""), form.get("new", ""), token
            )
        except QAError as error:
            return account_page(request, fault=str(error))
        request.state.user = accounts.get(user.id)
        return account_page(request, said="密码已修改，其他地方的登录已失效。")

    @router.post("/account/keys")
    async def create_key(request: Request) -> Response:
        form = await _form(request)
        try:
            key = accounts.create_key(request.state.user.id, form.get("label", ""))
        except QAError as error:
            return account_page(request, fault=str(error))
        return account_page(request, new_key=key)

    @router.post("/account/keys/{key_id}/revoke")
    def revoke_key(request: Request, key_id: int) -> Response:
        try:
            accounts.revoke_key(request.state.user.id, key_id)
        except QAError as error:
            return account_page(request, fault=str(error))
        return account_page(request, said="密钥已吊销。")

    return router


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _within(address: str) -> str:
    """A path of this site to go to afterwards, and nothing else."""
    return address if _INSIDE.fullmatch(address) else "/"


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))
