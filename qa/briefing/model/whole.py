"""A briefing with its parts, and how drafts are kept."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from qa.briefing.model.cited import PartKind
from qa.briefing.model.tabled import Contrast, Duties, Indicators, Penalties, Timeline
from qa.briefing.model.wording import Further, Points, Questions, Quiz, Speeches, Texts
from qa.errors import BriefingError

Content = Annotated[
    Points
    | Texts
    | Contrast
    | Timeline
    | Penalties
    | Duties
    | Indicators
    | Speeches
    | Questions
    | Quiz
    | Further,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class Part:
    """A part under its heading; without content its note says why."""

    kind: PartKind
    title: str
    content: Content | None
    note: str = ""
    """Why there is no content: the part failed, or the volume has nothing for it."""
    failed: bool = False


@dataclass(frozen=True)
class Briefing:
    """A briefing, or the draft of one."""

    title: str
    made: str
    """ISO day."""
    basis: str
    """What it rests on: `依据 2023 年 11 月汇编《……》`."""
    notices: tuple[str, ...]
    """Of every document that is cited: amended, draft."""
    parts: tuple[Part, ...]
    index: str
    """Fingerprint of the corpus; another one now means that the text may have changed since."""
    made_for: dict[str, str] = field(default_factory=dict)
    """What was asked: `主题`, `文件`, `部门`, `对比`, `模板`, as far as given."""

    def part(self, kind: PartKind) -> Part | None:
        """The part of a kind, where there is one."""
        return next((part for part in self.parts if part.kind == kind), None)


_ADAPTER = TypeAdapter(Briefing)


def to_json(briefing: Briefing) -> str:
    """A briefing as JSON, to be kept."""
    return _ADAPTER.dump_json(briefing, indent=1).decode()


def from_json(text: str | bytes) -> Briefing:
    """A kept briefing.

    Raises:
        BriefingError: the text is no briefing.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise BriefingError("这份简报草稿损坏或由别的版本写成；请重新生成。") from error
