"""The banks to choose from: those that come with the project, and those uploaded on the page."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from qa.errors import QuestionBankError, RunError
from qa.evaluation.bank import BANKS, BankQuestion, load_bank

log = logging.getLogger(__name__)

_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Bank:
    """A bank that can be used."""

    name: str
    """The file's name without its suffix; no two banks have the same."""
    questions: tuple[BankQuestion, ...]


class Banks:
    """Banks by their names; a name never leads out of the two folders."""

    def __init__(self, uploaded: Path, shipped: Path = BANKS) -> None:
        """Name the folders; that of the uploaded ones is made when the first one comes."""
        self._uploaded = uploaded
        self._shipped = shipped

    def all(self) -> tuple[Bank, ...]:
        """Those that can be used: what came with the project first, then by name."""
        found = []
        for name, path in self._paths().items():
            try:
                found.append(Bank(name, tuple(load_bank(path))))
            except QuestionBankError as error:
                log.warning("题库 %s 不能选用：%s", path, error)
        return tuple(found)

    def get(self, name: str) -> Bank:
        """The bank of this name.

        Raises:
            QuestionBankError: there is none, or a line of it cannot be used.
        """
        path = self._paths().get(name)
        if path is None:
            raise QuestionBankError(f"没有叫“{name}”的题库；请重新选一份。")
        return Bank(name, tuple(load_bank(path)))

    def add(self, file: Path) -> Bank:
        """Keep a copy of a file; the same content is kept once, a name that is taken gets a number.

        Raises:
            QuestionBankError: it is no bank; the sentence says which line is wrong.
            RunError: the folder cannot be written.
        """
        questions = tuple(load_bank(file))
        content = file.read_bytes()
        taken = self._paths()
        for name, path in taken.items():
            if path.read_bytes() == content:
                return Bank(name, questions)
        stem = re.sub(r"[^\w-]+", "-", file.name.removesuffix(_SUFFIX)).strip("-_")[:60] or "题库"
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        try:
            self._uploaded.mkdir(parents=True, exist_ok=True)
            beside = self._uploaded / f"{name}.part"
            beside.write_bytes(content)
            beside.replace(self._uploaded / (name + _SUFFIX))
        except OSError as error:
            raise RunError(
                f"写不了 {self._uploaded}（{error.strerror}）；请检查设置项 runs_dir。"
            ) from error
        return Bank(name, questions)

    def _paths(self) -> dict[str, Path]:
        """Every bank's file by its name; a name of the project's own wins."""
        found: dict[str, Path] = {}
        for folder in (self._shipped, self._uploaded):
            for path in sorted(folder.glob(f"*{_SUFFIX}")):
                found.setdefault(path.stem, path)
        return found
