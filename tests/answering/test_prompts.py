from pathlib import Path

import pytest

from qa.answering.prompts import conversation, filled, prefix, text_of
from qa.errors import SettingsError
from qa.settings import PROJECT

VARIABLES = frozenset({"passages", "question"})


def written(folder: Path, body: str) -> Path:
    file = folder / "answer.md"
    file.write_text(f"# 回答\n\n变量：…\n\n---\n\n{body}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["answer", "answer-english"])
def test_the_prompts_of_the_project_can_be_used(name: str) -> None:
    file = PROJECT / "prompts" / f"{name}.md"
    turns = conversation(file, {"passages": "[1]《法》第一条：甲", "question": "甲吗"})
    assert [turn.role for turn in turns][:1] == ["system"]
    assert turns[-1].role == "user"
    assert "[1]《法》第一条：甲" in turns[-1].content
    assert "甲吗" in turns[-1].content
    assert prefix(file, VARIABLES) == turns[:-1]


def test_the_prompt_of_briefings_can_be_used() -> None:
    turns = conversation(
        PROJECT / "prompts" / "briefing.md", {"question": "甲吗", "text": "甲。", "limit": "9"}
    )
    assert turns[0].role == "system"
    assert turns[-1].content == "【原文】甲。\n【问题】甲吗\n【字数】9"


def test_a_variable_inside_a_value_is_only_text() -> None:
    assert filled("问：{{question}}", {"question": "{{passages}}"}) == "问：{{passages}}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("## 用户\n\n{{question}}", "{{passages}}"),
        ("## 用户\n\n{{question}}{{passages}}{{answers}}", "{{answers}}"),
        ("{{question}}{{passages}}", "## 用户"),
        ("## 系统\n\n{{question}}\n\n## 用户\n\n{{passages}}", "最后一节"),
        ("## 用户\n\n{{question}}{{passages}}\n\n## 助手\n\n好", "以“## 用户”结束"),
    ],
)
def test_a_prompt_that_cannot_be_used_says_what_is_wrong(
    body: str, says: str, tmp_path: Path
) -> None:
    file = written(tmp_path, body)
    with pytest.raises(SettingsError) as caught:
        conversation(file, {"passages": "", "question": ""})
    assert says in str(caught.value)
    assert "answer.md" in str(caught.value)


def test_a_prompt_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="读不了提示词"):
        text_of(tmp_path / "answer.md", VARIABLES)


def test_what_stands_above_the_rule_is_not_sent(tmp_path: Path) -> None:
    file = written(tmp_path, "## 用户\n\n{{question}}{{passages}}")
    (turn,) = conversation(file, {"passages": "甲", "question": "乙"})
    assert turn.content == "乙甲"
