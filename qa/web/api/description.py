"""The description of the API: OpenAPI as JSON, and a page to read that loads nothing else."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from qa.web.templates import render

_TITLE = "数据法规政策问答 API"
_VERSION = "1.0"
_ABOUT = """\
同一个助手，供程序使用：检索条文、回答问题、阅读汇编。请求头写 `Authorization: Bearer <密钥>`；\
密钥在“账户”页面取得，可以随时吊销。一分钟内问得太多时返回 429，\
过 `Retry-After` 秒再试。出错时返回 `{"error": "原因"}`（`/v1` 按 OpenAI 的格式）。"""


def add(router: APIRouter) -> None:
    """Put the description of the router's operations onto it."""

    @cache
    def described() -> dict[str, Any]:
        return get_openapi(title=_TITLE, version=_VERSION, description=_ABOUT, routes=router.routes)

    @router.get("/api/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> JSONResponse:
        root = request.scope.get("root_path", "")
        return JSONResponse({**described(), **({"servers": [{"url": root}]} if root else {})})

    @router.get("/api/docs", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        schema = described()
        return render(
            request,
            "api.html",
            info=schema["info"],
            operations=_operations(schema),
            shapes=[
                (name, shape.get("description", ""), _fields(shape))
                for name, shape in schema["components"]["schemas"].items()
                if shape.get("properties")
            ],
        )


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "tag": operation["tags"][0],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": [
                (p["name"], p["required"], p.get("description", ""), _type(p["schema"]))
                for p in operation.get("parameters", [])
            ],
            "takes": _shape(operation.get("requestBody", {})),
            "gives": _shape(operation["responses"]["200"]),
        }
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _shape(body: dict[str, Any]) -> str:
    return _type(body.get("content", {}).get("application/json", {}).get("schema", {}))


def _fields(shape: dict[str, Any]) -> list[tuple[str, bool, str, str]]:
    required = shape.get("required", [])
    return [
        (name, name in required, field.get("description", ""), _type(field))
        for name, field in shape["properties"].items()
    ]


def _type(field: dict[str, Any]) -> str:
    """A type in a few words: `string`, `list[PassageJson]`, `auto | llm | extract`."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "enum" in field or "const" in field:
        return " | ".join(map(str, field.get("enum", [field.get("const")])))
    if "anyOf" in field:
        return " | ".join(_type(each) for each in field["anyOf"])
    if field.get("type") == "array":
        return f"list[{_type(field['items'])}]"
    return str(field.get("type", ""))
