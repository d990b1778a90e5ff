"""Entries of a TOML file that people edit, checked, with errors that they can act on."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from qa.errors import CatalogError

Entry = TypeVar("Entry", bound=BaseModel)


def read_toml(path: Path, allowed: tuple[str, ...]) -> dict[str, object]:
    """The tables of a TOML file, which has no others than those allowed."""
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise CatalogError(f"无法读取 {path}；请检查它是不是文件、有没有读取权限。") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path.name} 不是 UTF-8 编码；请另存为 UTF-8 后再试。") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "末尾"
        raise CatalogError(
            f"{path.name} {where}不合 TOML 语法；请检查引号、括号、等号和重复的字段。"
        ) from error
    for key in table:
        if key not in allowed:
            tables = "、".join(f"[[{name}]]" for name in allowed)
            raise CatalogError(f"{path.name} 的最外层不认识 {key}；这里只能有 {tables}。")
    return table


def read_entries(
    path: Path, table: dict[str, object], key: str, model: type[Entry]
) -> tuple[Entry, ...]:
    """The entries `[[key]]` of a table that was read, each checked against its model."""
    rows = table.get(key, [])
    if not isinstance(rows, list):
        raise CatalogError(f"{path.name} 的 {key} 要写成 [[{key}]]（两层方括号）。")
    entries = []
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(model.model_validate(row))
        except ValidationError as error:
            fields = row if isinstance(row, dict) else {}
            name = fields.get("id") or fields.get("document") or fields.get("file")
            entry = f"第 {number} 个 [[{key}]]" + (f"（{name}）" if name else "")
            reason = _reason(error.errors()[0], model)
            raise CatalogError(f"{path.name} 的{entry}{reason}。") from error
    return tuple(entries)


def _reason(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with one field, and what is allowed there."""
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            for part in error["loc"][:-1]:
                nested = model.model_fields[str(part)].annotation
                model = nested if isinstance(nested, type) else model
            return f"不认识字段 {field}；可用的字段是：{'、'.join(model.model_fields)}"
        case "missing":
            return f"缺少字段 {field}；请补上"
        case "literal_error":
            allowed = "、".join(re.findall(r"'([^']*)'", error["ctx"]["expected"]))
            return f"的字段 {field} 不能是“{error['input']}”；可用的值是：{allowed}"
        case "entry":  # about the entry as a whole, raised by its own model
            return f"有误：{error['msg']}"
    return f"的字段 {field} 有误：{_ALLOWED.get(error['type'], error['msg'])}"


_ALLOWED = {
    "string_type": "应为文字，写在引号里",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "只能用小写字母、数字和连字符，例如 data-20",
    "bool_type": "应为 true 或 false，不加引号",
    "int_type": "应为不小于 0 的整数，不加引号",
    "greater_than_equal": "应为不小于 0 的整数，不加引号",
    "tuple_type": '应为列表，例如 ["数安法", "DSL"]',
    "model_type": "应为一组“名称 = 数目”，例如 { articles = 55 }",
}
