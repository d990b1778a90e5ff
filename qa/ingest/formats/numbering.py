"""The automatic numbers of Word's lists: `第%1条` of `numbering.xml` becomes 第二十一条."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn as qualified

from qa.ingest.numerals import to_han

qn = cache(qualified)
MOST_STYLES = 30
"""How many styles may be based on one another; Word allows ten."""
_LEVELS = range(9)
"""Those that a list has."""
_LARGEST = 9999
"""A larger number is written in digits."""
_FORMAL = str.maketrans("一二三四五六七八九十百千零〇", "壹贰叁肆伍陆柒捌玖拾佰仟零零")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True)
class _Level:
    form: str
    pattern: str
    """`第%1条`: the number of the first level in its place."""
    start: int
    behind: str
    restart: int
    """The level above whose next number lets this one begin anew; 0: it never does."""
    style: str
    """The style of the paragraphs that stand on this level by themselves."""
    arabic: bool


class Numbering:
    """The lists of a document, counted along as its paragraphs are read in their order."""

    def __init__(self, document: Document) -> None:
        self._styles = {
            s.get(qn("w:styleId")): s for s in document.styles.element.iter(qn("w:style"))
        }
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counted_with: dict[str, str] = {}
        self._counters: dict[str, dict[int, int]] = {}
        part = next(
            (
                r.target_part
                for r in document.part.rels.values()
                if r.reltype.endswith("/numbering")
            ),
            None,
        )
        if part is not None:
            self._read(part.element)

    def label(self, paragraph: Any) -> str:
        """The number of a `w:p` with what stands behind it; empty where it has none."""
        number, depth = self._place(paragraph)
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counters = self._counters.setdefault(self._counted_with[number], {})
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [d for d in counters if d > depth]:
            lower = levels.get(deeper)
            if lower is None or lower.restart == -1 or depth < lower.restart:
                del counters[deeper]
        if level.form in ("bullet", "none"):
            return ""
        text = level.pattern
        for above in range(depth + 1):
            form = levels.get(above, level)
            value = counters.get(above, form.start)
            shown = "decimal" if level.arabic else form.form
            text = text.replace(f"%{above + 1}", _written(value, shown))
        return text + level.behind

    def _read(self, root: Any) -> None:
        abstract = {
            a.get(qn("w:abstractNumId")): dict(_levels(a)) for a in root.iter(qn("w:abstractNum"))
        }
        for num in root.findall(qn("w:num")):
            number = num.get(qn("w:numId"))
            of = _value(num, "w:abstractNumId")
            levels = dict(abstract.get(of, {}))
            own = False
            for override in num.findall(qn("w:lvlOverride")):
                depth = int(override.get(qn("w:ilvl"), "0"))
                levels |= dict(_levels(override))
                start = _value(override, "w:startOverride")
                if start and depth in levels:
                    levels[depth] = _Level(**{**vars(levels[depth]), "start": int(start)})
                    own = True
            self._levels[number] = levels
            self._counted_with[number] = f"own {number}" if own else f"shared {of}"

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level of a paragraph: its own, or those of its style."""
        properties = paragraph.find(qn("w:pPr"))
        number, depth = _numbered(properties)
        style = _value(properties, "w:pStyle") if properties is not None else ""
        named = style
        for _ in range(MOST_STYLES):
            if number or style not in self._styles:
                break
            element = self._styles[style]
            number, inherited = _numbered(element.find(qn("w:pPr")))
            depth = inherited if depth is None else depth
            style = _value(element, "w:basedOn")
        if number and depth is None:
            bound = self._levels.get(number, {})
            depth = next((d for d, level in bound.items() if named and level.style == named), 0)
        return number, depth or 0


def _numbered(properties: Any) -> tuple[str, int | None]:
    held = properties.find(qn("w:numPr")) if properties is not None else None
    if held is None:
        return "", None
    depth = _value(held, "w:ilvl")
    return _value(held, "w:numId"), int(depth) if depth else None


def _levels(parent: Any) -> Iterator[tuple[int, _Level]]:
    behind = {"nothing": "", "space": " ", "tab": " "}
    for level in parent.findall(qn("w:lvl")):
        depth = int(level.get(qn("w:ilvl"), "0"))
        if depth not in _LEVELS:
            continue
        restart = _value(level, "w:lvlRestart")
        yield (
            depth,
            _Level(
                form=_value(level, "w:numFmt") or "decimal",
                pattern=_value(level, "w:lvlText"),
                start=int(_value(level, "w:start") or 1),
                behind=behind.get(_value(level, "w:suff") or "tab", " "),
                restart=int(restart) if restart else -1,
                style=_value(level, "w:pStyle"),
                arabic=level.find(qn("w:isLgl")) is not None,
            ),
        )


def _value(parent: Any, name: str) -> str:
    child = parent.find(qn(name))
    return "" if child is None else child.get(qn("w:val"), "")


def _written(value: int, form: str) -> str:
    return _FORMS.get(form, str)(value) if value <= _LARGEST else str(value)


def _roman(value: int) -> str:
    text = "l" * (value // 50)
    value %= 50
    for worth, letters in _ROMAN:
        text += letters * (value // worth)
        value %= worth
    return text


def _letter(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _circled(value: int) -> str:
    return chr(0x2460 + value - 1) if 1 <= value <= 20 else str(value)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": to_han,
    "chineseCountingThousand": to_han,
    "japaneseCounting": to_han,
    "taiwaneseCounting": to_han,
    "taiwaneseCountingThousand": to_han,
    "ideographDigital": lambda n: "".join("〇一二三四五六七八九"[int(d)] for d in str(n)),
    "chineseLegalSimplified": lambda n: to_han(n).translate(_FORMAL),
    "ideographLegalTraditional": lambda n: to_han(n).translate(_FORMAL),
    "ideographTraditional": lambda n: _STEMS[(n - 1) % 10],
    "ideographZodiac": lambda n: _BRANCHES[(n - 1) % 12],
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: str(n).translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    ),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
}
