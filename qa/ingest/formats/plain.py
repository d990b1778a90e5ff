"""Text and Markdown."""

import re
from pathlib import Path

from qa.errors import DocumentError
from qa.ingest.formats.charsets import decode
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.result import Read
from qa.ingest.readers import Line

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_LONG_COMMENT = 20
"""Characters from which a comment without Chinese is more than a mark."""
_TABLE_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]*--[\s:|-]*\|?\s*$")


def read_text(path: Path) -> Read:
    """The lines of a text."""
    findings = Findings()
    lines = _lines(decode(path.read_bytes(), path.name), path.name, findings)
    return Read(lines=lines, pages=None, how="text", hidden=findings.sentences())


def read_markdown(path: Path) -> Read:
    """The lines of a Markdown text; comments taken out, rows of tables divided by tabs."""
    findings = Findings()
    text = decode(path.read_bytes(), path.name)
    lines = _lines(_COMMENT.sub(lambda m: _uncommented(m, findings), text), path.name, findings)
    rows = [_row(line) for line in lines if not _TABLE_RULE.match(line.text)]
    kept = tuple(line for line in rows if line is not None)
    return Read(lines=kept, pages=None, how="markdown", hidden=findings.sentences())


def _lines(text: str, name: str, findings: Findings) -> tuple[Line, ...]:
    if not text.strip():
        raise DocumentError(f"{name} 里没有文字；请换上完整的文件。")
    texts = re.split(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text)
    return tuple(
        Line(number, findings.seen(text, f"第{number}行").rstrip(" \u3000"))
        for number, text in enumerate(texts, start=1)
    )


def _uncommented(match: re.Match[str], findings: Findings) -> str:
    comment = match[1].strip()
    if len(comment) >= _LONG_COMMENT or re.search(r"[\u4e00-\u9fff]", comment):
        line = match.string.count("\n", 0, match.start()) + 1
        findings.add(f"第{line}行", "注释里", comment)
    return "\n" * match[0].count("\n")


def _row(line: Line) -> Line:
    match = _TABLE_ROW.match(line.text)
    if not match:
        return line
    cells = (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", match[1]))
    return line._replace(text="\t".join(cells))
