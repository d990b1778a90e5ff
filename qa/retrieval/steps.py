"""The steps of the search that can be left out, so that each one's worth can be measured."""

from dataclasses import dataclass

from qa.retrieval.fusion import CHOSEN, Weights


@dataclass(frozen=True)
class Steps:
    """All on is the search that people get; a weight of 0 leaves its list out."""

    weights: Weights = CHOSEN
    direct: bool = True
    """What a question names by its number comes first."""
    turns: bool = True
    """Several documents that a question names have their turns."""
    words_without_names: bool = True
    """Names and dates count as agreement, not again as words."""
    linked: bool = True
    """The articles that the first ones refer to, and that refer to them, come along."""
    context: bool = True
    """A question is read with the conversation before it."""
