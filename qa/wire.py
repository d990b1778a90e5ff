"""What programs read: passages and answers as the JSON of `qa search` and `qa ask`."""

from dataclasses import asdict
from typing import Any

from qa.answering.answer import Answer, Done
from qa.retrieval.passage import Passage, Retrieval


def search_json(retrieval: Retrieval) -> dict[str, Any]:
    """The object of `qa search --json`."""
    return {
        "question": retrieval.question,
        "passages": [passage_json(passage) for passage in retrieval.passages],
        "missing": list(retrieval.missing),
        "timings_ms": _rounded(retrieval.timings_ms),
    }


def ask_json(retrieval: Retrieval, done: Done) -> dict[str, Any]:
    """The object of `qa ask --json`."""
    return {
        "question": retrieval.question,
        "answer": answer_json(done.answer),
        "passages": [passage_json(passage) for passage in retrieval.passages],
        "timings_ms": _rounded(done.timings_ms),
        "tokens": done.tokens,
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage: `provision_id`, `document`, `locator`, `text`, `score`, `why`.

    And `page`, where the original has pages.
    """
    provision = passage.provision
    page = provision.page_of()
    return {
        "provision_id": provision.id,
        "document": provision.document,
        "locator": provision.locator,
        "text": provision.text,
        "score": round(passage.score, 4),
        "why": passage.why,
        **({} if page is None else {"page": page}),
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with its citations; `quote` has the quoted spans, a line feed between them.

    A citation has a `page` where the original has pages.
    """
    found = asdict(answer)
    del found["refusal_kind"]  # for counting; who reads has the reason
    for citation in found["citations"]:
        citation["quote"] = "\n".join(citation.pop("quotes"))
        if citation["page"] is None:
            del citation["page"]
    found["citations"] = list(found["citations"])
    found["notices"] = list(found["notices"])
    return found


def _rounded(timings: dict[str, float]) -> dict[str, float]:
    return {stage: round(value, 1) for stage, value in timings.items()}
