"""What the end of a printed line means in a cell: a space, or nothing.

A line that ends although the next word would have fitted was ended on purpose: a space. Of one
that is full the paper does not say whether a space stood there. The table's own habit decides:
what it does within its lines between such characters; and of names of offices whether both are
known from elsewhere in the file.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

OPEN = "\n"
"""In a cell: a line end that may be a space or nothing."""
_ROOM = 0.5
"""Characters by which a line may end early without having been ended on purpose."""
_LONGEST = 20
"""Characters of an office's name."""
_HAN = r"[\u3400-\u9fff]"
_RUN = re.compile(f"{_HAN}{{3,}}")
_NAMES = re.compile(rf"(?:{_HAN}|\s)+")
_OFFICE = re.compile(
    "(?:[局厅委办院会部署司社台行处所站馆校团]|中心|海关|公司|集团|大学|学院|省委|市委|县委|政府)$"
)
_ITEM = re.compile(r"\d{1,2}[.．、](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]")
_WORD = re.compile(r"[“‘（《〈【(]*(?:[A-Za-z0-9.%/\-+]+|.)[，。、；：？！”’）》〉】%)]*")
_INNER = re.compile(r"(\S)( ?)(?=(\S))")
_Habit = Counter[tuple[str, str]]


def cell_of(lines: Sequence[tuple[str, float]]) -> str:
    """The text of a cell, of whose lines the slack is known in characters."""
    text = ""
    for position, (line, slack) in enumerate(lines):
        text += line.strip()
        if position + 1 < len(lines):
            word = _WORD.match(lines[position + 1][0].strip())
            on_purpose = slack > _ROOM + _wide(word[0] if word else "")
            text += " " if on_purpose else OPEN
    return text


def cells_joined(halves: Sequence[str]) -> str:
    """A row that page ends have cut, cell by cell; each of its parts has the same cells."""
    cells = zip(*(half.split("\t") for half in halves), strict=True)
    return "\t".join(OPEN.join(part for part in parts if part) for parts in cells)


def closed(rows: Sequence[str], prose: Iterable[str]) -> list[str]:
    """The rows of tables, cells divided by tabs, without open line ends.

    Args:
        rows: of all tables of the file.
        prose: its other paragraphs.
    """
    habit: _Habit = Counter()
    for row in rows:
        habit.update(_habit(row))
    known = _known(rows, prose)
    return [
        "\t".join(_closed(cell, (_habit(cell), _habit(row), habit), known) for cell in cells)
        if OPEN in row
        else row
        for row, cells in ((row, row.split("\t")) for row in rows)
    ]


def _known(rows: Sequence[str], prose: Iterable[str]) -> set[str]:
    """The names of the file: what stands between other signs, alone in a cell, or behind names."""
    cells = [cell for row in rows for cell in row.split("\t")]
    names = [cell for cell in cells if _NAMES.fullmatch(cell)]
    whole = [piece for cell in cells for piece in cell.split(" ") if OPEN not in piece]
    alone = ["".join(cell.split(OPEN)) for cell in names]
    known = {run for text in (*prose, *whole, *alone) for run in _RUN.findall(text)}
    behind: dict[str, set[str]] = defaultdict(set)
    for lines in (piece.split(OPEN) for cell in names for piece in cell.split(" ")):
        for position in range(1, len(lines)):
            name, rest = "".join(lines[:position]), "".join(lines[position:])
            if name in known and _OFFICE.search(name) and _OFFICE.search(rest):
                behind[rest].add(name)
    return known | {rest for rest, names in behind.items() if len(names) > 1}


def _closed(cell: str, habits: Sequence[_Habit], known: set[str]) -> str:
    if _NAMES.fullmatch(cell):
        return " ".join(_named(piece.split(OPEN), known) for piece in cell.split(" "))
    lines = cell.split(OPEN)
    text = lines[0]
    for line in lines[1:]:
        text += (" " if _is_apart(text, line, habits) else "") + line
    return text


def _named(lines: Sequence[str], known: set[str]) -> str:
    """Names one behind the other, divided where one that is known begins behind another."""
    text, name = "", lines[0]
    for position, line in enumerate(lines[1:], start=1):
        rest = "".join(lines[position:])
        if _OFFICE.search(name) and _begins_name(rest, name, known):
            text += name + " "
            name = ""
        name += line
    return text + name


def _begins_name(rest: str, name: str, known: set[str]) -> bool:
    heads = (rest[:end] for end in range(3, min(len(rest), _LONGEST) + 1))
    said = any(head in known and _OFFICE.search(head) for head in heads)
    if name in known:
        return said or rest[0] == name[0] or rest[-2:] == name[-2:]
    return said and rest[0] == name[0]


def _is_apart(text: str, line: str, habits: Sequence[_Habit]) -> bool:
    """Whether a space stands between two lines; the nearest habit that there is decides."""
    before, after = text[-1:], line[:1]
    if not before or not after:
        return False
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return True
    kind = _kind(before, line)
    return next((habit[kind] > 0 for habit in habits if habit[kind]), False)


def _habit(text: str) -> _Habit:
    """By the kinds of two neighbours: how much oftener a space stands between them than none."""
    votes: _Habit = Counter()
    for match in _INNER.finditer(text):
        kind = _kind(match[1], text[match.start(3) : match.start(3) + 6])
        if kind != ("字", "字"):
            votes[kind] += 1 if match[2] else -1
    return votes


def _kind(before: str, rest: str) -> tuple[str, str]:
    if _ITEM.match(rest) and before in "。；，！？”）)":
        return "", "项"
    return _kind_of(before), _kind_of(rest[0])


def _kind_of(char: str) -> str:
    if re.match(_HAN, char):
        return "字"
    if char.isascii() and char.isalnum():
        return "数" if char.isdigit() else "文"
    return char


def _wide(text: str) -> float:
    """In characters."""
    return sum(0.55 if char.isascii() else 1.0 for char in text)
