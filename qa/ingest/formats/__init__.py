"""Files of any supported format become lines: text, Markdown, PDF, scans, Word, web pages."""

from qa.ingest.formats.guarded import read_guarded
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.names import checked_name
from qa.ingest.formats.reading import OnPage, read
from qa.ingest.formats.result import Doubt, How, Place, Read

__all__ = [
    "Doubt",
    "How",
    "Limits",
    "OnPage",
    "Place",
    "Read",
    "checked_name",
    "read",
    "read_guarded",
]
