"""Whether a sentence says yes where its source says no, clause by clause."""

import re
from collections.abc import Iterator, Sequence

from qa.answering.support import pairs
from qa.ingest.provision import Provision

_CLAUSE = re.compile(r"[，。；：！？、,;:!?\n]")
_ALIKE = 0.6
"""A clause of the source with this share of a clause's pairs of characters is its counterpart."""
_FEWEST_PAIRS = 4
_NO = re.compile(
    r"不(?!仅|断|同|动产|良|当|法|限|低于|少于|超过|足|特定|对称|正当|可抗力|可或缺|一致|平衡|间断)"
    r"|未(?!来|成年|经)|禁止|严禁|没有(?!违法所得)|无需|无须|免于|拒绝|并非"
)
_IS_ENDED = re.compile(r"(?:已经?|早就?|现)被?(?:宣布)?(?:废止|废除|失效|作废)")
_ENDED = re.compile("废止|废除|失效|作废")
_YES_LEAD = re.compile(r"^(?:可以|能够|能|可|行|允许)[，,。]")
_FORBIDS = re.compile(r"不得|不能|不可以|禁止|严禁|不予")
_ALLOWS = re.compile(r"可以|有权|应当|允许|能够|但")


def ends_a_law(sentence: str, source: str) -> bool:
    """It says that something is repealed or void, the commonest false premise, and no word of it
    stands in the source."""
    return bool(_IS_ENDED.search(sentence)) and not _ENDED.search(source)


def contradicts(sentence: str, provisions: Sequence[Provision]) -> bool:
    """A clause of the sentence is a clause of the provisions with its 不 taken away or added."""
    source = [(pairs(clause), clause) for p in provisions for clause in _clauses(p.text)]
    for clause in _clauses(sentence):
        said = pairs(_NO.sub("", clause))
        if len(said) < _FEWEST_PAIRS or not source:
            continue
        shares = [len(said & held) / len(said) for held, _ in source]
        best = max(shares)
        counterparts = [c for s, (_, c) in zip(shares, source, strict=True) if s == best]
        if best >= _ALIKE and all(_negative(c) != _negative(clause) for c in counterparts):
            return True
    return False


def without_wrong_yes(sentence: str) -> str:
    """The sentence without a leading 可以 that its own words take back."""
    lead = _YES_LEAD.match(sentence)
    if lead and _FORBIDS.search(sentence) and not _ALLOWS.search(sentence[lead.end() :]):
        return sentence[lead.end() :]
    return sentence


def _clauses(text: str) -> Iterator[str]:
    return (clause for clause in _CLAUSE.split(text) if clause.strip())


def _negative(clause: str) -> bool:
    return bool(_NO.search(clause))
