"""Question banks: one question a line, with the words of the corpus that answer it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qa.errors import QuestionBankError
from qa.retrieval.passage import Turn
from qa.settings import PROJECT

BANKS = PROJECT / "evals" / "questions"
"""The banks that come with the project."""
TYPES = {
    "lookup": "按条号查",
    "definition": "定义",
    "detail": "细节",
    "paraphrase": "换一种说法",
    "multi": "多处",
    "cross": "跨文件",
    "table": "表格",
    "speech": "讲话",
    "english": "英文",
    "typo": "错字",
    "followup": "追问",
    "unanswerable": "汇编没有",
    "attack": "攻击",
}
"""The types of question, and what people call them."""


class Gold(BaseModel):
    """Where the answer stands."""

    model_config = ConfigDict(frozen=True)

    document: str
    locator: str


class BankTurn(BaseModel):
    """A message before the question."""

    model_config = ConfigDict(frozen=True)

    role: Literal["user", "assistant"]
    content: str


class BankQuestion(BaseModel):
    """A question with what a right answer rests on."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    question: str
    history: tuple[BankTurn, ...] = ()
    answerable: bool
    evidence: tuple[str, ...] = ()
    """Words of the corpus; a passage is relevant when its text contains them, white space aside."""
    gold: tuple[Gold, ...] = ()
    answer: str = ""
    points: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation before the question."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history)


class LineError(ValueError):
    """A line that is no question; the message ends a sentence that begins `第 3 行`."""


def load_bank(path: Path) -> list[BankQuestion]:
    """The questions of a bank.

    Raises:
        QuestionBankError: the file is missing or a line cannot be used; the sentence says which.
    """
    questions: dict[str, BankQuestion] = {}
    for number, line in read_lines(path):
        try:
            question = parse_line(line)
        except LineError as error:
            raise QuestionBankError(f"题库 {path.name} 第 {number} 行{error}") from error
        if question.id in questions:
            raise QuestionBankError(f"题库 {path.name} 第 {number} 行的 id {question.id} 重复了。")
        questions[question.id] = question
    if not questions:
        raise QuestionBankError(f"题库 {path.name} 里没有题目。")
    return [*questions.values()]


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a bank that are not empty, with their numbers, from 1.

    Raises:
        QuestionBankError: the file is missing or no text.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # U+2028 in a text ends no line
    except FileNotFoundError:
        raise QuestionBankError(f"找不到题库 {path}；请检查 --questions 的路径。") from None
    except (UnicodeDecodeError, OSError) as error:
        raise QuestionBankError(
            f"读不了题库 {path.name}；应为 UTF-8 的 JSON Lines 文件。"
        ) from error
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def parse_line(line: str) -> BankQuestion:
    """The question of a line.

    Raises:
        LineError: the line is none.
    """
    try:
        fields = json.loads(line)
        for gold in fields.get("gold", ()):
            if "doc" in gold:
                gold["document"] = gold.pop("doc")
        if fields.get("history") is None:
            fields.pop("history", None)
        question = BankQuestion.model_validate(fields)
    except (json.JSONDecodeError, AttributeError, TypeError) as error:
        raise LineError("不是 JSON 对象。") from error
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise LineError(f"的字段 {field} 缺失或类型不对。") from error
    if question.answerable and not question.evidence:
        raise LineError("是可答的题，却没有 evidence；请写上依据的原文。")
    return question
