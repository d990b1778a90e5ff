"""Was refused what should be, and nothing else."""

from qa.evaluation.bank import BankQuestion


def measure(question: BankQuestion, refused: bool) -> dict[str, float]:
    """`refused`, and `refusal_right`: 1 where only a question without an answer is refused."""
    return {
        "refused": float(refused),
        "refusal_right": float(refused != question.answerable),
    }
