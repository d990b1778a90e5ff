"""Templates: which parts a briefing has, in which order, how long. Files that trainers may edit."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from qa.briefing.model import PART_KINDS, PartKind
from qa.briefing.request import Request
from qa.errors import BriefingError
from qa.ingest.provision import Frozen

FOLDER = Path(__file__).parent / "templates"

Needs = Literal["topic", "document", "department", "compare"]
_NEEDED: dict[Needs, tuple[str, str]] = {
    "topic": ("主题", "例如“公共数据开放”"),
    "document": ("文件", "例如“数据安全法”"),
    "department": ("部门", "例如“省商务厅”"),
    "compare": ("两份要对比的文件", "例如“数据安全法”和“个人信息保护法”"),
}
_USUAL: dict[Needs, str] = {
    "topic": "法律专题培训",
    "document": "单部法律解读",
    "department": "部门任务清单",
    "compare": "对比研究",
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class PartPlan(Frozen):
    """A part that a template has."""

    kind: PartKind
    title: Text | None = None
    """The heading; absent: the kind."""
    limit: int | None = Field(None, ge=1, le=200)
    """At most so many points, provisions, rows, questions; absent: as many as there are."""


class Template(Frozen):
    """A kind of briefing."""

    name: Text
    title: Text
    """The briefing's title; `{}` stands for what it is about."""
    needs: Needs
    topic: str = ""
    """The topic where none is given."""
    part: tuple[PartPlan, ...] = Field(min_length=1)


def templates() -> tuple[Template, ...]:
    """The templates that come with the program."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def template_for(request: Request) -> Template:
    """The template of a request: named, at a path, or the usual one for what is given.

    Raises:
        BriefingError: there is none, it cannot be used, or the request lacks what it needs.
    """
    template = _named(request.template or _USUAL[_given(request)])
    if not _has(request, template.needs) and not template.topic:
        what, example = _NEEDED[template.needs]
        raise BriefingError(f"{what}是空的；请先写明“{template.name}”要讲的{what}，{example}。")
    return template


def plans_for(request: Request, template: Template) -> tuple[PartPlan, ...]:
    """The parts to write: the template's, or those asked for with the template's limits.

    Raises:
        BriefingError: a part is asked for that there is not, or none at all is left.
    """
    if not request.parts:
        return template.part
    for kind in request.parts:
        if kind not in PART_KINDS:
            raise BriefingError(f"没有“{kind}”这一部分；可以用：{'、'.join(PART_KINDS)}。")
    planned = {plan.kind: plan for plan in template.part}
    return tuple(planned.get(kind, PartPlan(kind=kind)) for kind in dict.fromkeys(request.parts))


def _given(request: Request) -> Needs:
    """What a request is about; a topic within a document or a comparison is the lesser."""
    for needs in ("compare", "department", "document"):
        if _has(request, needs):
            return needs
    return "topic"


def _has(request: Request, needs: Needs) -> bool:
    value = getattr(request, needs)
    return bool(value and (not isinstance(value, str) or value.strip()))


def _named(name: str) -> Template:
    path = FOLDER / f"{name}.toml"
    if path.parent == FOLDER and path.is_file():
        return _read(path)
    if name.endswith(".toml"):
        return _read(Path(name))
    names = "、".join(template.name for template in templates())
    raise BriefingError(f"没有叫“{name}”的模板；可以用：{names}，或者一个 .toml 文件的路径。")


def _read(path: Path) -> Template:
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BriefingError(f"无法读取模板 {path}；请检查路径和读取权限。") from error
    except UnicodeDecodeError as error:
        raise BriefingError(f"模板 {path.name} 不是 UTF-8 编码；请另存为 UTF-8 后再试。") from error
    except tomllib.TOMLDecodeError as error:
        raise BriefingError(
            f"模板 {path.name} 不合 TOML 语法；请检查引号、等号和方括号（{error}）。"
        ) from error
    try:
        return Template.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BriefingError(
            f"模板 {path.name} 的 {place} 不可用；请对照 {FOLDER.name}/ 里的模板修改。"
        ) from error
