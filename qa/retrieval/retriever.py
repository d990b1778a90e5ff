"""The search as a LlamaIndex retriever, to be put into other LlamaIndex applications."""

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.ingest.provision import Provision
from qa.retrieval.search import Search


class ProvisionRetriever(BaseRetriever):
    """Gives provisions as `TextNode`s, best first; scores as in `Passage`."""

    def __init__(self, search: Search) -> None:
        """Wrap a search."""
        super().__init__()
        self._search = search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._search(query_bundle.query_str)
        return [
            NodeWithScore(node=node_of(passage.provision), score=passage.score)
            for passage in found.passages
        ]


def node_of(provision: Provision) -> TextNode:
    """A provision as a LlamaIndex node; its metadata say where it stands."""
    return TextNode(
        id_=provision.id,
        text=provision.text,
        metadata={
            "document": provision.document,
            "locator": provision.locator,
            "headings": list(provision.headings),
        },
    )
