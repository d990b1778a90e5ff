"""What anyone would use instead: LlamaIndex with its defaults, on the same text and model.

`SentenceSplitter` (1,024 tokens of its own tokenizer, 200 of overlap) and `VectorStoreIndex` in
memory. Nothing is known of documents, articles or the conversation before the question.
"""

import time
from collections.abc import Callable
from typing import Any

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode

from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import DEPTH
from qa.index.embedding import Embedder
from qa.ingest.catalog import load_catalog
from qa.ingest.readers import read_lines
from qa.settings import Settings

_AT_ONCE = 20
"""Chunks embedded between two steps of the progress bar."""


class Defaults:
    """Answers in the shape of `qa search`; a passage is a chunk of a source file."""

    def __init__(
        self, settings: Settings, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Split and embed the sources; on two cores some two minutes for 280,000 characters."""
        embedder = Embedder(settings)
        documents = [
            Document(text="\n".join(line.text for line in lines), id_=source.file)
            for source in load_catalog(settings.corpus_dir).sources
            for lines in [read_lines(settings.corpus_dir / source.file)]
        ]
        nodes = SentenceSplitter().get_nodes_from_documents(documents)
        index = VectorStoreIndex([], embed_model=embedder)
        for done in range(0, len(nodes), _AT_ONCE):
            index.insert_nodes(nodes[done : done + _AT_ONCE])
            if progress:
                progress(min(done + _AT_ONCE, len(nodes)), len(nodes))
        self._retriever = index.as_retriever(similarity_top_k=DEPTH)

    def answer(self, question: BankQuestion) -> dict[str, Any]:
        """The object of `qa search`."""
        started = time.perf_counter()
        found = self._retriever.retrieve(question.question)
        total = (time.perf_counter() - started) * 1e3
        passages = []
        for hit in found:
            assert isinstance(hit.node, TextNode)
            passages.append(
                {
                    "provision_id": f"{hit.node.ref_doc_id}#{hit.node.start_char_idx}",
                    "document": hit.node.ref_doc_id,
                    "locator": f"第 {hit.node.start_char_idx} 字起",
                    "text": hit.node.text,
                    "score": round(hit.get_score(), 4),
                    "why": "语义相近",
                }
            )
        return {
            "question": question.question,
            "passages": passages,
            "missing": [],
            "timings_ms": {"total": round(total, 1)},
        }
