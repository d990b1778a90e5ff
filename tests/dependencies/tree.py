"""What this project needs, and what that needs in turn, as it is installed."""

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_OWN = "data-law-qa"
_OF_A_GRAPHICS_CARD = re.compile("nvidia-|cuda-|triton")
"""What torch brings along on some machines, under the maker's terms."""


@dataclass(frozen=True)
class Needed:
    """A package that is installed."""

    name: str
    installed: Distribution
    at_work: bool
    """Needed by the program itself, and not only to test it."""


def required(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, with these extras and those that they name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    found: list[Requirement] = []
    for each in map(Requirement, lines):
        found += (
            required(*each.extras)[len(project["dependencies"]) :] if each.name == _OWN else [each]
        )
    return found


def tree() -> list[Needed]:
    """Every package that is needed, by name."""
    at_work = _reached(required("telemetry", "postgres", "milvus"))
    names = {**_reached(required("dev")), **at_work}
    return [Needed(name, names[name], name in at_work) for name in sorted(names)]


def _reached(requirements: list[Requirement]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    open_ = list(requirements)
    while open_:
        wanted = open_.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen or _OF_A_GRAPHICS_CARD.match(name):
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another system
        for each in map(Requirement, found[name].requires or []):
            if each.marker is None or any(
                each.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            ):
                open_.append(each)
    return found
