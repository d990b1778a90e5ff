"""How much anybody may ask of the site within a minute, by the clock, over all workers.

A worker draws a tenth of somebody's quota at a time from the database and counts it down in
memory: one write for every tenth of the quota, and never more in all than the quota. What was
drawn and not used is lost with the minute.
"""

import ipaddress
import logging
import math
import re
import threading
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import RecordsError
from qa.records.records import Records
from qa.settings import Settings
from qa.web.api.faults import TooMany
from qa.web.refusing import path_of, refused

log = logging.getLogger(__name__)

_MINUTE_S = 60
_SHARES = 10
_KINDS = (
    ("questions", re.compile(r"/api/ask|/v1/chat/completions|/briefing/\d+/generate")),
    ("searches", re.compile(r"/api/search|/mcp|/library/(search|compare)")),
    ("calls", re.compile(r"/(api|v1)/.*")),
)
"""The first that fits; a question on the page is counted where it is asked."""
_STRANGERS = "strangers"
_SENTENCES = {
    "questions": "一分钟内最多提问或生成 {most} 次；请过 {wait} 秒再试。",
    "searches": "一分钟内最多查找 {most} 次；请过 {wait} 秒再试。",
    "calls": "一分钟内最多调用接口 {most} 次；请过 {wait} 秒再试。",
    _STRANGERS: "这个地址没有登录的请求太多；请过 {wait} 秒再试。",
}


class Quotas:
    """Counts what each person, and each address of people not signed in, asks for."""

    def __init__(self, records: Records, settings: Settings) -> None:
        """Share `records` with the other workers; open mode has one person and no quota."""
        self._shared = records.quotas
        self._most = {} if settings.open else _most(settings)
        self._turn = threading.Lock()
        self._minute = 0
        self._left: dict[tuple[str, str], int] = {}
        """What was drawn this minute and is not used yet."""
        self._over: set[tuple[str, str]] = set()
        """For whom nothing is left to draw."""

    def spend(self, kind: str, whose: str) -> None:
        """Count one request.

        Raises:
            TooMany: it is more than the quota of this minute.
        """
        most = self._most.get(kind, 0)
        if not most:
            return
        now, key = time.time(), (kind, whose)
        minute = int(now // _MINUTE_S)
        with self._turn:
            if minute != self._minute:
                self._minute, self._left, self._over = minute, {}, set()
            if self._left.get(key, 0) > 0:
                self._left[key] -= 1
                return
            over = key in self._over
        drawn = 0 if over else self._draw(kind, whose, minute, most)
        with self._turn:
            if minute == self._minute and drawn:
                self._left[key] = self._left.get(key, 0) + drawn - 1
            elif minute == self._minute:
                self._over.add(key)
        if not drawn:
            wait = math.ceil((minute + 1) * _MINUTE_S - now)
            raise TooMany(_SENTENCES[kind].format(most=most, wait=wait), wait)

    def before(self, app: ASGIApp) -> ASGIApp:
        """The same application for who has not used up a quota; who asks is known by now."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            answering = app
            if scope["type"] == "http" and (found := _kind(scope)):
                try:
                    await run_in_threadpool(self.spend, *found)
                except TooMany as error:
                    wait = {"Retry-After": str(error.wait_s)}
                    answering = refused(HTTPConnection(scope), str(error), 429, wait)
            await answering(scope, receive, send)

        return counted

    def _draw(self, kind: str, whose: str, minute: int, most: int) -> int:
        share = math.ceil(most / _SHARES)
        try:
            return self._shared.draw(whose, kind, minute=minute, wanted=share, most=most)
        except RecordsError as error:
            # nobody is kept out because the disk is full
            log.warning("没有计入限额：%s", error)
            return share


def _most(settings: Settings) -> dict[str, int]:
    return {
        "questions": settings.limit_questions,
        "searches": settings.limit_searches,
        "calls": settings.limit_calls,
        _STRANGERS: settings.limit_strangers,
    }


def _kind(scope: Scope) -> tuple[str, str] | None:
    """What a request is counted as, and for whom; None where it is not counted."""
    user = scope["state"]["user"]
    if user is None:
        return _STRANGERS, _network(scope)
    path = path_of(scope)
    kinds = (name for name, paths in _KINDS if paths.fullmatch(path))
    return next(((kind, str(user.id)) for kind in kinds), None)


def _network(scope: Scope) -> str:
    """The address of who asks; of IPv6 the half that one connection is given."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))
