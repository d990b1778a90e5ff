"""Parsers fed with spoilt files and texts: `python -m tests.ingest.fuzz [--each N] [PARSER …]`.

Each parser gets its inputs one after another in one child, confined as the child that reads an
uploaded file is; a child that dies is replaced, and what it died of is a finding. Recognition of
characters takes a second a page, so it reads every 50th picture only; of the others each dark band
is taken for a line. An input is known by its number: `--from 4711 --each 1 pdf` does it again.
"""

import argparse
import json
import os
import random
import resource
import selectors
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from qa.answering.draft import goes_in_circles, sentences_of
from qa.answering.literal import literal, shown
from qa.errors import QAError
from qa.evaluation.bank import load_bank
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import parse
from qa.ingest.formats import Limits, Read, images, pdf, read
from qa.ingest.formats.child import confine
from qa.ingest.formats.sheet import Sheet, Span
from qa.ingest.numerals import to_int
from qa.ingest.questions import load_questions
from qa.ingest.readers import Line
from qa.ingest.recognise import recognise
from qa.retrieval.names import DepartmentNames, DocumentNames
from qa.retrieval.question import QuestionReader
from qa.settings import PROJECT
from tests.ingest.mutants import MUTANTS, mutant, passage

LIMITS = Limits(megabytes=5, pages=50, megapixels=5, seconds=3600, memory_mb=2048)
MOST_S = 5.0
"""Of processor time for one input; others work on this machine, too."""
_SILENT_S = 60.0
"""Without a word from the child: it hangs without working."""
_RECOGNISED = 50


@dataclass
class Report:
    """What became of the inputs of one parser."""

    parser: str
    inputs: int = 0
    refused: int = 0
    findings: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.parser}: {self.inputs} inputs, {self.refused} refused, "
            f"{len(self.findings)} findings, slowest {self.slowest_s:.2f} s, "
            f"peak {self.peak_mb:.0f} MB, left behind: {'; '.join(self.left) or 'nothing'}"
        )


def main() -> int:
    """Feed the parsers that are named, or all of them; 1 where there was a finding."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parsers", nargs="*", metavar="PARSER", help="、".join(MUTANTS))
    options.add_argument("--each", type=int, default=10_000)
    options.add_argument("--from", type=int, default=0, dest="first")
    options.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        _feed(given.parsers[0], given.first, given.first + given.each)
        return 0
    clean = True
    for parser in given.parsers or MUTANTS:
        report = fuzz(parser, given.each, given.first)
        print(report, *report.findings[:20], sep="\n    ", flush=True)
        clean = clean and not (report.findings or report.left)
    return 0 if clean else 1


def fuzz(parser: str, each: int, first: int = 0) -> Report:
    """Feed one parser; children that die or hang are replaced."""
    report, number, end = Report(parser), first, first + each
    with tempfile.TemporaryDirectory(prefix="qa-fuzz-") as folder:
        while number < end:
            number = _watched(report, number, end, folder)
        report.left += [f"file {path.name}" for path in Path(folder).iterdir()]
    return report


def _watched(report: Report, first: int, end: int, folder: str) -> int:
    """Feed inputs to one child until it ends; the number of the input to go on with."""
    command = [sys.executable, "-m", __spec__.name, "--child", report.parser]
    with subprocess.Popen(
        [*command, f"--from={first}", f"--each={end - first}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": folder, "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
    ) as child:
        assert child.stdout
        watch = selectors.DefaultSelector()
        watch.register(child.stdout, selectors.EVENT_READ)
        number, pending = first, b""
        while True:
            if not watch.select(_SILENT_S):
                child.kill()
                report.findings.append(f"{number}: hangs")
                return number + 1
            told = os.read(child.stdout.fileno(), 65536)
            if not told:
                break
            *whole, pending = (pending + told).split(b"\n")
            for line in whole:
                message = json.loads(line)
                if "at" in message:
                    number = message["at"]
                    report.inputs += 1
                elif "finding" in message:
                    report.findings.append(f"{number}: {message['finding']}")
                else:
                    report.refused += message["refused"]
                    report.slowest_s = max(report.slowest_s, message["slowest_s"])
                    report.peak_mb = max(report.peak_mb, message["peak_mb"])
                    report.left += message["left"]
    if child.returncode:
        report.findings.append(f"{number}: ends the process, {child.returncode}")
        return number + 1
    return end


def _feed(parser: str, first: int, end: int) -> None:
    """In the child: one input after another, what each costs, and what is left at the end."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=answers, flush=True)

    confine(LIMITS)
    recognisers = images.Recogniser, pdf.Recogniser
    refused, slowest, before = 0, 0.0, None
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, end):
            tell({"at": number})
            content = mutant(parser, number)
            real = number % _RECOGNISED == _RECOGNISED - 1
            images.Recogniser, pdf.Recogniser = recognisers if real else (Misread, Misread)
            tried = try_one(parser, content, Path(folder))
            refused += tried.refused
            slowest = max(slowest, tried.seconds)
            if tried.finding:
                tell({"finding": tried.finding})
            if number - first == min(300, (end - first) // 2):
                before = _held()  # now that the parser has loaded what it needs
    after = _held()
    before = before or after
    more = [f"{after[kind] - before[kind]} {kind}" for kind in after if after[kind] > before[kind]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell({"refused": refused, "slowest_s": slowest, "peak_mb": peak, "left": more})


@dataclass(frozen=True)
class Tried:
    """One input: what it led to, and what it took."""

    refused: bool
    finding: str
    seconds: float
    """Of the processor."""


def try_one(parser: str, content: bytes, folder: Path) -> Tried:
    """Feed one input; a refusal is one Chinese sentence, and anything else raised is a finding."""
    refused, finding = False, ""
    started = time.process_time()
    try:
        _PARSERS[parser](content, folder)
    except QAError as error:
        refused = True
        if not str(error).endswith(("。", "”")) or "\n" in str(error):
            finding = f"no sentence: {error}"
    except (MemoryError, RecursionError):
        refused = True  # with the sentences of the child that reads uploaded files
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)
        ours = next((f for f in reversed(where) if "/qa/" in f.filename), where[-1])
        place = f"{Path(ours.filename).name}:{ours.lineno}"
        finding = f"{type(error).__name__} at {place}: {str(error)[:100]}"
    took = time.process_time() - started
    return Tried(refused, finding or (f"takes {took:.1f} s" if took > MOST_S else ""), took)


def _held() -> dict[str, int]:
    own = psutil.Process()
    return {
        "handles": own.num_fds(),
        "children": len(own.children(recursive=True)),
        "threads": threading.active_count(),
    }


class Misread:
    """Takes every dark band of a picture for a line of text: quick, and as odd as the picture."""

    def __init__(self, limits: Limits) -> None:
        pass

    def page(self, page: Any, number: int, name: str) -> Sheet:
        picture = page.render(scale=1).to_numpy()
        return self.picture(picture.reshape(*picture.shape[:2], -1), number)

    def picture(self, picture: Any, number: int) -> Sheet:
        dark = picture.min(axis=2) < 128
        rows = np.flatnonzero(dark.any(axis=1))
        bands = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
        spans = tuple(self._line(dark, band[0], band[-1] + 1) for band in bands[:100])
        return Sheet(number, picture.shape[1], picture.shape[0], spans)

    def _line(self, dark: Any, top: int, bottom: int) -> Span:
        columns = np.flatnonzero(dark[top:bottom].any(axis=0))
        left, right = float(columns[0]), float(columns[-1] + 1)
        text = passage(random.Random(zlib.crc32(dark[top:bottom].tobytes())))[:40]
        return Span(text, left, float(top), right, float(bottom), float(bottom - top), ((0, 0.5),))


def _file(suffix: str) -> Callable[[bytes, Path], None]:
    """An uploaded file: its reading, the way to the page, what it is taken for."""

    def parse_one(content: bytes, folder: Path) -> None:
        path = folder / f"input{suffix}"
        path.write_bytes(content)
        found = read(path, LIMITS)
        told = json.dumps(found.model_dump(mode="json"), ensure_ascii=False).encode()
        recognise(Read.model_validate(json.loads(told)).lines)

    return parse_one


def _images(content: bytes, folder: Path) -> None:
    suffixes = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"BM": ".bmp", b"RIFF": ".webp"}
    suffix = next((s for mark, s in suffixes.items() if content.startswith(mark)), ".tif")
    _file(suffix)(content, folder)


def _lines(content: bytes, folder: Path) -> None:
    text = content.decode("utf-8", "surrogatepass")
    parse([Line(number, line) for number, line in enumerate(text.split("\n"), start=1)])


def _numeral(content: bytes, folder: Path) -> None:
    try:
        to_int(content.decode())
    except ValueError:
        raise QAError("不是数字。") from None


def _question(content: bytes, folder: Path) -> None:
    global _reader
    if _reader is None:
        catalog = load_catalog(PROJECT / "corpus")
        departments = DepartmentNames(["省商务厅", "省财政厅"])
        _reader = QuestionReader(DocumentNames(catalog.documents), departments, max_chars=2000)
    _reader.read(content.decode("utf-8", "surrogatepass"))


_reader: QuestionReader | None = None


def _citation(content: bytes, folder: Path) -> None:
    text = content.decode("utf-8", "surrogatepass")
    sentences_of(text)
    goes_in_circles(text)
    shown(literal(text))


def _as(name: str, load: Callable[[Path], object]) -> Callable[[bytes, Path], None]:
    """A file of the corpus or of the evaluation, under its own name."""

    def parse_one(content: bytes, folder: Path) -> None:
        (folder / name).write_bytes(content)
        load(folder)

    return parse_one


_PARSERS: dict[str, Callable[[bytes, Path], None]] = {
    "text": _file(".txt"),
    "markdown": _file(".md"),
    "html": _file(".html"),
    "word": _file(".docx"),
    "pdf": _file(".pdf"),
    "image": _images,
    "lines": _lines,
    "numeral": _numeral,
    "question": _question,
    "citation": _citation,
    "catalog": _as("catalog.toml", load_catalog),
    "questions": _as("questions.jsonl", load_questions),
    "bank": _as("bank.jsonl", lambda folder: load_bank(folder / "bank.jsonl")),
}

if __name__ == "__main__":
    sys.exit(main())
