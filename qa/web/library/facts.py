"""What is known of a document, in the words of its reader."""

from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import chinese_date, start_of, today

_STATUS = {"amended": "已修改", "repealed": "已废止"}


def badges(entry: DocumentEntry) -> tuple[tuple[str, str], ...]:
    """The class and the word of each mark of its status: (`amended`, `已修改`)."""
    marks: list[tuple[str, str]] = []
    if entry.status is not None:
        marks.append((entry.status, _STATUS[entry.status]))
    if entry.draft:
        marks.append(("draft", "会签稿"))
    if start_of(entry) > today():
        marks.append(("draft", "尚未施行"))
    return tuple(marks)


def facts(entry: DocumentEntry) -> tuple[str, ...]:
    """Level, region, issuer and dates, as far as the catalog has them."""
    known: list[str] = [entry.level, entry.region]
    if entry.issuer:
        known.append(entry.issuer)
    if entry.issued:
        known.append(f"{chinese_date(entry.issued)}发布")
    if entry.changed:
        known.append(f"{chinese_date(entry.changed)}修改")
    if entry.effective:
        known.append(f"{chinese_date(entry.effective)}施行")
    return tuple(known)
