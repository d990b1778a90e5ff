"""What a program or a person at the command line restricts a search to, checked by name."""

import datetime
from collections.abc import Sequence

from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.retrieval.passage import Filters


def filters_named(
    assistant: Assistant,
    levels: Sequence[str] | None,
    regions: Sequence[str] | None,
    documents: Sequence[str] | None,
    years: Sequence[int] | None = None,
    as_of: str | None = None,
) -> Filters:
    """The filters of these names; a document goes by its id, title or short name.

    Raises:
        QuestionError: there is no such level, region, document or day, or nothing of such a year.
    """
    ids = [assistant.find_document(name).id for name in documents or ()]
    known_levels = {entry.level for entry in assistant.documents}
    known_regions = {entry.region for entry in assistant.documents}
    for value, known in [(v, known_levels) for v in levels or ()] + [
        (v, known_regions) for v in regions or ()
    ]:
        if value not in known:
            raise QuestionError(f"没有“{value}”；可以用：{'、'.join(sorted(known))}。")
    known_years = assistant.reading.years
    for year in years or ():
        if year not in known_years:
            raise QuestionError(
                f"没有 {year} 年的内容；可以用：{'、'.join(map(str, known_years))}。"
            )
    return Filters(
        tuple(levels or ()), tuple(regions or ()), tuple(ids), tuple(years or ()), day(as_of or "")
    )


def day(text: str) -> str:
    """An ISO day as somebody has written it; empty stays empty.

    Raises:
        QuestionError: it is none.
    """
    text = text.strip()
    try:
        if not text or datetime.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise QuestionError(f"日期“{text[:20]}”不可用；请写成 2024-06-01 这样。")
