"""Pages in disorder: lines of the volume, shuffled, cut and set in columns."""

import random
import re
import unicodedata

import pytest

from qa.ingest.accounting import account
from qa.ingest.corpus import parse
from qa.ingest.forms import ATTACHMENT_MARK, CONTENTS, TITLE_NOTE, is_title, unmarked
from qa.ingest.readers import Line

ODD = [
    "",
    "\t",
    "\t\t",
    " ",
    "第零条",
    "第二一条 误。",
    "第99999999999999999999条 大。",
    "第一章",
    "附 则",
    "专栏 1",
    "专栏",
    "附件 1",
    "附件二",
    "附件：",
    "附件：1.甲",
    "1.",
    "（一）",
    "一、",
    "——",
    "（",
    "）",
    "——2016年4月19日",
    "——2016年13月40日在会上的讲话",
    "2016 年",
    "<p></p>",
    "****",
    "# ",
    "<!-- x -->",
    "（2021年12月）",
    "注：甲\t",
    "\t\t甲",
    "甲\t乙\t丙\t丁\t戊\t己\t庚",
    "１．甲。",
    "(三)乙。",
]


def disorder(chance: random.Random, pool: list[str]) -> list[Line]:
    """Up to sixty lines in an order that no printer intended."""
    texts: list[str] = []
    for _ in range(chance.randint(1, 60)):
        text = chance.choice(ODD) if chance.random() < 0.15 else chance.choice(pool)
        if chance.random() < 0.2:
            text = text[: chance.randint(0, len(text))]
        if chance.random() < 0.15:
            place = chance.randint(0, len(text))
            text = text[:place] + "\t" * chance.randint(1, 3) + text[place:]
        texts += [text.rstrip(" "), *[""] * chance.choice((0, 1, 1, 1, 2))]
    return [Line(number, text) for number, text in enumerate(texts, start=1)]


def plain(text: str) -> str:
    """Without width, white space and full stops, in which headings differ from their lines."""
    return re.sub(r"[\s。]", "", unicodedata.normalize("NFKC", text))


def lost(lines: list[Line]) -> list[str]:
    """What a reader would look for in vain."""
    outline, _ = parse(lines)
    said = [plain(text) for d in outline.drafts for text in (d.text, *d.headings)]
    told = account(lines, "", outline.drafts).faults
    kept = "\n".join([*said, *map(plain, told)])
    gone: list[str] = []
    depth = 0  # in the table, counted in lines
    for line in lines:
        text = unmarked(line.text)
        if "\t" in line.text and text:
            depth += 1
            cells = [unmarked(cell) for cell in line.text.split("\t")]
            # A header, under a title perhaps, may name a column that no row fills.
            gone += [c for c in cells if plain(c) not in kept and not (depth < 4 and is_title(c))]
        elif text:
            depth = 0
            mark = TITLE_NOTE.match(text) or ATTACHMENT_MARK.match(text)
            if plain(text) not in kept and not mark:
                gone.append(text)
    return gone


@pytest.fixture(scope="module")
def pool(volume: list[Line]) -> list[str]:
    return [line.text for line in volume if line.text and not CONTENTS.match(line.text)]


@pytest.mark.parametrize("seed", range(20))
def test_lines_in_disorder_are_read_without_losing_text(pool: list[str], seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        lines = disorder(chance, pool)
        assert lost(lines) == [], "\n".join(line.text for line in lines)


@pytest.mark.parametrize("seed", range(5))
def test_a_law_in_disorder_is_read_without_losing_text(pool: list[str], seed: int) -> None:
    chance = random.Random(seed)
    legal = [text for text in pool if re.match(r"第.{1,6}[条章节]|（", text)]
    for _ in range(40):
        lines = disorder(chance, legal + pool[:100])
        assert lost(lines) == [], "\n".join(line.text for line in lines)


@pytest.mark.parametrize("seed", range(5))
def test_pages_cut_out_of_the_volume_are_read(volume: list[Line], seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        start = chance.randrange(len(volume))
        outline, _ = parse(volume[start : start + chance.randint(1, 200)])
        assert all(draft.text.strip() and draft.locator.strip() for draft in outline.drafts)
