"""What the tests of the tab 文件收入 do and look at."""

import base64
import io
import os
from pathlib import Path

import docx
from playwright.sync_api import Page

from qa.ingest.catalog import load_catalog


def drop(page: Page, name: str, content: bytes) -> None:
    """As from the desktop, onto the zone."""
    given = page.evaluate_handle(
        """async ([name, data]) => {
          const bytes = await (await fetch(`data:;base64,${data}`)).arrayBuffer();
          const held = new DataTransfer();
          held.items.add(new File([bytes], name));
          return held;
        }""",
        [name, base64.b64encode(content).decode()],
    )
    page.dispatch_event("#intake .drop", "drop", {"dataTransfer": given})


def no_wider(page: Page) -> None:
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def word(*paragraphs: str) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def text_of(corpus_dir: Path, title: str) -> str:
    """A document that was taken in, as it lies in the corpus."""
    (entry,) = (e for e in load_catalog(corpus_dir).documents if e.title == title)
    assert entry.source
    return (corpus_dir / entry.source).read_text(encoding="utf-8")


def processes() -> list[str]:
    """The processes that read files."""
    lines = (path.read_bytes() for path in Path("/proc").glob(f"{os.getpid()}/task/*/children"))
    ids = [each for line in lines for each in line.decode().split()]
    commands = (Path("/proc", each, "cmdline") for each in ids)
    return [c for path in commands if "formats.child" in (c := _text(path))]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""
