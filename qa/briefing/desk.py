"""What a briefing is written with: the opened volume, to be searched, read and asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.answering.extract import Extractor
from qa.answering.refusal import Refuser
from qa.ingest.catalog import Catalog, DocumentEntry
from qa.ingest.provision import Provision
from qa.retrieval.search import Search

_RANKS = (
    "法律",
    "行政法规",
    "地方性法规",
    "省政府规章",
    "国家政策文件",
    "省政策文件",
    "讲话",
    "清单",
)
"""The rank of law, the highest first (立法法 第九十八条 ff.); behind it what is no law."""
LAWS = _RANKS[:4]


@dataclass(frozen=True)
class Desk:
    """An opened volume with what reads it."""

    search: Search
    refuser: Refuser
    extractor: Extractor
    catalog: Catalog
    provisions: Sequence[Provision]
    basis: str
    """What it all rests on: `依据 2023 年 11 月汇编《……》`."""
    index: str
    """Fingerprint of the corpus."""

    @cached_property
    def by_id(self) -> Mapping[str, Provision]:
        """The provisions by their ids."""
        return {provision.id: provision for provision in self.provisions}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The places of the provisions in the volume, by their ids."""
        return {provision.id: n for n, provision in enumerate(self.provisions)}

    def entry(self, provision: Provision) -> DocumentEntry:
        """The catalog's entry of a provision's document."""
        return self.catalog.document(provision.document_id)

    def is_law(self, provision: Provision) -> bool:
        """It binds: a law, a regulation, a rule; no policy."""
        return self.entry(provision).level in LAWS

    def order(self, provision: Provision) -> tuple[int, int]:
        """For sorting: the highest rank of law first, then as in the volume."""
        return _RANKS.index(self.entry(provision).level), self.position[provision.id]
