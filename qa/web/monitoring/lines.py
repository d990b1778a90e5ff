"""The log as JSON, a line for each event: to standard error, or to a file that is rotated.

No line holds the words of a question unless `log_text` is on, nor a key, password or token ever.
"""

import hashlib
import hmac
import logging
import re
import traceback
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from qa.errors import SettingsError
from qa.settings import Settings
from qa.tracing import asked as asked_id
from qa.web.monitoring.asked import Asked, id_of

log = logging.getLogger(__name__)

_SECRETS = (
    re.compile(r"\b(?:dlq_|sk-)[\w-]{6,}"),
    re.compile(r"(?<=Bearer )[^\s\"\\]+", re.IGNORECASE),
    re.compile(r"(?<=://)[^\s/@\"\\]+:[^\s/@\"\\]+(?=@)"),
    re.compile(r"(?<=qa_session=)[^\s;\"\\]+"),
)
"""API keys of ours and of others, what a header carries, the password of a database's address."""
_HIDDEN = "[…]"
_Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure(settings: Settings) -> None:
    """Have the program's log written as the settings say; for the process that serves.

    Raises:
        SettingsError: the file cannot be written.
    """
    logging.basicConfig(handlers=[handler(settings)], level=logging.WARNING, force=True)
    logging.getLogger("qa").setLevel(logging.INFO)


def handler(settings: Settings) -> logging.Handler:
    """Where the lines go.

    Raises:
        SettingsError: the file cannot be written.
    """
    made: logging.Handler = logging.StreamHandler()
    if settings.log_file is not None:
        try:
            settings.log_file.parent.mkdir(parents=True, exist_ok=True)
            made = RotatingFileHandler(
                settings.log_file,
                maxBytes=round(settings.log_megabytes * 2**20),
                backupCount=settings.log_files,
                encoding="utf-8",
            )
        except OSError as error:
            raise SettingsError(
                f"日志文件 {settings.log_file} 写不了（{error.strerror}）；"
                "请检查设置 QA_LOG_FILE 和文件夹的权限。"
            ) from error
    made.setFormatter(_Line(settings))
    made.addFilter(_named)
    return made


class Lines:
    """Writes one line for each question."""

    def __init__(self, secret: bytes, *, with_text: bool) -> None:
        """`secret`: what users are hashed with, so that nobody else can tell who they are."""
        self._secret = secret
        self._with_text = with_text

    def begun(self) -> None:
        """Nothing: the line is written at the end."""

    def waits(self, waiting: bool) -> None:
        """Nothing: how long it took is in the line."""

    def ended(self, asked: Asked) -> None:
        """The line."""
        known: dict[str, Any] = {
            "id": asked.id,
            "user": hashed(self._secret, str(asked.by.user_id)),
            "way": asked.by.way,
            "mode": asked.mode,
            "outcome": asked.outcome,
            "refusal": asked.refusal or None,
            "fault": asked.fault or None,
            "model": asked.model,
            "passages": asked.passages,
            "cited": len(asked.cited),
            "stages_ms": {stage: round(ms, 1) for stage, ms in asked.stages_ms.items()},
            "tokens": asked.tokens,
        }
        if self._with_text:
            known["text"] = asked.by.question
        log.info("question", extra=known)


def hashed(secret: bytes, name: str) -> str:
    """The same name gives the same 16 digits, from which nobody reads it without the secret."""
    return hmac.new(secret, b"log " + name.encode(), hashlib.sha256).hexdigest()[:16]


class _Line(JsonFormatter):
    """One record as one line of JSON."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger", "message": "event"},
            timestamp="time",
            json_ensure_ascii=False,
        )
        self._with_text = settings.log_text
        keys = (settings.llm_api_key, settings.metrics_token)
        self._keys = [found for key in keys if key and (found := key.get_secret_value())]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for key in self._keys:
            line = line.replace(key, _HIDDEN)
        for pattern in _SECRETS:
            line = pattern.sub(_HIDDEN, line)
        return line

    def formatException(self, ei: _Caught) -> str:
        """The places and the kinds; what the errors say may hold the words of a question."""
        if self._with_text or ei[1] is None:
            return str(super().formatException(ei))
        return " ⇐ ".join(map(_place, _chain(ei[1])))


def _named(record: logging.LogRecord) -> bool:
    """Each line about a question has its id."""
    caught = record.exc_info[1] if record.exc_info else None
    if not hasattr(record, "id") and (id := id_of(caught) or asked_id.get()):
        record.id = id
    return True


def _chain(error: BaseException) -> list[BaseException]:
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) and cause not in found:
        found.append(cause)
    return found


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    places = " › ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__}: {places}"
