"""The folder of a run: what was asked of what, a line for each result, the summary."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa.errors import QAError
from qa.evaluation.bank import BankQuestion, load_bank
from qa.ingest.provision import Frozen

RESULTS = "results.jsonl"
GRADES = "judge.jsonl"

Row = dict[str, Any]
"""A JSON object with the `id` of a question: what came of it, or the judge's grade."""


class Header(Frozen):
    """What a run asked of what: results may be added to a folder only where this is the same."""

    mode: str
    bank: str
    """SHA-256 of the questions."""
    corpus: str
    """Fingerprint of sources, catalog, errata and parser, as in the index's manifest."""
    embedder: str
    """Name, weights and prompts of the embedding model."""
    program: str
    """SHA-256 of the code and the settings that an answer depends on."""
    started: str
    """ISO time, UTC."""
    machine: str

    def difference(self, other: "Header") -> str | None:
        """Why results of `other` do not belong here, as the middle of a sentence."""
        if self.mode != other.mode:
            return f"是 {other.mode} 方式的结果，这次是 {self.mode}"
        if self.bank != other.bank:
            return "是另一份题库的结果"
        if (self.corpus, self.embedder) != (other.corpus, other.embedder):
            return "是另一个索引（语料或向量模型不同）的结果"
        if self.program != other.program:
            return "是程序或设置改动之前的结果"
        return None


class Folder:
    """A run on the disk; what is written stays when the next question breaks off."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.path = path

    def begin(self, header: Header, questions: Sequence[BankQuestion]) -> dict[str, Row]:
        """Make the folder, or continue what is in it: the results so far, by question id.

        Raises:
            QAError: it cannot be written, or holds something else.
        """
        self._make()
        if not (self.path / "run.json").exists():
            if (self.path / RESULTS).exists():
                raise QAError(f"{self.path} 里的结果没有 run.json，无法接着做；请换一个 --out。")
            lines = [question.model_dump_json(exclude_defaults=True) for question in questions]
            self.write("questions.jsonl", "\n".join(lines) + "\n")
            self.write("run.json", header.model_dump_json(indent=2) + "\n")
            return {}
        if why := header.difference(self.header()):
            raise QAError(f"{self.path} 里{why}；请换一个 --out，或先删去它。")
        return self.recover(RESULTS)

    def header(self) -> Header:
        """What this folder's run asked of what."""
        try:
            return Header.model_validate_json((self.path / "run.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise QAError(
                f"{self.path} 不是评测的结果文件夹（没有可用的 run.json）；"
                "请先用 qa eval run 得到结果。"
            ) from error

    def questions(self) -> list[BankQuestion]:
        """The whole bank as it was when the run began."""
        return load_bank(self.path / "questions.jsonl")

    def rows(self, name: str) -> dict[str, Row]:
        """The lines of a file, by question id; one that was cut off is left out."""
        try:
            text = (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        found = [json.loads(line) for line in text.split("\n")[:-1]]
        return {row["id"]: row for row in found}

    def recover(self, name: str) -> dict[str, Row]:
        """The lines of a file; what was cut off in the middle is cleared from it."""
        rows = self.rows(name)
        if (self.path / name).exists():
            self.write(name, "".join(map(_line, rows.values())))
        return rows

    def append(self, name: str, row: Row) -> None:
        """Add a line to a file."""
        try:
            with (self.path / name).open("a", encoding="utf-8") as file:
                file.write(_line(row))
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def write(self, name: str, text: str) -> None:
        """Write a file beside, then rename: it is whole or as it was before."""
        beside = self.path / f"{name}.part"
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(self.path / name)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise _unwritable(self.path, error) from error


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _unwritable(folder: Path, error: OSError) -> QAError:
    return QAError(f"写不了结果文件夹 {folder}（{error.strerror}）；请换一个。")
