"""Drafts of the question bank: questions that went wrong, for a person to complete."""

import json
import os
import threading
from pathlib import Path
from typing import Any

from qa.errors import QuestionBankError

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""What some readers of lines take for an end, and JSON lets stand."""


class Drafts:
    """A file of draft lines; safe to be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made with the first draft."""
        self._path = path
        self._one_at_a_time = threading.Lock()

    def add(self, number: int, question: str) -> str:
        """A draft of a question, once; its id.

        `answerable` is null, so that no bank takes the line before somebody has completed it.

        Args:
            number: of the exchange that the question comes from.

        Raises:
            QuestionBankError: there is a draft of it, or the file cannot be used.
        """
        draft: dict[str, Any] = {
            "id": f"draft-{number}",
            "type": "",
            "question": question,
            "answerable": None,
            "evidence": [],
            "gold": [],
            "answer": "",
            "points": [],
        }
        with self._one_at_a_time:
            if draft["id"] in {each["id"] for each in self.all()}:
                raise QuestionBankError("这个问题已经在草稿里了；请下载草稿，补全后使用。")
            self._write(self.text + _line(draft))
        return str(draft["id"])

    def all(self) -> list[dict[str, Any]]:
        """The drafts, oldest first.

        Raises:
            QuestionBankError: a line of the file is damaged.
        """
        found = []
        for number, line in enumerate(self.text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                draft = json.loads(line)
                found.append({**draft, "id": str(draft["id"]), "question": str(draft["question"])})
            except (ValueError, TypeError, KeyError) as error:
                raise QuestionBankError(
                    f"草稿文件 {self._path} 第 {number} 行损坏；请改好或移走这个文件。"
                ) from error
        return found

    @property
    def text(self) -> str:
        """The lines as they stand in the file.

        Raises:
            QuestionBankError: the file cannot be read.
        """
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionBankError(f"读不了草稿文件 {self._path}；请检查它的权限。") from error

    def clear(self) -> None:
        """Remove all drafts.

        Raises:
            QuestionBankError: the file cannot be written.
        """
        with self._one_at_a_time:
            self._write("")

    def _write(self, text: str) -> None:
        beside = self._path.with_name(f".{self._path.name}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise QuestionBankError(
                f"写不了 {self._path}（{error.strerror}）；请检查设置项 runs_dir。"
            ) from error


def _line(draft: dict[str, Any]) -> str:
    return json.dumps(draft, ensure_ascii=False).translate(_LINE_ENDS) + "\n"
