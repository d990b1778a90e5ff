"""Provisions that refer to one another: 依照本法第二十七条 and the like, both ways."""

import re
from collections.abc import Iterable
from functools import lru_cache

from qa.index.provisions import Provisions
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.references import references

_OWN_NUMBER = re.compile(r"^第\d+条(?:之\S)?")
_ARTICLE = "条"
_DOCUMENTS_KEPT = 1024
_NO_NAMES = DocumentNames(())

_Linked = dict[int, list[int]]


class Links:
    """The references between articles of one document, read when it is first asked for."""

    def __init__(self, provisions: Provisions) -> None:
        """Take the provisions of the index."""
        self._provisions = provisions
        # A method's cache would keep every index that was ever opened.
        self._read = lru_cache(_DOCUMENTS_KEPT)(self._references)

    def __len__(self) -> int:
        """How many references there are; reads all documents."""
        read = map(self._read, self._provisions.documents)
        return sum(len(targets) for to, _ in read for targets in to.values())

    def cited_by(self, position: int) -> tuple[int, ...]:
        """The provisions that a provision refers to."""
        return tuple(self._around(position)[0].get(position, ()))

    def citing(self, position: int) -> tuple[int, ...]:
        """The provisions that refer to a provision."""
        return tuple(self._around(position)[1].get(position, ()))

    def of(self, position: int) -> Iterable[tuple[int, str]]:
        """What a provision is linked with, and why, as a Chinese phrase with `{}` for its name."""
        for target in self.cited_by(position):
            yield target, "{}援引本条"
        for source in self.citing(position):
            yield source, "本条援引{}"

    def _around(self, position: int) -> tuple[_Linked, _Linked]:
        return self._read(self._provisions[position].document_id)

    def _references(self, document_id: str) -> tuple[_Linked, _Linked]:
        """From each provision to those it refers to, and back."""
        span = self._provisions.documents[document_id]
        held = dict(zip(span, self._provisions.of(document_id), strict=True))
        places = {provision.locator: n for n, provision in held.items()}
        to: _Linked = {}
        back: _Linked = {}
        for position, provision in held.items():
            for locator in _cited(provision.text) if provision.kind == "article" else ():
                target = places.get(locator, position)
                if target != position and target not in to.get(position, ()):
                    to.setdefault(position, []).append(target)
                    back.setdefault(target, []).append(position)
        return to, back


@lru_cache(maxsize=2**18)  # most texts are those of the corpus before
def _cited(text: str) -> tuple[str, ...]:
    """The articles to which a text refers without naming another law."""
    if _ARTICLE not in text[len(_ARTICLE) :]:
        return ()
    read = references(_OWN_NUMBER.sub("", plain(text)), _NO_NAMES)
    return tuple(r.article_locator for r in read if not r.stranger)
