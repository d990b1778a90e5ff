"""A paper as Markdown that shows the same words in any viewer: what is not markup is escaped."""

import re
from collections.abc import Iterator

from qa.export.markup import Block, Run, blocks, clean, one_line
from qa.export.paper import Paper, Quoted, Section

_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~$]")
_LINE_START = re.compile(r"^(?P<space>[ \t]?)(?P<mark>#|[-+=]|\d{1,9}(?=[.)]))?", re.MULTILINE)
_SPACES = {" ": "&#32;", "\t": "&#9;"}


def to_markdown(paper: Paper) -> str:
    """The whole paper; it ends with the provisions that its text cites."""
    parts = [f"# {escaped_line(paper.title)}", f"> {escaped_line(paper.statement)}"]
    for section in paper.sections:
        parts += _section(section)
    citing = [section for section in paper.sections if section.cited]
    if citing:
        parts.append("## 引用条文")
    for section in citing:
        if len(citing) > 1:
            parts.append(f"### {escaped_line(section.heading)}")
        for n, quoted in section.cited.items():
            parts += _quoted(quoted, f"[{n}] ")
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {escaped_line(section.heading)}"
    for paragraph in section.paragraphs:
        for block in blocks(paragraph, section.cited):
            yield _block(block)
    for quoted in section.collected:
        yield from _quoted(quoted)
    for notice in section.notices:
        yield f"> **注意：** {escaped_line(notice)}"


def _quoted(quoted: Quoted, number: str = "") -> Iterator[str]:
    yield f"{number}**{escaped_line(quoted.name)}**"
    if quoted.text:
        yield within("> ", escaped_text(quoted.text))
    if quoted.note:
        yield f"注：{escaped_line(quoted.note)}"


def _block(block: Block) -> str:
    text = "".join(_run(run) for run in block.runs)
    if block.kind == "heading":
        return f"{'#' * min(block.level + 2, 6)} {text}"
    if block.kind == "quote":
        return within("> ", _broken(_unmarked(text)))
    if block.kind == "text":
        return _broken(_unmarked(text))
    mark = f"{block.mark or '-'} "
    return within("   " * block.level + mark, _broken(text), " " * len(mark))


def _run(run: Run) -> str:
    if run.cites is not None:
        return run.text
    text = _SPECIAL.sub(r"\\\g<0>", run.text)
    return f"**{text}**" if run.strong else text


def escaped_text(text: str) -> str:
    """Words as they are, line by line."""
    return _broken(_unmarked(_SPECIAL.sub(r"\\\g<0>", clean(text))))


def escaped_line(text: str) -> str:
    """Words as they are, in one line."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def _unmarked(text: str) -> str:
    """No line begins with what would make it a heading, an item or code."""

    def shown(match: re.Match[str]) -> str:
        space, mark = match["space"], match["mark"] or ""
        if mark.isdigit():
            return f"{_SPACES.get(space, '')}{mark}\\"
        return _SPACES.get(space, "") + (f"\\{mark}" if mark else "")

    return _LINE_START.sub(shown, text)


def _broken(text: str) -> str:
    """Every line feed is one in the viewer, too; empty lines end paragraphs."""
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "\\\\\n", text)


def within(first: str, text: str, further: str = "") -> str:
    """Each line behind a mark; the further ones behind another, where given."""
    lines = text.split("\n")
    indent = (" " * (len(first) - len(first.lstrip())) + further) if further else first
    return "\n".join([first + lines[0], *(indent + line for line in lines[1:])])
