"""Questions that each provision answers, written once and kept beside the corpus."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from qa.errors import CatalogError
from qa.ingest.provision import Frozen, Provision
from qa.ingest.versions import Change, difference

QUESTIONS = "questions.jsonl"
"""The file of a corpus that has them."""

_STILL_SAID, _LITTLE = 0.5, 30
"""A changed article goes on answering the questions of before with this share of its words left, or
with no more characters gone than a date or a sum has."""


class Questions(Frozen):
    """The questions of one provision, in everyday words."""

    provision: str
    """Its id; when the text changes so does the id, and the questions rest until renewed."""
    place: str
    """Its name, for the reader of the file."""
    questions: tuple[str, ...]


def load_questions(corpus_dir: Path) -> dict[str, tuple[str, ...]]:
    """The questions by provision id; none when the corpus has no `questions.jsonl`.

    Raises:
        CatalogError: a line cannot be used; the sentence says which.
    """
    path = corpus_dir / QUESTIONS
    if not path.exists():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            entry = Questions.model_validate_json(line)
        except ValidationError as error:
            raise CatalogError(
                f"{path.name} 第 {number} 行不可用；每行应为 provision、place、questions 三个字段。"
            ) from error
        if entry.provision in found:
            raise CatalogError(f"{path.name} 第 {number} 行的 provision 重复了；请合并成一行。")
        found[entry.provision] = entry.questions
    return found


def inherited(old: Sequence[Provision], new: Sequence[Provision]) -> list[Provision]:
    """The provisions of an amended text with the questions of those that they were before.

    People go on asking what they asked; an article has them under its new number, too, as long as
    it still says what they are about. Those that have questions of their own keep these.
    """
    came_from = {c.new.id: c.old for c in difference(old, new) if c.new and _still_answers(c)}

    def asked(provision: Provision) -> tuple[str, ...]:
        before = came_from.get(provision.id)
        return provision.questions or (before.questions if before else ())

    return [p.model_copy(update={"questions": asked(p)}) for p in new]


def _still_answers(change: Change) -> bool:
    if change.old is None or change.kind != "changed":
        return change.old is not None
    left = sum(len(words.text) for words in change.words if words.edit == "equal")
    gone = sum(len(words.text) for words in change.words if words.edit == "delete")
    return left >= _STILL_SAID * (left + gone) or gone <= _LITTLE
