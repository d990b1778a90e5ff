"""Which texts an answer as of a day rests on, said to its reader."""

from collections.abc import Iterable, Iterator

from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions, chinese_date, start_of


def standing(day: str, cited: Iterable[DocumentEntry], editions: Editions) -> Iterator[str]:
    """A Chinese sentence for the day, and one for each cited law that has several texts."""
    if not day:
        return
    laws = [entry for entry in dict.fromkeys(cited) if editions.first(entry.id) in editions.several]
    texts = (f"《{entry.title}》{_time_of(entry)}" for entry in laws)
    yield f"依据{chinese_date(day)}施行的文本{'：' if laws else ''}{'；'.join(texts)}。"


def _time_of(entry: DocumentEntry) -> str:
    begun = start_of(entry)
    since = f"自{chinese_date(begun)}起施行" if begun else "没有登记施行日期"
    until = f"，至{chinese_date(entry.superseded)}由修改后的文本代替" if entry.superseded else ""
    return f"（{since}{until}）"
