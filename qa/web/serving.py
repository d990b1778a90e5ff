"""`qa serve`: from the settings to a site that is up, until it is stopped."""

import gc
import ipaddress
import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from qa import __version__
from qa.errors import SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.assistant import Assistant

log = logging.getLogger(__name__)

_WARMING_AFTER_S = 2.0
"""Who asks at once shares the processor with nothing."""


def serve(settings: Settings) -> None:
    """Open the assistant and keep the site up until Ctrl+C.

    Raises:
        QAError: corpus, model, database or address cannot be used.
    """
    check(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what a service is stopped with
    # Nearly all that a start makes stays; looking through it again and again for what might be
    # thrown away is a sixth of the processor's time.
    gc.disable()
    from qa.assistant import Assistant
    from qa.records.records import Records
    from qa.web.following import Following
    from qa.web.monitoring import lines, traces

    lines.configure(settings)
    traced = traces.configure()
    with closing(Records.open(settings.database_url, session_hours=settings.session_hours)) as kept:
        first = None if settings.open else kept.accounts.first_admin()
        with ThreadPoolExecutor(1, "opening") as beside:
            opening = beside.submit(Assistant.open, settings, writes=True)
            from qa.web.site import Running, build  # Gradio takes as long as the index
        with closing(opening.result()) as assistant:
            running = Running(build(assistant, kept, settings), settings)
            log.info(
                "started",
                extra={
                    "version": __version__,
                    "address": running.address,
                    "corpus": assistant.manifest.corpus,
                    "provisions": assistant.manifest.provisions,
                    "model": assistant.model.name if assistant.model else None,
                    "traced": traced,
                },
            )
            print(f"页面已打开：{running.address} （按 Ctrl+C 结束）", flush=True)
            if first:
                print(f"第一次启动：用户名 {first.name}，一次性密码 {first.password}", flush=True)
            warming = threading.Timer(_WARMING_AFTER_S, _warm, [assistant])
            warming.daemon = True
            warming.start()
            gc.freeze()
            gc.enable()
            with closing(Following(assistant, settings.indexes_dir)):
                running.wait()
    log.info("stopped")


def check(settings: Settings) -> None:
    """Nobody may come in without signing in, unless it is from this very machine.

    Raises:
        SettingsError: the settings would let others in.
    """
    if settings.open and not _is_loopback(settings.host):
        raise SettingsError(
            f"开放模式（open）不登录就能使用，只许在本机（127.0.0.1）用，不能监听 {settings.host}；"
            "请去掉 open，或把 host 改回 127.0.0.1。"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _warm(assistant: "Assistant") -> None:
    """In the background: nobody has to wait for what is needed first."""
    from qa.web.templates import compile_all

    compile_all()
    assistant.warm()
