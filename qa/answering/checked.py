"""The one policy for what a model wrote: every sentence is repaired, marked, dropped, or right.

1. A sentence is right when what it cites has its figures, article numbers and titles, most of its
   words, and no contrary 不. Citations that add nothing are taken away.
2. It is repaired when another passage supports it, which is then cited instead; or when the
   passage that it comes nearest to has a sentence that says it, which then stands in its place
   word for word.
3. It is marked when nothing in it is wrong, but too little of it is found; or when it only says
   yes or no to the question, which no comparison of words can confirm.
4. It is dropped when it names a figure, an article or a law that no passage has, says what no
   passage says in Latin letters, or only says the question over again.

Below the sentences stand the words of the law that they rest on, where they do not say them
themselves, so that a plain answer can be acted on.

The thresholds were set on the sentences of the bank's reference answers against the provisions
that hold the evidence, and against the best of the passages that do not (evals/README.md).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.answering.answer import Answer, Citation
from qa.answering.draft import Sentence, sentences_of
from qa.answering.english import claims_too_much, invents_words, repeats, with_figures
from qa.answering.excerpts import Excerpt, joined
from qa.answering.literal import literal
from qa.answering.polarity import contradicts, ends_a_law, without_wrong_yes
from qa.answering.support import pairs, support
from qa.answering.units import Unit, fine_units_of, sentences, units_of
from qa.ingest.normalise import normalise
from qa.ingest.provision import Provision
from qa.retrieval.passage import Passage

UNSUPPORTED = "〔未在所引条文中找到依据〕"
_SUPPORTED = 0.5
"""Share of a sentence's words that what it cites must have: 3 % of right sentences have less,
7 % of wrong citations more."""
_REPLACEABLE = 0.35
"""From this share on, the nearest sentence of a passage says what was meant."""
_ADDS = 0.15
"""A further citation stays when so much of the sentence is found only there."""
_ECHO = 0.8
"""A sentence that has this share of its words from the question and still asks answers nothing."""
_ASKS = re.compile(r"几|哪|什么|多少|多久|谁|怎么|怎样|如何|是否|能不能|要不要|吗|[?？]")
_QUOTED = re.compile(r"[“「『]([^“”「」『』]+)[”」』]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGEST_REPLACEMENT = 200
_LONGEST_ORIGINAL = 160
"""Characters of a provision quoted below the answer, unless its one telling sentence is longer."""
_SAID_ALREADY = 0.8
"""The share of a quotation's words from which on the answer says it itself."""


@dataclass(frozen=True)
class Checked:
    """An answer with the account of its check."""

    answer: Answer
    repaired: int
    marked: int
    dropped: int


@dataclass(frozen=True)
class _Kept:
    text: str
    cited: tuple[Passage, ...]
    marked: bool = False
    repaired: bool = False
    begins_paragraph: bool = False


def checked(
    text: str,
    given: Sequence[Excerpt],
    passages: Sequence[Passage],
    question: str,
    example: str = "",
) -> Checked | None:
    """The answer that a model's text becomes, or None where nothing of it can stand.

    given: what the model was shown, by the numbers it cites; passages: all that was retrieved;
    example: the answers that it was shown how to write.
    """
    shown = {excerpt.n: excerpt.passage for excerpt in given}
    candidates = [*shown.values(), *(p for p in passages if p not in shown.values())]
    said = [s for s in sentences_of(text) if not repeats(s.text, example)]
    verdicts = [_verdict(sentence, shown, candidates, question) for sentence in said]
    kept = [*{verdict.text: verdict for verdict in verdicts if verdict is not None}.values()]
    unsure = sum(k.marked for k in kept)
    if not kept or unsure * 2 > len(kept):
        return None
    return Checked(
        answer=_answer(kept, question),
        repaired=sum(k.repaired for k in kept),
        marked=unsure,
        dropped=len(said) - len(kept),
    )


def is_supported(text: str, provisions: tuple[Provision, ...], question: str = "") -> bool:
    """Whether a sentence is right as it cites these provisions: the first step of the policy."""
    found = support(text, provisions, question)
    return not found.missing and found.words >= _SUPPORTED and not contradicts(text, provisions)


def _verdict(
    sentence: Sentence, shown: dict[int, Passage], candidates: Sequence[Passage], question: str
) -> _Kept | None:
    text = without_wrong_yes(sentence.text)
    cited = tuple(shown[n] for n in sentence.numbers if n in shown)
    source = _texts(tuple(shown.values()))
    if invents_words(text, source) or ends_a_law(text, source):
        return None
    if not _HAN.search(text):
        return _foreign(sentence, cited, candidates, chinese=bool(_HAN.search(question)))
    if _echoes(text, question):
        return None
    first = sentence.begins_paragraph
    if cited and _supports(text, cited, question):
        return _Kept(
            _plain_quotes(text, cited), _needed(text, cited, question), False, False, first
        )
    if support(text, (), question).concludes:
        return _Kept(text, _nearest(text, tuple(shown.values())), True, False, first)
    ranked = sorted(candidates, key=lambda p: -support(text, (p.provision,), question).words)
    for passage in ranked[:2]:
        if _supports(text, (passage,), question):
            return _Kept(_plain_quotes(text, (passage,)), (passage,), False, True, first)
    if replaced := _replacement(text, [*cited, *ranked[:1]], question):
        words, passage = replaced
        return _Kept(words, (passage,), False, True, first)
    nearest = _nearest(text, cited or tuple(shown.values()))
    found = support(text, _provisions(nearest), question)
    if found.missing or not nearest or contradicts(text, _provisions(nearest)):
        return None
    return _Kept(_plain_quotes(text, nearest), nearest, True, False, first)


def _nearest(text: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passage that has most of the sentence's words, also of those it has of the question."""
    best = max(passages, key=lambda p: support(text, (p.provision,)).words, default=None)
    return (best,) if best else ()


def _echoes(text: str, question: str) -> bool:
    """The sentence says the question over again instead of answering it."""
    said = pairs(text)
    return bool(_ASKS.search(text)) and len(said & pairs(question)) >= _ECHO * len(said)


def _supports(text: str, passages: tuple[Passage, ...], question: str) -> bool:
    return is_supported(text, _provisions(passages), question)


def _needed(text: str, cited: tuple[Passage, ...], question: str) -> tuple[Passage, ...]:
    """The citations without which part of the sentence would have no support, best first."""
    kept: tuple[Passage, ...] = ()
    order = sorted(cited, key=lambda p: -support(text, (p.provision,), question).words)
    for passage in order:
        before = support(text, _provisions(kept), question)
        after = support(text, _provisions((*kept, passage)), question)
        if (
            not kept
            or after.words >= before.words + _ADDS
            or len(after.missing) < len(before.missing)
        ):
            kept = (*kept, passage)
    return kept


def _foreign(
    sentence: Sentence, cited: tuple[Passage, ...], candidates: Sequence[Passage], chinese: bool
) -> _Kept | None:
    """A sentence in another script: its words cannot be compared, but its figures can, and what
    it claims.

    An answer in Chinese has none, but for words that stand so in a passage.
    """
    for passages in (cited, tuple(candidates[:1])):
        if chinese and normalise(sentence.text) not in normalise(_texts(passages)):
            continue
        if claims_too_much(sentence.text, _texts(passages)):
            continue
        figures = with_figures(sentence.text)
        if passages and not support(figures, _provisions(passages)).missing:
            return _Kept(
                sentence.text, passages, False, passages != cited, sentence.begins_paragraph
            )
    return None


def _replacement(
    text: str, passages: Sequence[Passage], question: str
) -> tuple[str, Passage] | None:
    """The sentence of the passages that says what the text tried to say, word for word."""
    said = pairs(text) - pairs(question)
    best: tuple[float, str, Passage] | None = None
    for passage in passages:
        for words in _source_sentences(passage.provision):
            share = len(said & pairs(words)) / max(1, len(said))
            if best is None or share > best[0]:
                best = (share, words, passage)
    if best is None or best[0] < _REPLACEABLE or len(best[1]) > _LONGEST_REPLACEMENT:
        return None
    return best[1], best[2]


def _source_sentences(provision: Provision) -> list[str]:
    if provision.kind in ("row", "entry"):
        return []
    parts = [part for part in provision.parts if part.label != "出处"]
    texts = [re.sub(r"^第\S+条(?:之\S+)?[\s　]+", "", part.text) for part in parts]
    return [sentence.strip() for text in texts for sentence in sentences(text)]


def _plain_quotes(text: str, cited: tuple[Passage, ...]) -> str:
    """Quotation marks stay around words that stand in what is cited."""
    sources = ["".join(p.provision.text.split()) for p in cited]

    def literal(match: re.Match[str]) -> str:
        words = "".join(match[1].split())
        return match[0] if any(words in source for source in sources) else match[1]

    return _QUOTED.sub(literal, text)


def _answer(kept: Sequence[_Kept], question: str) -> Answer:
    numbers: dict[str, int] = {}
    passages: dict[str, Passage] = {}
    quotes: dict[str, list[Unit]] = {}
    lines: list[str] = []
    for sentence in kept:
        for passage in sentence.cited:
            key = passage.provision.id
            numbers.setdefault(key, len(numbers) + 1)
            passages[key] = passage
            unit = _quoted(passage.provision, sentence.text, question)
            if unit not in quotes.setdefault(key, []):
                quotes[key].append(unit)
        marks = "".join(f"[{numbers[p.provision.id]}]" for p in sentence.cited)
        line = _cited(literal(sentence.text), marks + (UNSUPPORTED if sentence.marked else ""))
        if sentence.begins_paragraph or not lines:
            lines.append(line)
        else:
            lines[-1] += line if _HAN.search(line) else f" {line}"
    citations = tuple(
        _citation(n, passages[key].provision, quotes[key]) for key, n in numbers.items()
    )
    lines += _originals("".join(lines), citations, passages, question)
    right = sum(not sentence.marked for sentence in kept)
    return Answer(
        text="\n\n".join(lines), citations=citations, mode="llm", supported=right / len(kept)
    )


def _quoted(provision: Provision, sentence: str, question: str) -> Unit:
    """The span of a provision that has most of a sentence's words."""
    said = pairs(sentence)
    return max(
        units_of(provision, question),
        key=lambda unit: (len(said & pairs(unit.text)), -len(unit.text)),
    )


def _citation(n: int, provision: Provision, units: Sequence[Unit]) -> Citation:
    labels = {unit.label for unit in units}
    exact = labels.pop() if len(labels) == 1 and provision.kind == "article" else ""
    ordered = sorted(units, key=lambda unit: provision.text.find(unit.text))
    return Citation(
        n=n,
        provision_id=provision.id,
        document=provision.document,
        locator=provision.locator + exact,
        quotes=tuple(unit.text for unit in ordered),
        page=provision.page_of(ordered[0].text),
    )


def _originals(
    text: str, citations: Sequence[Citation], passages: Mapping[str, Passage], question: str
) -> list[str]:
    """The words of the law behind the answer, as far as the answer does not have them itself."""
    lines = []
    for citation in citations:
        provision = passages[citation.provision_id].provision
        words = _telling(provision, pairs(text) | pairs(question), question)
        held = pairs(words)
        if len(held & pairs(text)) < _SAID_ALREADY * len(held):
            said = f"《{citation.document}》{citation.place}：{words}"
            lines.append(f"> {literal(said)} [{citation.n}]")
    return lines


def _telling(provision: Provision, wanted: frozenset[str], question: str) -> str:
    """The spans of a provision that have most of the words, up to a length, verbatim."""
    units = fine_units_of(provision, question)
    order = sorted(range(len(units)), key=lambda i: -len(wanted & pairs(units[i].text)))
    chosen: list[int] = []
    for i in order:
        if not chosen or sum(len(units[j].text) for j in [*chosen, i]) <= _LONGEST_ORIGINAL:
            chosen.append(i)
    return joined(units, sorted(chosen)).removesuffix("；")


def _cited(text: str, marks: str) -> str:
    """The sentence with its marks before the full stop, which it gets where it has none."""
    body = text.rstrip("。！？!?.；;")
    end = text[len(body) :] or "。"
    return (
        f"{body}{marks}{end}" if _HAN.search(text) else f"{body} {marks}{text[len(body) :] or '.'}"
    )


def _texts(passages: tuple[Passage, ...]) -> str:
    return "\n".join(passage.provision.text for passage in passages)


def _provisions(passages: tuple[Passage, ...]) -> tuple[Provision, ...]:
    return tuple(passage.provision for passage in passages)
