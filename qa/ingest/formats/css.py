"""Which elements of a web page nobody sees, by its style sheets and attributes.

Read are rules with one tag, class or id, or several of one element (`p.note#a`), and inline
styles; not those of media queries, nor of elements inside others.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import ImageColor

_SIMPLE = re.compile(r"(\w+|\*?)((?:[.#][\w-]+)+|(?<=\w))")
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|vw|vh|cm|mm|in)?")
_MOST_RULES = 2000
_LONGEST = 80
"""Characters of a value that are looked at."""
_POINTS = {"pt": 1.0, "px": 0.75, "em": 12.0, "rem": 12.0, "ex": 6.0, "%": 0.12, None: 0.75}
_TINY = 3.5
"""Points; smaller print is not meant to be read."""
_FAR = 300.0
"""Points to the left or above the page."""
_ALIKE = 24
"""Levels, of 255, between two colours that nobody tells apart."""
_WHITE = (255, 255, 255)
_Style = Mapping[str, str]


@dataclass(frozen=True)
class _Rule:
    tag: str
    marks: frozenset[str]
    """`.class` and `#id`."""
    style: _Style


class Styles:
    """The styles of a page's elements."""

    def __init__(self, root: Any) -> None:
        """Take the rules of its style sheets."""
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        texts = (sheet.text_content() for sheet in root.iter("style"))
        rules = [rule for text in texts for rule in _rules_of(text)][:_MOST_RULES]
        for rule in sorted(rules, key=lambda rule: len(rule.marks)):
            self._rules[min(rule.marks, default=rule.tag)].append(rule)

    def hidden_how(self, element: Any) -> str:
        """How it is hidden with all that it holds; empty where it is not."""
        if element.get("hidden") is not None:
            return "隐藏"
        if element.get("aria-hidden", "").lower() == "true":
            return "标为不朗读（aria-hidden）"
        style = self._style(element)
        return _hidden_how(style) if style else ""

    def has_the_colour_of_its_ground(self, element: Any) -> bool:
        """Whether its words cannot be told from what is behind them."""
        colour = _colour(self._style(element).get("color", ""))
        if colour is None:
            return False
        for each in (element, *element.iterancestors()):
            style = self._style(each)
            ground = style.get("background-color", "") or style.get("background", "")
            if ground and ground not in ("none", "transparent", "inherit"):
                behind = _colour(ground.split()[0])
                return behind is not None and _alike(colour, behind)
        return _alike(colour, _WHITE)

    def _style(self, element: Any) -> _Style:
        marks = {f".{name}" for name in element.get("class", "").split()}
        marks |= {f"#{element.get('id')}"} if element.get("id") else set()
        keys = [key for key in (element.tag, *marks) if key in self._rules]
        given = element.get("style", "")
        colour, ground = element.get("color", ""), element.get("bgcolor", "")
        if not (keys or given or colour or ground):
            return {}
        found = {"color": colour, "background-color": ground}
        rules = [rule for key in keys for rule in self._rules[key]]
        for rule in sorted(rules, key=lambda rule: len(rule.marks)):
            if rule.tag in ("", "*", element.tag) and rule.marks <= marks:
                found |= rule.style
        return found | _declared(given)


def _rules_of(text: str) -> Iterator[_Rule]:
    """The rules that stand by themselves; those inside others are for print or small screens."""
    depth, selectors, style = 0, "", dict[str, str]()
    for piece in re.split(r"([{}])", _uncommented(text)):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(depth - 1, 0)
            for selector in selectors.split(",") if style and not depth else ():
                simple = _SIMPLE.fullmatch(selector.strip())
                if simple:
                    marks = frozenset(re.findall(r"[.#][\w-]+", simple[2]))
                    yield _Rule(simple[1].lower(), marks, style)
        elif not depth:
            selectors, style = piece.rpartition(";")[2], {}
        elif depth == 1 and "@" not in selectors:
            style = _declared(piece)


def _uncommented(text: str) -> str:
    first, *others = text.split("/*")
    return first + " ".join(each.partition("*/")[2] for each in others)


def _declared(text: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in text.split(";"))
    return {
        name.strip().lower(): value.replace("!important", "")[:_LONGEST].strip().lower()
        for name, _, value in pairs
        if value
    }


def _hidden_how(style: _Style) -> str:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return "隐藏"
    if _number(style, "opacity") == 0 or style.get("transform", "").startswith("scale(0"):
        return "隐藏"
    if _number(style, "font-size") is not None and _points(style, "font-size") < _TINY:
        return "字号极小"
    if re.match(r"rect\(\s*[01]|inset\(\s*(50|100)%", _clipped(style)):
        return "隐藏"
    flat = any(_number(style, name) in (0, 1) for name in ("height", "max-height", "width"))
    if flat and style.get("overflow") in ("hidden", "clip"):
        return "隐藏"
    placed = style.get("position") in ("absolute", "fixed", "relative")
    sides = ("left", "top", "right", "bottom") if placed else ()
    for name in (*sides, "text-indent", "margin-left", "margin-top"):
        if _number(style, name) is not None and _points(style, name) < -_FAR:
            return "移到页面之外"
    return ""


def _clipped(style: _Style) -> str:
    return style.get("clip", "") or style.get("clip-path", "")


def _number(style: _Style, name: str) -> float | None:
    match = _LENGTH.fullmatch(style.get(name, ""))
    return float(match[1]) if match else None


def _points(style: _Style, name: str) -> float:
    match = _LENGTH.fullmatch(style[name])
    assert match
    return float(match[1]) * _POINTS.get(match[2], 6.0)


def _colour(value: str) -> tuple[int, ...] | None:
    """Red, green, blue; white for what is not painted at all; none for what is no colour."""
    value = re.sub(r"\s+", "", value)
    if value == "transparent" or re.fullmatch(r"rgba\(.*,0(\.0+)?\)", value):
        return _WHITE
    try:
        return ImageColor.getrgb(re.sub(r"^rgba\((.*),[^,]*\)$", r"rgb(\1)", value))[:3]
    except ValueError:
        return None


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < _ALIKE for a, b in zip(one, other, strict=True))
