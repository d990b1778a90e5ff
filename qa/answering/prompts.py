"""Prompts: Markdown files that staff may edit; a change needs no restart."""

import re
from collections.abc import Mapping
from pathlib import Path

from qa.errors import SettingsError
from qa.llm.model import Message

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_SECTION = re.compile(r"^## (系统|用户|助手)[ \t]*$", re.MULTILINE)
_ROLES = {"系统": "system", "用户": "user", "助手": "assistant"}


def text_of(path: Path, variables: frozenset[str]) -> str:
    """What stands below the rule of a prompt file, its variables unfilled.

    Raises:
        SettingsError: the file cannot be read, has no rule, or lacks or invents a variable.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"读不了提示词 {path}；请恢复这个文件。") from error
    _, rule, body = text.partition("\n---\n")
    found = set(_VARIABLE.findall(body))
    if not rule or found != variables:
        wrong = "、".join(f"{{{{{name}}}}}" for name in sorted(variables ^ found)) or "横线 ---"
        raise SettingsError(f"提示词 {path} 缺少或写错了 {wrong}；请按文件开头的说明改好。")
    return body.strip()


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; what the values contain is not read again."""
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def conversation(path: Path, values: Mapping[str, str]) -> tuple[Message, ...]:
    """The turns of a prompt file in sections, with the variables of the last one filled in.

    Raises:
        SettingsError: as `text_of`; or the sections are not turns that end with the user's.
    """
    turns = _turns(path, frozenset(values))
    last = turns[-1]
    return (*turns[:-1], Message(last.role, filled(last.content, values)))


def prefix(path: Path, variables: frozenset[str]) -> tuple[Message, ...]:
    """The turns before the last one: the same for every question, so that they stay cached."""
    return _turns(path, variables)[:-1]


def _turns(path: Path, variables: frozenset[str]) -> tuple[Message, ...]:
    pieces = _SECTION.split(text_of(path, variables))
    turns = tuple(
        Message(_ROLES[role], content.strip())  # type: ignore[arg-type]
        for role, content in zip(pieces[1::2], pieces[2::2], strict=True)
    )
    early = [turn for turn in turns[:-1] if _VARIABLE.search(turn.content)]
    if pieces[0].strip() or not turns or turns[-1].role != "user" or early:
        raise SettingsError(
            f"提示词 {path} 应分为“## 系统”“## 用户”“## 助手”各节，以“## 用户”结束，"
            "变量都在最后一节；请按文件开头的说明改好。"
        )
    return turns
