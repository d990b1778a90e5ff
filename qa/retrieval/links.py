"""Provisions that refer to one another: 依照本法第二十七条 and the like, both ways."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from qa.ingest.provision import Provision
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.references import references

_OWN_NUMBER = re.compile(r"^第\d+条(?:之\S)?")
_ARTICLE = "条"
_NO_NAMES = DocumentNames(())


class Links:
    """The references between articles of one corpus."""

    def __init__(self, provisions: Sequence[Provision]) -> None:
        """Read the references off the articles; they are of the same document."""
        places = {(p.document_id, p.locator): n for n, p in enumerate(provisions)}
        self._to: dict[int, list[int]] = {}
        self._from: dict[int, list[int]] = {}
        for position, provision in enumerate(provisions):
            if provision.kind == "article":
                for target in _targets(provision, places):
                    if target != position and target not in self._to.get(position, ()):
                        self._to.setdefault(position, []).append(target)
                        self._from.setdefault(target, []).append(position)

    def __len__(self) -> int:
        """How many references there are."""
        return sum(map(len, self._to.values()))

    def cited_by(self, position: int) -> tuple[int, ...]:
        """The provisions that a provision refers to."""
        return tuple(self._to.get(position, ()))

    def citing(self, position: int) -> tuple[int, ...]:
        """The provisions that refer to a provision."""
        return tuple(self._from.get(position, ()))

    def of(self, position: int) -> Iterable[tuple[int, str]]:
        """What a provision is linked with, and why, as a Chinese phrase with `{}` for its name."""
        for target in self._to.get(position, ()):
            yield target, "{}援引本条"
        for source in self._from.get(position, ()):
            yield source, "本条援引{}"


def _targets(provision: Provision, places: dict[tuple[str, str], int]) -> Iterable[int]:
    for locator in _cited(provision.text):
        place = (provision.document_id, locator)
        if place in places:
            yield places[place]


@lru_cache(maxsize=2**18)  # most texts are those of the corpus before
def _cited(text: str) -> tuple[str, ...]:
    """The articles to which a text refers without naming another law."""
    if _ARTICLE not in text[len(_ARTICLE) :]:
        return ()
    read = references(_OWN_NUMBER.sub("", plain(text)), _NO_NAMES)
    return tuple(r.article_locator for r in read if not r.stranger)
