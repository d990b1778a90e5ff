"""The names in a question: documents under any name, departments, titles that are not here."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.ingest.catalog import DocumentEntry
from qa.ingest.normalise import normalise

_QUOTES = re.compile("[《》〈〉“”\"‘’'「」『』]")
_HAN_SPACE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_TITLE = re.compile(r"《([^《》]{2,60})》")
_KIND_OF_TEXT = re.compile(r"法典|法|条例|办法|规划|纲要|意见|方案|计划|清单")
_LAW = re.compile(
    r"(?:^|[，。？！、；：,?!\s和与及])([\u4e00-\u9fff]{1,12}?(?:法典|法|条例))(?=[里中上]|规定|怎么|对)"
)
_NO_LAW = re.compile(
    r"[该本此这那依合违非司立执守普释说做想看办方用语书疗算魔][部个]?(?:法|条例)$|合法|违法|依法|按法"
)
_FILLER = re.compile(r"这[个部份]|那[个部份]|的|里|中|省里?|咱们?|我们")
_MIN_LOOSE_NAME = 5
_MAX_LOOSE_NAME = 20
_MIN_DEPARTMENT = 3


@dataclass(frozen=True)
class Mention:
    """A document's name in a question."""

    document_id: str
    start: int
    end: int


def plain(text: str) -> str:
    """Normalised, without quotation and title marks: how names are compared."""
    return _HAN_SPACE.sub("", _QUOTES.sub("", normalise(text)))


class DocumentNames:
    """Finds documents by title or by any name of the catalog, the longest name first."""

    def __init__(self, documents: Iterable[DocumentEntry]) -> None:
        """Learn the names of the documents."""
        self._ids: dict[str, str] = {}
        for entry in documents:
            for name in (entry.title, *entry.names):
                self._ids[plain(name)] = entry.id
        names = sorted(self._ids, key=len, reverse=True)
        self._pattern = re.compile("|".join(_bounded(name) for name in names) or r"(?!)")

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The documents named in a plain text, exactly or loosely, in its order."""
        exact = [
            Mention(self._ids[match[0]], match.start(), match.end())
            for match in self._pattern.finditer(text)
        ]
        loose = [
            mention
            for match in _KIND_OF_TEXT.finditer(text)
            if not any(m.start < match.end() and match.start() < m.end for m in exact)
            and (mention := self._loose_before(text, match.end()))
        ]
        return tuple(sorted((*exact, *loose), key=lambda mention: mention.start))

    def loosely(self, name: str) -> str | None:
        """The one document whose title or name ends alike and holds all characters of a name.

        `山东电子政务那个办法` is 山东省电子政务和政务数据管理办法.
        """
        bare = _FILLER.sub("", name)
        if len(bare) < _MIN_LOOSE_NAME:
            return None
        wanted = Counter(bare)
        found = {
            document_id
            for known, document_id in self._ids.items()
            if known[-1] == bare[-1] and wanted <= Counter(known)
        }
        return found.pop() if len(found) == 1 else None

    def _loose_before(self, text: str, end: int) -> Mention | None:
        """The longest loose name that ends here and does not begin inside a longer word."""
        for start in range(max(0, end - _MAX_LOOSE_NAME), end - _MIN_LOOSE_NAME + 1):
            document_id = self.loosely(text[start:end])
            if document_id:
                return Mention(document_id, start, end)
        return None

    def strangers(self, question: str) -> Iterator[str]:
        """Titles of the question, in 《》 or as `刑法里`, that are no document of the catalog."""
        for match in _TITLE.finditer(question):
            if not self._pattern.fullmatch(plain(match[1])):
                yield match[1]
        for match in _LAW.finditer(question):
            name = match[1]
            if not (_NO_LAW.search(name) or self.mentions(plain(name))):
                yield name


class DepartmentNames:
    """Finds departments of the volume, also without 省 before the name."""

    def __init__(self, departments: Iterable[str]) -> None:
        """Learn the departments' names."""
        self._names: dict[str, str] = {}
        for name in departments:
            for short in (name, name.removeprefix("省")):
                if len(short) >= _MIN_DEPARTMENT:
                    self._names.setdefault(plain(short), name)
        names = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, names)) or r"(?!)")

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The departments named in a plain text."""
        return tuple(dict.fromkeys(self._names[name] for name in self._pattern.findall(text)))


def _bounded(name: str) -> str:
    pattern = re.escape(name).replace(r"\ ", r"\s+")
    if name[0].isascii():
        pattern = rf"(?<![a-z0-9]){pattern}"
    if name[-1].isascii():
        pattern = rf"{pattern}(?![a-z0-9])"
    return pattern
