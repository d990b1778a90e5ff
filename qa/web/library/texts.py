"""The texts of one law through time, for the reader of one of them."""

from dataclasses import dataclass

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import chinese_date, start_of, today
from qa.web.library.addresses import Addresses


@dataclass(frozen=True)
class Text:
    """One of the texts."""

    title: str
    url: str
    since: str
    """`2026年1月1日起施行`; empty where it is not known."""
    state: str
    """`现行`, `已修改`, `尚未施行`."""
    here: bool
    """It is the one that is read."""
    compare: str
    """Where it stands beside the one that is read, the older one on the left."""


def texts(
    assistant: Assistant, addresses: Addresses, entry: DocumentEntry, place: str = ""
) -> tuple[Text, ...]:
    """All texts of a law, the oldest first; none where there is only one.

    Args:
        place: where the comparison is opened: the anchor of an article.
    """
    editions = assistant.reading.editions
    held = editions.of(entry.id)
    if len(held) < 2:
        return ()
    current = editions.at(entry.id)

    def compare(other: DocumentEntry) -> str:
        old, new = sorted((entry, other), key=held.index)
        return addresses.compare(a=old.title, b=new.title) + (f"#{place}" if place else "")

    return tuple(
        Text(
            title=each.title,
            url=addresses.document(each.title),
            since=f"{chinese_date(start_of(each))}起施行" if start_of(each) else "",
            state=_state(each, current),
            here=each.id == entry.id,
            compare=compare(each),
        )
        for each in held
    )


def _state(entry: DocumentEntry, current: str) -> str:
    if entry.id == current:
        return "现行"
    return "尚未施行" if start_of(entry) > today() else "已修改"
