"""Spoilt inputs for the parsers: sound files and texts, changed at random, the same every time."""

import functools
import io
import random
import re
import zipfile
from collections.abc import Callable

from qa.settings import PROJECT
from tests.ingest.seeds import images, pdfs, word_parts

_ODD_TEXTS = (
    *("第零条", "第二百五十三条之一", "第99999999999999999999条", "第 ２１ 条", "第一条第", "第条"),
    *(
        "第一千零一十亿万条",
        "第三条至第一条",
        "第〇〇〇条",
        "一、",
        "（一）",
        "1.",
        "附件：",
        "专栏 1",
    ),
    *(
        "——2016年13月40日",
        "9999年99月99日",
        "2025年时的规定",
        "《",
        "》",
        "《《》》",
        "“",
        "[1]",
        "[99]",
    ),
    *(
        "[1,2-9]",
        "【资料1】",
        "![x](http://a.b)",
        "<script>",
        "\t\t",
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
    ),
    *(
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud800",
        "\U000e0041\U000e0042",
        "\U0010ffff",
        "ﷺ",
        "𝟙",
        "①",
        "፩",
    ),
    *(
        "|a|b|",
        "|--|",
        "---\n",
        "<!--",
        "-->",
        "# ",
        "\\",
        "&#x110000;",
        "&lt;",
        "(" * 50,
        "）" * 50,
    ),
    *("article 17 of the GDPR", "Art. 9999999999", "数据安全法", "个保法66条", "2020年2月30日"),
)
_ODD_VALUES = (
    *(
        "",
        "-1",
        "0",
        "99999999999999999999",
        "1.5",
        "二",
        "x",
        " ",
        "NaN",
        "1e999",
        "²",
        "٣",
        "\uffff",
    ),
)
_ODD_NUMBERS = (b"0", b"-1", b"1", b"4294967296", b"99999999999999999999", b"0.0", b"1e9", b"NaN")
_ODD_BYTES = (
    b"",
    b"\x00",
    b"\xff" * 8,
    b"<<",
    b">>",
    b"[",
    b"(",
    b"obj",
    b"stream\n",
    b"%%EOF",
    b"R",
)


def mutant(parser: str, number: int) -> bytes:
    """The input of that number: the same whenever it is asked for."""
    return MUTANTS[parser](random.Random(f"{parser} {number}"))


def _text(chance: random.Random) -> bytes:
    text = _spoilt(chance, passage(chance))
    encoding = chance.choice(
        ("utf-8", "utf-8", "gb18030", "utf-16", "utf-16-be", "big5", "utf-8-sig")
    )
    content = text.encode(encoding, "replace")
    return _spoilt_bytes(chance, content) if chance.random() < 0.4 else content


def _markdown(chance: random.Random) -> bytes:
    marked = "\n".join(
        chance.choice(
            ("# {}", "{}", "| {} | 甲 |", "**{}**", "<!-- {} -->", "[{}](/a)", "<p>{}</p>")
        ).replace("{}", line)
        for line in passage(chance).split("\n")
    )
    head = "---\ntitle: 甲\n---\n" if chance.random() < 0.3 else ""
    return _spoilt(chance, head + marked).encode("utf-8", "replace")


def _html(chance: random.Random) -> bytes:
    tags = (
        "p",
        "div",
        "td",
        "tr",
        "table",
        "span",
        "h1",
        "li",
        "nav",
        "form",
        "svg",
        "a",
        "script",
    )
    texts = passage(chance).split("\n")
    parts = []
    for text in texts:
        tag = chance.choice(tags)
        style = chance.choice(("", "", " style='color:white'", " hidden", " style='font-size:0'"))
        parts.append(f"<{tag}{style}>{text}" + (f"</{tag}>" if chance.random() < 0.8 else ""))
    charset = chance.choice(("utf-8", "gbk", "utf-7", "undefined", "punycode", "idna", "hex", "x"))
    page = (
        f"<html><head><meta charset={charset}><title>甲_网</title></head><body><div>"
        f"{''.join(parts)}</div></body></html>"
    )
    content = _spoilt(chance, page).encode(chance.choice(("utf-8", "gb18030")), "replace")
    return _spoilt_bytes(chance, content) if chance.random() < 0.4 else content


def _word(chance: random.Random) -> bytes:
    parts = dict(word_parts())
    if chance.random() < 0.85:
        for _ in range(chance.randint(1, 3)):
            name = (
                chance.choice(_SPOILT_PARTS) if chance.random() < 0.9 else chance.choice([*parts])
            )
            parts[name] = _spoilt_xml(chance, parts.get(name, b""))
    if chance.random() < 0.1:
        parts.pop(chance.choice([*parts]), None)
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    content = file.getvalue()
    return _spoilt_bytes(chance, content) if chance.random() < 0.25 else content


def _pdf(chance: random.Random) -> bytes:
    content = chance.choice(pdfs())
    for _ in range(chance.randint(1, 4)):
        found = [*re.finditer(rb"-?\d+(?:\.\d+)?|/[A-Za-z]+|\d+ 0 R|endobj|endstream", content)]
        if not found or chance.random() < 0.3:
            content = _spoilt_bytes(chance, content)
            continue
        at, other = chance.choice(found), chance.choice(found)
        new = chance.choice((other[0], chance.choice(_ODD_NUMBERS), chance.choice(_ODD_BYTES)))
        content = content[: at.start()] + new + content[at.end() :]
    return content


def _image(chance: random.Random) -> bytes:
    return _spoilt_bytes(chance, chance.choice(images()))


def _line(chance: random.Random) -> bytes:
    return _spoilt(chance, passage(chance, 1)[:400]).encode("utf-8", "surrogatepass")


def _lines(chance: random.Random) -> bytes:
    return _spoilt(chance, passage(chance)).encode("utf-8", "surrogatepass")


def _numeral(chance: random.Random) -> bytes:
    signs = "一二两三四五六七八九十百千万亿零〇○０１9²٣፩①-. 点负半"
    return "".join(chance.choices(signs, k=chance.randint(0, 12))).encode()


def _catalog(chance: random.Random) -> bytes:
    blocks = _of_project("corpus/catalog.toml").split("\n\n")
    text = "\n\n".join([*blocks[:3], *chance.sample(blocks[3:], 4)])
    return _spoilt_words(chance, text).encode("utf-8", "replace")


def _questions(chance: random.Random) -> bytes:
    return _some_lines(chance, "corpus/questions.jsonl")


def _bank(chance: random.Random) -> bytes:
    return _some_lines(chance, "evals/questions/compilation.jsonl")


MUTANTS: dict[str, Callable[[random.Random], bytes]] = {
    "text": _text,
    "markdown": _markdown,
    "html": _html,
    "word": _word,
    "pdf": _pdf,
    "image": _image,
    "lines": _lines,
    "numeral": _numeral,
    "question": _line,
    "citation": _lines,
    "catalog": _catalog,
    "questions": _questions,
    "bank": _bank,
}
"""How to make an input for each parser."""


@functools.cache
def _of_project(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@functools.cache
def _volume() -> tuple[str, ...]:
    text = next((PROJECT / "corpus").glob("*.txt")).read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line.strip())


def passage(chance: random.Random, most: int = 12) -> str:
    """Some lines of the volume."""
    start = chance.randrange(len(_volume()))
    return "\n".join(_volume()[start : start + chance.randint(1, most)])


def _some_lines(chance: random.Random, name: str) -> bytes:
    lines = chance.sample(_of_project(name).splitlines(), chance.randint(1, 4))
    content = _spoilt_words(chance, "\n".join(lines)).encode("utf-8", "replace")
    return _spoilt_bytes(chance, content) if chance.random() < 0.3 else content


def _spoilt(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(0, 6)):
        at = chance.randint(0, len(text))
        end = min(len(text), at + chance.choice((0, 0, 1, 5, 60)))
        kind = chance.random()
        if kind < 0.7:
            new = chance.choice(_ODD_TEXTS)
        elif kind < 0.9:
            new = text[at:end] * chance.choice((0, 2, 40))
        else:
            new = chr(chance.randrange(0x110000))
        text = text[:at] + new + text[end:]
    return text


def _spoilt_words(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(0, 3)):
        found = [*re.finditer(r'"[^"\n]*"|\d+|[a-z_]+|[\[\]{}=:,]', text)]
        if not found:
            return text
        at = chance.choice(found)
        other = chance.choice((chance.choice(found)[0], *_ODD_VALUES, *_ODD_TEXTS))
        text = text[: at.start()] + other + text[at.end() :]
    return text


def _spoilt_bytes(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 4, 16))):
        at = chance.randint(0, len(changed))
        end = min(len(changed), at + chance.choice((0, 1, 1, 4, 200)))
        kind = chance.random()
        if kind < 0.5:
            changed[at:end] = chance.randbytes(end - at)
        elif kind < 0.7:
            changed[at:end] = chance.choice(_ODD_BYTES)
        elif kind < 0.9:
            changed[at:at] = changed[at:end]
        elif kind < 0.95:
            del changed[at:]
    return bytes(changed)


def _spoilt_xml(chance: random.Random, content: bytes) -> bytes:
    if chance.random() < 0.15:
        return _spoilt_bytes(chance, content)
    text = content.decode("utf-8", "replace")
    for _ in range(chance.randint(1, 4)):
        pattern = chance.choice(
            (r'"[^"<>]*"', r"<[^<>]+/>", r"<(w:\w+)[ >].*?</\1>", r"w:\w+", r"\d+")
        )
        found = [*re.finditer(pattern, text, re.DOTALL)]
        if not found:
            continue
        at, other = chance.choice(found), chance.choice(found)
        new = chance.choice((other[0], "", at[0] * 2, at[0] * 30))
        if pattern in (r'"[^"<>]*"', r"\d+") and chance.random() < 0.7:
            value = chance.choice(_ODD_VALUES)
            new = f'"{value}"' if pattern.startswith('"') else value
        text = text[: at.start()] + new + text[at.end() :]
    return text.encode("utf-8", "replace")


_SPOILT_PARTS = (
    *("word/document.xml",) * 4,
    *("word/numbering.xml", "word/styles.xml") * 2,
    *("word/_rels/document.xml.rels", "[Content_Types].xml", "_rels/.rels", "word/settings.xml"),
)
