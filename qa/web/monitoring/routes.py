"""`/healthz`, `/readyz` and `/metrics`: for other programs that look after this one."""

import ipaddress
import secrets
from dataclasses import asdict
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from qa.records.records import Records
from qa.settings import Settings
from qa.web.monitoring import Monitoring

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What a proxy adds: what comes from this machine then comes from somewhere else."""
_NOT_YOURS = (
    "指标只给本机、管理员的接口密钥（Authorization: Bearer …）或 QA_METRICS_TOKEN 看；"
    "设置了 QA_METRICS_TOKEN 时，本机也要出示。"
)


def monitoring_router(monitoring: Monitoring, records: Records, settings: Settings) -> APIRouter:
    """Addresses for which nobody signs in; the figures are shown to who may see them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    def readyz() -> Response:
        checks = monitoring.readiness()
        status = "ready" if checks.ready else "not ready"
        return JSONResponse(
            {"status": status, "checks": asdict(checks)}, 200 if checks.ready else 503
        )

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        if not _may_read(request, records, settings):
            return JSONResponse({"error": _NOT_YOURS}, 403)
        text, media_type = monitoring.metrics.text(request.headers.get("accept", ""))
        return Response(text, media_type=media_type)

    return router


def _may_read(request: Request, records: Records, settings: Settings) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    key = shown.strip() if scheme.lower() == "bearer" else ""
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    if key:
        if token and secrets.compare_digest(key.encode(), token.encode()):
            return True
        user = records.accounts.user_of_key(key)
        return user is not None and user.role == "admin"
    return not token and _is_from_this_machine(request)


def _is_from_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_loopback(request.client.host) and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
