"""Errors of the API: one Chinese sentence in JSON, whatever went wrong."""

import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from qa.errors import NotFound, QAError
from qa.web.monitoring.asked import id_of

log = logging.getLogger(__name__)

_SENTENCES = {
    "missing": "缺少字段 {field}。",
    "extra_forbidden": "没有字段 {field}；请对照 /api/docs 检查拼写。",
    "json_invalid": "请求的正文不是正确的 JSON。",
    "string_type": "字段 {field} 应为文字。",
    "list_type": "字段 {field} 应为列表。",
    "bool_type": "字段 {field} 应为 true 或 false。",
    "bool_parsing": "字段 {field} 应为 true 或 false。",
    "int_type": "字段 {field} 应为整数。",
    "int_parsing": "字段 {field} 应为整数。",
    "int_from_float": "字段 {field} 应为整数。",
    "greater_than_equal": "字段 {field} 应不小于 {ge}。",
    "less_than_equal": "字段 {field} 应不大于 {le}。",
    "too_long": "字段 {field} 最多 {max_length} 项。",
    "too_short": "字段 {field} 至少 {min_length} 项。",
    "string_too_long": "字段 {field} 最多 {max_length} 个字。",
    "literal_error": "字段 {field} 的值不可用，应为 {expected}。",
    "model_attributes_type": "请求的正文应为 JSON 对象，Content-Type 应为 application/json。",
    "dict_type": "请求的正文应为 JSON 对象。",
}
"""By the type of pydantic's error; what else there is, only names its field."""
_OTHER = "字段 {field} 的值不可用；请对照 /api/docs 检查。"
_UNFORESEEN = "系统出了意外的错误，请再试一次；若仍如此，请告诉管理员{}。"
_KINDS = {404: "not_found_error", 429: "rate_limit_error", 500: "server_error"}


class TooMany(QAError):
    """Somebody asks more within a minute, or at once, than one person may."""

    def __init__(self, said: str, wait_s: int) -> None:
        """`wait_s`: seconds until it is worth trying again."""
        super().__init__(said)
        self.wait_s = wait_s


class TooLong(QAError):
    """Somebody sends more than is taken."""


class Route(APIRoute):
    """A route whose errors are sentences; below `/v1` in the shape that OpenAI's clients read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what it raises turned into an answer."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                status, sentence = told(error)
                wait = {"Retry-After": str(error.wait_s)} if isinstance(error, TooMany) else None
            openai = self.path.startswith("/v1/")
            said = openai_fault(status, sentence) if openai else fault(sentence)
            return JSONResponse(said, status, wait)

        return handled


def fault(sentence: str) -> dict[str, Any]:
    """The object that says what went wrong."""
    return {"error": sentence}


def openai_fault(status: int, sentence: str) -> dict[str, Any]:
    """The same as OpenAI's clients read it."""
    kind = _KINDS.get(status, "invalid_request_error")
    return {"error": {"message": sentence, "type": kind, "param": None, "code": None}}


def told(error: BaseException) -> tuple[int, str]:
    """The status and the sentence for an error; one that nobody foresaw goes into the log."""
    match error:
        case NotFound():
            return 404, str(error)
        case TooMany():
            return 429, str(error)
        case TooLong():
            return 413, str(error)
        case QAError():
            return 400, str(error)
        case RequestValidationError():
            first = error.errors()[0]
            return 422, wrong_field({**first, "loc": first["loc"][1:]})
        case HTTPException(status_code=400):  # of FastAPI, in English: the bytes are no text
            return 400, _SENTENCES["json_invalid"]
    log.error("接口出现意外错误", exc_info=error)
    id = id_of(error)
    return 500, _UNFORESEEN.format(f"，编号 {id}" if id else "")


def wrong_field(error: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's errors."""
    field = json.dumps(".".join(map(str, error["loc"])), ensure_ascii=False)
    values = {**error.get("ctx", {}), "field": field}
    return _SENTENCES.get(error["type"], _OTHER).format_map(values).replace(" or ", " 或 ")
