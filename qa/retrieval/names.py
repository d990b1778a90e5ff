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
_MIN_STEM = 2
_BEFORE_NAME = re.compile("^(?:国家|中国|中央|国务院|全国|省)(?!委|政府)")
_ENDINGS = (
    ("委员会办公室", "办(?:公室)?"),
    ("委办公厅", "委(?:办公厅)?"),
    ("会办公厅", "会(?:办公厅)?"),
    ("人民法院", "(?:人民)?法院?"),
    ("委员会", "委(?:员会)?"),
    ("委", "委(?:员会)?"),
    ("办公室", "办(?:公室)?"),
)
"""How the ending of a department's name is said, the longer ending first."""
_EXCLUDES = re.compile(r"(?:不是|并非|不由|除了?)(?:由|以|山东)?$")


@dataclass(frozen=True)
class Mention:
    """A document's name in a question."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Department:
    """A department's name in a question."""

    name: str
    start: int
    end: int


def plain(text: str) -> str:
    """Normalised, without quotation and title marks: how names are compared."""
    return _HAN_SPACE.sub("", _QUOTES.sub("", normalise(text)))


class DocumentNames:
    """Finds documents by title or by any name of the catalog, the longest name first."""

    def __init__(self, documents: Iterable[DocumentEntry]) -> None:
        """Learn the names of the documents.

        The texts of one law go by the id of the first one; a later one's own title is its own.
        """
        self._ids: dict[str, str] = {}
        self._first: dict[str, str] = {}
        for entry in documents:
            self._first[entry.id] = first = entry.version_of or entry.id
            for name in entry.names:
                self._ids[plain(name)] = first
            self._ids.setdefault(plain(entry.title), entry.id)
        names = sorted(self._ids, key=len, reverse=True)
        by_first: dict[str, list[str]] = {}
        for name in names:
            by_first.setdefault(name[0], []).append(_bounded(name))
        # One pattern of all the names of ten thousand laws would be tried at every character.
        self._patterns = {first: re.compile("|".join(held)) for first, held in by_first.items()}
        self._having: dict[str, set[str]] = {}
        for name in names:
            for character in name:
                self._having.setdefault(character, set()).add(name)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The documents named in a plain text, exactly or loosely, in its order."""
        exact = [
            Mention(self._ids[match[0]], match.start(), match.end())
            for match in self._exactly(text)
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
        having = sorted((self._having.get(c, set()) for c in wanted), key=len)
        found = {
            self._first[self._ids[known]]
            for known in having[0].intersection(*having[1:])
            if known[-1] == bare[-1] and wanted <= Counter(known)
        }
        return found.pop() if len(found) == 1 else None

    def _exactly(self, text: str) -> Iterator[re.Match[str]]:
        """Where names stand in a text, the longest one at each place; none overlap."""
        at = 0
        while at < len(text):
            pattern = self._patterns.get(text[at])
            match = pattern.match(text, at) if pattern else None
            if match:
                yield match
            at = match.end() if match else at + 1

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
            title = plain(match[1])
            pattern = self._patterns.get(title[:1])
            if not (pattern and pattern.fullmatch(title)):
                yield match[1]
        for match in _LAW.finditer(question):
            name = match[1]
            if not (_NO_LAW.search(name) or self.mentions(plain(name))):
                yield name


class DepartmentNames:
    """Finds departments in full, without what stands before the name, and abbreviated."""

    def __init__(self, departments: Iterable[str]) -> None:
        """Learn the departments' names."""
        named = [(name, _abbreviated(plain(name))) for name in dict.fromkeys(departments)]
        self._patterns = [(name, re.compile(pattern)) for name, pattern in named]

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The departments named in a plain text, in its order, but for those excluded."""
        found = self._found(text)
        return tuple(dict.fromkeys(d.name for d in found if not _is_excluded(text, d)))

    def excluded(self, text: str) -> tuple[Department, ...]:
        """The departments that a plain text names as those not meant: `不是省政府办公厅`."""
        return tuple(d for d in self._found(text) if _is_excluded(text, d))

    def _found(self, text: str) -> Iterator[Department]:
        """The names in a text; where several overlap, those that say the most of it."""
        spans = [
            (match.span(), name)
            for name, pattern in self._patterns
            for match in pattern.finditer(text)
            if len(match[0]) >= _MIN_DEPARTMENT
        ]
        longest = sorted(spans, key=lambda found: found[0][0] - found[0][1])
        taken: list[tuple[int, int]] = []
        for (start, end), _ in longest:
            if all((start, end) == span or end <= span[0] or start >= span[1] for span in taken):
                taken.append((start, end))
        for span, name in sorted(spans, key=lambda found: found[0]):
            if span in taken:
                yield Department(name, *span)


def _is_excluded(text: str, department: Department) -> bool:
    return bool(_EXCLUDES.search(text[: department.start]))


def _abbreviated(name: str) -> str:
    """A pattern of a department's name and of what keeps its first and last character in order.

    `工信部` of 工业和信息化部, `发改委` of 国家发展和改革委员会, `住建厅` of 省住房城乡建设厅.
    """
    if name.startswith("各"):
        return re.escape(name)
    before, rest = _BEFORE_NAME.match(name), _BEFORE_NAME.sub("", name)
    known = next(((end, said) for end, said in _ENDINGS if rest.endswith(end)), (rest[-1:], ""))
    stem, end = rest.removesuffix(known[0]), known[1] or re.escape(rest[-1:])
    if len(stem) < _MIN_STEM:
        return f"{re.escape(name[:1])}{'?' if name[:1] == '省' else ''}{re.escape(name[1:])}"
    within = "".join(f"{re.escape(c)}?" for c in stem[1:])
    prefix = "省?" if before and before[0] == "省" else "(?:国家|中国|中央|国务院|全国)?"
    return f"{prefix}{re.escape(stem[0])}{within}{end}"


def _bounded(name: str) -> str:
    pattern = re.escape(name).replace(r"\ ", r"\s+")
    if name[0].isascii():
        pattern = rf"(?<![a-z0-9]){pattern}"
    if name[-1].isascii():
        pattern = rf"{pattern}(?![a-z0-9])"
    return pattern
