"""A question and what came of it in, its measures out; defined in `evals/README.md`."""

from typing import Any

from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures import citations, points, refusals, retrieval, speed, writing
from qa.evaluation.scores import Score


def score(question: BankQuestion, result: dict[str, Any]) -> Score:
    """The measures that apply; `result` is the object of `qa search` or `qa ask`."""
    values = {
        **retrieval.measure(question, [passage["text"] for passage in result["passages"]]),
        **speed.measure(result["timings_ms"]),
    }
    if answer := result.get("answer"):
        texts = {passage["provision_id"]: passage["text"] for passage in result["passages"]}
        values |= refusals.measure(question, answer["refused"])
        values |= citations.measure(question, answer, texts)
        values |= points.measure(question, answer)
        values |= writing.measure(answer, result.get("tokens", {}))
    return Score(question.id, question.type, question.answerable, values)
