"""Text and Markdown."""

import html
import re
from pathlib import Path

from qa.errors import DocumentError
from qa.ingest.formats.charsets import decode
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.limits import check_lines
from qa.ingest.formats.result import Read
from qa.ingest.readers import Line

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_LONG_COMMENT = 20
"""Characters from which a comment without Chinese is more than a mark."""
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?=\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^[\w-]+:", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|span|font|b|i|u|em|strong|center|a|sup|sub|hr)(?:\s[^<>\n]*)?/?>", re.IGNORECASE
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:https?://|mailto:|[/#.])[^()\s]*\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~-])")
_TABLE_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_TABLE_RULE = re.compile(r"[\s:|-]+")


def read_text(path: Path) -> Read:
    """The lines of a text."""
    findings = Findings()
    lines = _lines(decode(path.read_bytes(), path.name), path.name, findings)
    return Read(lines=lines, pages=None, how="text", hidden=findings.sentences())


def read_markdown(path: Path) -> Read:
    """The lines of a Markdown text without its marks; rows of tables divided by tabs."""
    findings = Findings()
    text = decode(path.read_bytes(), path.name)
    check_lines(text.split("\n"), path.name)
    text = _FRONT_MATTER.sub(lambda m: _without_fields(m, findings), text)
    text = _uncommented(text, findings)
    lines = _lines("\n".join(map(_unmarked, text.split("\n"))), path.name, findings)
    rows = [_row(line) for line in lines if not _is_rule(line.text)]
    kept = tuple(line for line in rows if line is not None)
    return Read(lines=kept, pages=None, how="markdown", hidden=findings.sentences())


def _lines(text: str, name: str, findings: Findings) -> tuple[Line, ...]:
    if not text.strip():
        raise DocumentError(f"{name} 里没有文字；请换上完整的文件。")
    texts = re.split(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text)
    check_lines(texts, name)
    return tuple(
        Line(number, findings.seen(text, f"第{number}行").rstrip(" \u3000"))
        for number, text in enumerate(texts, start=1)
    )


def _without_fields(match: re.Match[str], findings: Findings) -> str:
    if not _FIELD.search(match[1]):
        return match[0]
    findings.add("第1行", "文首的字段里", match[1])
    return "\n" * match[0].count("\n")


def _unmarked(line: str) -> str:
    """Without tags, addresses, entities and escapes; a break in a table keeps the row whole."""
    line = _BREAK.sub(" " if line.lstrip().startswith("|") else "\n", line)
    line = _LINK.sub(r"\1", _TAG.sub("", line))
    return _ESCAPED.sub(r"\1", html.unescape(line))


def _uncommented(text: str, findings: Findings) -> str:
    closed = text.rfind("-->") + 3  # behind it, each <!-- would be followed to the end
    kept: list[str] = []
    line, end = 1, 0
    for match in _COMMENT.finditer(text[:closed]):
        kept.append(text[end : match.start()])
        line += kept[-1].count("\n")
        comment = match[1].strip()
        if len(comment) >= _LONG_COMMENT or re.search(r"[\u4e00-\u9fff]", comment):
            findings.add(f"第{line}行", "注释里", comment)
        kept.append("\n" * match[0].count("\n"))
        line += len(kept[-1])
        end = match.end()
    return "".join([*kept, text[end:]])


def _is_rule(line: str) -> bool:
    return "--" in line and _TABLE_RULE.fullmatch(line) is not None


def _row(line: Line) -> Line:
    match = _TABLE_ROW.match(line.text)
    if not match:
        return line
    cells = (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", match[1]))
    return line._replace(text="\t".join(cells))
