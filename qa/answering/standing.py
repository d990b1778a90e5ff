"""Which texts an answer as of a day rests on, said to its reader."""

from collections.abc import Iterable, Iterator

from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions, chinese_date, start_of


def standing(day: str, cited: Iterable[DocumentEntry], editions: Editions) -> Iterator[str]:
    """Chinese sentences: for the day, with each cited law that has several texts; and for what
    was not in force yet, which an answer still quotes where it was asked for by name.
    """
    if not day:
        return
    entries = dict.fromkeys(cited)
    later = [entry for entry in entries if start_of(entry) > day]
    laws = [e for e in entries if editions.first(e.id) in editions.several and e not in later]
    texts = (f"《{entry.title}》{_time_of(entry)}" for entry in laws)
    if len(later) < len(entries):
        yield f"依据{chinese_date(day)}施行的文本{'：' if laws else ''}{'；'.join(texts)}。"
    for entry in later:
        since = f"，它自{chinese_date(entry.effective)}起施行" if entry.effective else ""
        yield f"《{entry.title}》在{chinese_date(day)}还没有施行{since}。"


def _time_of(entry: DocumentEntry) -> str:
    begun = start_of(entry)
    since = f"自{chinese_date(begun)}起施行" if begun else "没有登记施行日期"
    until = f"，至{chinese_date(entry.superseded)}由修改后的文本代替" if entry.superseded else ""
    return f"（{since}{until}）"
