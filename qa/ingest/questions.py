"""Questions that each provision answers, written once and kept beside the corpus."""

from pathlib import Path

from pydantic import ValidationError

from qa.errors import CatalogError
from qa.ingest.provision import Frozen


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
    path = corpus_dir / "questions.jsonl"
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
