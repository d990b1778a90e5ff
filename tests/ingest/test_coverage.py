"""Every character of the body stands in exactly one provision or in a heading."""

import re
from collections.abc import Iterator, Sequence

from qa.ingest.corpus import Corpus
from qa.ingest.provision import Part, Provision
from qa.ingest.readers import Line

BODY = 58  # the first title behind the cover and the contents of the volume
CONTENTS = (range(2503, 2513), range(2965, 3151), range(4841, 4914))
DATE_LINES = (1707, 1909, 2211, 2409, 2501, 3802, 4030, 4681, 4771, 4839)
ATTACHMENT_MARK = 4296
MERGED_HEADER = "工作任务"  # of three years, which the line below it names
MARKS = re.compile(r"^- (?=（)|\*\*|</?p>|\s")


def plain(text: str) -> str:
    return MARKS.sub("", text)


def heading(text: str) -> str:
    """As headings are compared: full-width brackets, no attachment's name, no full stop."""
    bare = re.sub(r"^附件\d*\s", "", text)
    return plain(re.sub(r"^\((.+?)\)", r"（\1）", bare)).removesuffix("。")


def body(corpus: Corpus, volume: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines of each document that say something of their own."""
    titles = {plain(d.title): d.id for d in corpus.catalog.documents}
    dividers = {plain(part) for part in corpus.catalog.sources[0].parts}
    document, lines = "", list[Line]()
    for line in volume[BODY - 1 :]:
        if plain(line.text) in titles:
            yield document, lines
            document, lines = titles[plain(line.text)], []
        elif (
            plain(line.text)
            and plain(line.text) not in dividers
            and line.number not in (*DATE_LINES, ATTACHMENT_MARK)
            and not any(line.number in contents for contents in CONTENTS)
        ):
            lines.append(line)
    yield document, lines


def test_every_line_stands_in_one_provision_or_is_a_heading(
    corpus: Corpus, volume: list[Line]
) -> None:
    seen = 0
    for document, lines in body(corpus, volume):
        provisions = [p for p in corpus.provisions if p.document_id == document]
        headings = {heading(h) for p in provisions for h in p.headings}
        parts: dict[int, Part] = {}
        for provision in (p for p in provisions if p.kind not in ("row", "entry")):
            for part in provision.parts:
                assert part.line not in parts, f"line {part.line} stands in two provisions"
                parts[part.line] = part
        rest = ""
        for line in (line for line in lines if "\t" not in line.text):
            text = plain(line.text)
            if line.number in parts:
                assert not rest, f"before line {line.number}: {rest}"
                rest = plain(parts.pop(line.number).text)
            if rest:
                assert rest.startswith(text), f"line {line.number}: {text} is not in {rest}"
                rest = rest[len(text) :]
            else:
                assert heading(line.text) in headings, f"line {line.number} is lost: {text}"
            seen += len(text)
        assert not rest and not parts
    assert seen > 200_000


def test_every_cell_of_a_table_stands_in_one_row_or_is_a_header(
    corpus: Corpus, volume: list[Line]
) -> None:
    for document, lines in body(corpus, volume):
        provisions = [p for p in corpus.provisions if p.document_id == document]
        rows = {p.parts[0].line: p for p in provisions if p.kind in ("row", "entry")}
        headings = {heading(h) for p in provisions for h in p.headings}
        labels = {plain(part.label) for row in rows.values() for part in row.parts}
        row: Provision | None = None
        columns: list[str] = []
        for line in (line for line in lines if "\t" in line.text):
            cells = [plain(cell) for cell in line.text.split("\t")]
            filled = [cell for cell in cells if cell]
            if line.number in rows:
                check_row(row, columns)
                row, columns = rows.pop(line.number), cells
            elif len(filled) == 1 and cells[0]:
                assert heading(cells[0]) in headings, f"line {line.number}"
            elif not set(filled) <= {*labels, MERGED_HEADER}:
                assert not any(cells[:2]), f"line {line.number} continues no row"
                columns = [a + b for a, b in zip(columns, cells, strict=True)]
        check_row(row, columns)
        assert not rows


def check_row(row: Provision | None, columns: list[str]) -> None:
    """The row says its printed cells in their order, and before them only what it carries down."""
    if row is None:
        return
    values = [plain(part.text.removeprefix(f"{part.label}：")) for part in row.parts]
    printed = [cell for cell in columns if cell]
    carried = len(values) - len(printed)
    assert carried <= 2
    if columns[0]:  # a repeated task keeps its place before the department that it carries
        assert values[0] == printed.pop(0)
        values = values[1:]
    assert values[carried:] == printed, row.name
