"""What is known of a document, in the words of its reader."""

from qa.ingest.catalog import DocumentEntry

_STATUS = {"amended": "已修改", "repealed": "已废止"}


def badges(entry: DocumentEntry) -> tuple[tuple[str, str], ...]:
    """The class and the word of each mark of its status: (`amended`, `已修改`)."""
    marks: list[tuple[str, str]] = []
    if entry.status is not None:
        marks.append((entry.status, _STATUS[entry.status]))
    if entry.draft:
        marks.append(("draft", "会签稿"))
    return tuple(marks)


def facts(entry: DocumentEntry) -> tuple[str, ...]:
    """Level, region, issuer and dates, as far as the catalog has them."""
    known: list[str] = [entry.level, entry.region]
    if entry.issuer:
        known.append(entry.issuer)
    if entry.issued:
        known.append(f"{chinese_date(entry.issued)}发布")
    if entry.effective:
        known.append(f"{chinese_date(entry.effective)}施行")
    return tuple(known)


def chinese_date(iso: str) -> str:
    """`2021-06-10`, `2021-06` or `2021` in Chinese."""
    return "".join(
        f"{int(number)}{unit}" for number, unit in zip(iso.split("-"), "年月日", strict=False)
    )
