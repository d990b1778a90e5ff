"""What a name typed by a reader means: a document, or a place in it."""

from dataclasses import dataclass

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry
from qa.retrieval.reading import Place


@dataclass(frozen=True)
class Named:
    """What a name means as a whole."""

    entry: DocumentEntry
    place: Place | None
    """None for the whole document."""


def named(assistant: Assistant, name: str) -> Named | None:
    """What is meant by `数据安全法`, `数据安全法第48条`; None where it is neither."""
    for end in range(len(name), 1, -1):
        found = assistant.reading.named(name[:end])
        if found is None:
            continue
        rest = name[end:].strip(" 　，,的")
        if not rest:
            return Named(assistant.document(found), None)
        place = assistant.reading.locate(found, rest)
        if place:
            return Named(assistant.document(found), place)
    return None
