"""What stands in the notes of a slide: the articles that it cites."""

from collections.abc import Iterable

from qa.briefing.model import Briefing, FullText, Source, Texts


class Notes:
    """Citations with their articles, in full where 条文原文 has them, else the words cited."""

    def __init__(self, briefing: Briefing) -> None:
        self._articles = {
            article.provision_id: full(group.document, article)
            for part in briefing.parts
            if isinstance(part.content, Texts)
            for group in part.content.documents
            for article in group.provisions
        }

    def of(self, sources: Iterable[Source]) -> tuple[str, ...]:
        """One for each."""
        return tuple(dict.fromkeys(map(self._of, sources)))

    def _of(self, source: Source) -> str:
        if known := self._articles.get(source.provision_id):
            return known
        return "\n".join((f"{source.name}：", source.quote, *misprints(source)))


def full(document: str, article: FullText) -> str:
    """An article as printed, under its name."""
    notes = (f"勘误：{note}" for note in article.notes)
    return "\n".join((f"《{document}》{article.locator}：", *article.paragraphs, *notes))


def misprints(source: Source) -> tuple[str, ...]:
    """A sentence each."""
    return tuple(f"勘误：{note}" for note in source.notes)


def short(source: Source) -> str:
    """A citation in small type: `《数据安全法》第二十七条`."""
    return f"《{short_title(source.document)}》{source.locator}"


def short_title(document: str) -> str:
    """A title as it is said."""
    return document.removeprefix("中华人民共和国")


def shorts(sources: Iterable[Source]) -> str:
    """All citations of a statement, with their misprints."""
    held = [*dict.fromkeys(sources)]
    names = "、".join(dict.fromkeys(map(short, held)))
    return "　".join((names, *(note for source in held for note in misprints(source))))
