"""The one way in: a file, whatever its format, becomes lines."""

from collections.abc import Callable
from pathlib import Path

from qa.ingest.formats.kinds import Kind, kind_of
from qa.ingest.formats.limits import Limits, check_lines
from qa.ingest.formats.result import Read

OnPage = Callable[[int, int], None]
"""Told after every page: which one, and of how many."""


def read(path: Path, limits: Limits, on_page: OnPage = lambda page, pages: None) -> Read:
    """The lines of a file. Files from outside go through `read_guarded`.

    Raises:
        DocumentError: the file is refused or cannot be read.
    """
    found = _READERS[kind_of(path, limits)](path, limits, on_page)
    check_lines((line.text for line in found.lines), path.name)
    return found


# The packages behind a format are loaded when a file of that format comes: they are big.
def _text(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.plain import read_text

    return read_text(path)


def _markdown(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.plain import read_markdown

    return read_markdown(path)


def _pdf(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.pdf import read_pdf

    return read_pdf(path, limits, on_page)


def _image(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.images import read_image

    return read_image(path, limits, on_page)


def _word(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.word import read_word

    return read_word(path, limits)


def _office(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.office import read_office

    return read_office(path, limits)


def _html(path: Path, limits: Limits, on_page: OnPage) -> Read:
    from qa.ingest.formats.webpage import read_page

    return read_page(path)


_READERS: dict[Kind, Callable[[Path, Limits, OnPage], Read]] = {
    "text": _text,
    "markdown": _markdown,
    "pdf": _pdf,
    "image": _image,
    "word": _word,
    "office": _office,
    "html": _html,
}
