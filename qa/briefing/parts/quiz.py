"""自测题: single choice, true or false, and open questions, with the article as the key.

Wrong options come from other provisions. An item is kept only where exactly one option is right:
put into the sentence it gives words that are in print, and no other option does.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from random import Random

from qa.answering.support import pairs
from qa.briefing.model import Quiz, QuizItem
from qa.briefing.parts.blanks import Blank, Blanks, shuffled
from qa.briefing.subject import provisions_of
from qa.briefing.wording import Wording, source, title_of, wordings
from qa.briefing.work import Work
from qa.ingest.normalise import normalise
from qa.ingest.provision import Part, Provision
from qa.retrieval.fulltext import folded

_USUAL = 10
_CHOICES, _JUDGED = 0.5, 0.3
"""Shares of single choice and of true or false; the rest is open."""
_LONGEST = 160
_LEAD = re.compile(r"下列([^，。：:]{1,12})")
_OWN_NUMBER = re.compile(r"^第\S+?条(?:之\S+?)?[\s　]+")
_ITEM = re.compile(r"^[（(][一二三四五六七八九十]+[）)]\s*")
_APART = 0.35
"""A wrong item of a list shares less than this with each item of the right list."""
_TRUE, _FALSE = "正确", "错误"
_TARGET = re.compile(r"到\s*20\d\d\s*年")


def write(work: Work) -> Quiz | str:
    """As many items as there may be, from the nearest provisions, each provision once if it can."""
    limit = work.most(_USUAL)
    random = Random(work.subject.name)
    maker = _Maker(work, random)
    choices = round(limit * _CHOICES)
    judged = round(limit * _JUDGED)
    used: set[str] = set()
    items = [
        *_drawn(maker.choices(), choices, used),
        *_drawn(maker.judged(), judged, used),
    ]
    items += _drawn(maker.open(), limit - len(items), used)
    if not items:
        return f"关于“{work.subject.name}”的条文里没有适合出题的句子。"
    order = ("单选", "判断", "问答")
    return Quiz(tuple(sorted(items, key=lambda item: order.index(item.form))))


def _drawn(items: Iterator[QuizItem], count: int, used: set[str]) -> list[QuizItem]:
    """The first items, of as many provisions as possible."""
    fresh: list[QuizItem] = []
    again: list[QuizItem] = []
    for item in items:
        (again if item.source.provision_id in used else fresh).append(item)
        used.add(item.source.provision_id)
        if len(fresh) == count:
            break
    return [*fresh, *again][:count]


class _Maker:
    """Makes items out of the subject's provisions."""

    def __init__(self, work: Work, random: Random) -> None:
        self._random = random
        self._provisions = [
            p for p in provisions_of(work.desk, work.subject) if p.kind in ("article", "section")
        ]
        texts = [p for p in work.desk.provisions if p.kind in ("article", "section", "box")]
        self._printed = "\n".join(folded(p.text) for p in texts)
        self._blanks = Blanks((w for p in texts for w in wordings(p)), random)
        self._lists = [(p, items) for p in texts if (items := _items(p)[1])]

    # ---- single choice ----

    def choices(self) -> Iterator[QuizItem]:
        """Figures, lists and authorities in turn, the nearest provisions first."""
        gaps = [gap for provision in self._provisions for gap in self._gaps(provision)]
        figures = (self._gapped(gap) for gap in gaps if gap.kind != "authority")
        authorities = (self._gapped(gap) for gap in gaps if gap.kind == "authority")
        lists = (item for provision in self._provisions for item in self._listed(provision))
        for turn in zip_longest(figures, lists, authorities):
            yield from (item for item in turn if item)

    def _gapped(self, gap: Blank) -> QuizItem:
        options, key = shuffled(self._random, gap.right, gap.wrong)
        return QuizItem(
            form="单选",
            stem=f"{_named(gap.wording.provision)}规定：“{gap.gapped}”括号中应为：",
            options=options,
            key=key,
            answer=gap.wording.plain,
            source=gap.wording.point.sources[0],
        )

    def _gaps(self, provision: Provision) -> Iterator[Blank]:
        for wording in wordings(provision):
            if len(wording.plain) <= _LONGEST:
                yield from filter(self._has_one_answer, self._blanks.of(wording))

    def _has_one_answer(self, blank: Blank) -> bool:
        """Only the right words give a sentence that is in print, and no two options are alike."""
        said = {normalise(words) for words in (blank.right, *blank.wrong)}
        return (
            len(said) == 1 + len(blank.wrong)
            and folded(blank.filled(blank.right)) in self._printed
            and not any(folded(blank.filled(wrong)) in self._printed for wrong in blank.wrong)
        )

    def _listed(self, provision: Provision) -> Iterator[QuizItem]:
        """Which of these stands in the article's list."""
        lead, items = _items(provision)
        short = [item for item in items if len(_bare(item)) <= 60 and "其他" not in item.text]
        if len(lead) > _LONGEST or not short:
            return
        right = self._random.choice(short)
        own = [pairs(item.text) for item in items]
        wrong: list[Part] = []
        others = [(p, item) for p, held in self._lists if p.id != provision.id for item in held]
        self._random.shuffle(others)
        ending = _bare(right)[-1]
        others.sort(
            key=lambda each: (
                _bare(each[1])[-1:] != ending,
                each[0].document_id != provision.document_id,
            )
        )
        for _, item in others:
            words = pairs(item.text)
            near = own + [pairs(other.text) for other in wrong]
            apart = all(
                len(words & each) < _APART * max(1, min(len(words), len(each))) for each in near
            )
            fits = 6 <= len(_bare(item)) <= 60 and "其他" not in item.text
            if fits and apart and _bare(item) not in provision.text and len(wrong) < 3:
                wrong.append(item)
        if len(wrong) == 3:
            options, key = shuffled(self._random, _bare(right), [_bare(item) for item in wrong])
            yield QuizItem(
                form="单选",
                stem=f"{_named(provision)}规定：“{lead}”下列哪一项是其中所列？",
                options=options,
                key=key,
                answer=right.text.rstrip("；。"),
                source=source(provision, right.text, right.label),
            )

    # ---- true or false ----

    def judged(self) -> Iterator[QuizItem]:
        """In turn a sentence as printed, and one with a figure, an authority or a 不得 changed."""
        is_true = True
        for provision in self._provisions:
            item = self._true(provision) if is_true else self._false(provision)
            if item:
                is_true = not is_true
                yield item

    def _true(self, provision: Provision) -> QuizItem | None:
        for wording in wordings(provision):
            telling = re.search("应当|不得|有权|是指", wording.text)
            if telling and 20 <= len(wording.plain) <= _LONGEST and "\n" not in wording.text:
                return self._judgement(wording, wording.plain, 0)
        return None

    def _false(self, provision: Provision) -> QuizItem | None:
        for wording in wordings(provision):
            changed = self._changed(wording)
            if changed and len(wording.plain) <= _LONGEST and folded(changed) not in self._printed:
                return self._judgement(wording, changed, 1)
        return None

    def _changed(self, wording: Wording) -> str:
        for blank in self._blanks.of(wording):
            if self._has_one_answer(blank):
                return blank.filled(blank.wrong[0])
        text = wording.plain
        if text.count("不得") == 1 and "除外" not in text and "可以" not in text:
            return text.replace("不得", "可以")
        return ""

    def _judgement(self, wording: Wording, said: str, key: int) -> QuizItem:
        return QuizItem(
            form="判断",
            stem=f"{_named(wording.provision)}规定：{said}",
            options=(_TRUE, _FALSE),
            key=key,
            answer=wording.plain,
            source=wording.point.sources[0],
        )

    # ---- open ----

    def open(self) -> Iterator[QuizItem]:
        """What an article lists; where nothing is listed, what a plan aims at."""
        for provision in self._provisions:
            lead, items = _items(provision)
            if items and (match := _LEAD.search(lead)):
                asked = f"{lead[: match.start()]}哪些{match[1]}{lead[match.end() :].rstrip('：:')}"
                yield self._asked(provision, f"{asked}？", [item.text for item in items])
        for provision in self._provisions:
            for wording in wordings(provision):
                if provision.kind == "section" and (year := _TARGET.match(wording.plain)):
                    title = title_of(provision)
                    about = "" if not title or "目标" in title else f"在“{title}”方面"
                    yield self._asked(
                        provision, f"{about}{year[0]}要达到什么目标？", [wording.text]
                    )
                    break

    def _asked(self, provision: Provision, question: str, answer: list[str]) -> QuizItem:
        says = "规定" if provision.kind == "article" else "提出"
        return QuizItem(
            form="问答",
            stem=f"{_named(provision)}{says}，{question}",
            options=(),
            key=None,
            answer="\n".join(answer),
            source=source(provision, "\n".join(answer)),
        )


def _items(provision: Provision) -> tuple[str, list[Part]]:
    """The first list of an article: what leads to it, and its items."""
    items = [part for part in provision.parts if _ITEM.match(part.text) and part.label]
    if provision.kind != "article" or len(items) < 3:
        return "", []
    at = provision.parts.index(items[0])
    held = [*items]
    for n, item in enumerate(items):
        if provision.parts.index(item) != at + n:  # a second list, behind another paragraph
            held = items[:n]
            break
    lead = _OWN_NUMBER.sub("", provision.parts[at - 1].text) if at else ""
    return (lead, held) if lead.endswith(("：", ":")) else ("", [])


def _bare(item: Part) -> str:
    return _ITEM.sub("", item.text).rstrip("；。")


def _named(provision: Provision) -> str:
    """As trainers say it: `《数据安全法》第四十八条`."""
    return f"《{provision.document.removeprefix('中华人民共和国')}》{provision.locator}"
