"""Reading the small Markdown of answers: blocks of runs, and nothing else is markup."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["text", "heading", "bullet", "numbered", "quote"]

_MARKDOWN = MarkdownIt("zero").enable(["heading", "list", "blockquote"])
_SPAN = re.compile(r"\\(?P<literal>[\\\[!(:<])|\*\*(?P<strong>[^*\n]+)\*\*|\[(?P<n>\d{1,3})\]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""What XML cannot hold or no reader can see; among it what turns the order of letters."""


@dataclass(frozen=True)
class Run:
    """A piece of a line."""

    text: str
    strong: bool = False
    cites: int | None = None
    """The number, where the piece is a citation `[n]`."""


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, an item of a list or a paragraph of a quotation."""

    kind: Kind
    runs: tuple[Run, ...]
    level: int = 0
    """Of a heading: 1 to 6; of an item: its depth, from 0."""
    mark: str = ""
    """What stands before a numbered item: `1.`."""


def clean(text: str) -> str:
    """Without control characters and with line feeds alone; else the same text."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same, where there is room for one line only."""
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip()


def blocks(text: str, cited: Container[int]) -> Iterator[Block]:
    """The blocks of a text; only the numbers in `cited` are citations."""
    lists: list[str] = []
    quotes, level, begins, mark = 0, 0, False, ""
    for token in _MARKDOWN.parse(clean(text)):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "blockquote_open" | "blockquote_close":
                quotes += token.nesting
            case "heading_open" | "heading_close":
                level = int(token.tag[1]) if token.nesting == 1 else 0
            case "list_item_open":
                begins, mark = True, f"{token.info}{token.markup}"
            case "inline":
                kind = _kind(level, quotes, lists, begins)
                depth = level or max(0, len(lists) - 1)
                shown = mark if kind == "numbered" else ""
                yield Block(kind, runs(_content(token), cited), depth, shown)
                begins = False


def runs(text: str, cited: Container[int]) -> tuple[Run, ...]:
    """The pieces of a line."""
    found: list[Run] = []
    end = 0
    for span in _SPAN.finditer(text):
        if span["n"] and int(span["n"]) not in cited:
            continue
        found.append(Run(text[end : span.start()]))
        if span["literal"]:
            found.append(Run(span["literal"]))
        elif span["n"]:
            found.append(Run(span[0], cites=int(span["n"])))
        else:
            found += (Run(r.text, True, r.cites) for r in runs(span["strong"], cited))
        end = span.end()
    return tuple(run for run in (*found, Run(text[end:])) if run.text)


def _kind(level: int, quotes: int, lists: list[str], begins: bool) -> Kind:
    if level:
        return "heading"
    if quotes:
        return "quote"
    if lists and begins:
        return "bullet" if lists[-1] == "bullet_list_open" else "numbered"
    return "text"


def _content(token: Token) -> str:
    return str(token.content)
