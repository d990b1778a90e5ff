"""Questions on what follows from breaking a duty: the penalty stands in another article."""

import re

from qa.retrieval.names import plain

_ASKS = re.compile(
    r"罚|后果|追究|追责|问责|处分|(?:什么|哪些|何种|怎样的?)(?:法律)?责任"
    r"|(?:不|没|未|违|拒|擅自|非法|泄露|倒卖|偷).{0,20}"
    r"(?:会怎么?样|会怎么着|会咋样|会如何|怎么办|(?:怎么|如何|咋)处[理置])"
)
_PENAL = re.compile(r"罚款|处分|警告|责令|追究|拘留|没收|治安管理处罚|赔偿")


def asks_for_consequences(question: str) -> bool:
    """Whether a question wants to know what happens to who does not comply."""
    return bool(_ASKS.search(plain(question)))


def is_penal(text: str) -> bool:
    """Whether a provision says what happens to who does not comply."""
    return bool(_PENAL.search(text))
