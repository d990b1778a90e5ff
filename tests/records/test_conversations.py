import json

import pytest
from sqlalchemy.exc import IntegrityError

from qa.errors import NotFound, RecordsError
from qa.records.accounts import User
from qa.records.records import Records
from tests.records.conftest import FACTS, XSS, Clock, facts


def titles(records: Records, user: User, search: str = "") -> list[str]:
    return [one.title for one in records.conversations.list(user.id, search)]


def data(records: Records, user: User, id: str) -> list[str]:
    return [entry.data for entry in records.conversations.entries(user.id, id)]


def test_a_conversation_keeps_its_exchanges_in_order(
    records: Records, ada: User, clock: Clock
) -> None:
    id = records.conversations.begin(ada.id, "处罚")
    clock.forward(minutes=5)
    numbers = [records.conversations.add(ada.id, id, f"{n}", FACTS) for n in range(3)]
    assert [entry.id for entry in records.conversations.entries(ada.id, id)] == numbers
    assert data(records, ada, id) == ["0", "1", "2"]
    (summary,) = records.conversations.list(ada.id)
    assert (summary.id, summary.updated) == (id, clock.now)
    assert summary.updated.utcoffset() is not None


def test_pinned_come_first_then_the_newest(records: Records, ada: User, clock: Clock) -> None:
    ids = {}
    for title in ("甲", "乙", "丙"):
        ids[title] = records.conversations.begin(ada.id, title)
        clock.forward(seconds=1)
    assert titles(records, ada) == ["丙", "乙", "甲"]
    records.conversations.add(ada.id, ids["乙"], "{}", FACTS)
    assert titles(records, ada) == ["乙", "丙", "甲"]
    records.conversations.pin(ada.id, ids["甲"], True)
    assert titles(records, ada) == ["甲", "乙", "丙"]
    assert records.conversations.list(ada.id)[0].pinned
    records.conversations.pin(ada.id, ids["甲"], False)
    assert titles(records, ada) == ["乙", "丙", "甲"]
    assert len(records.conversations.list(ada.id, limit=2)) == 2


def test_the_search_looks_into_titles_and_questions(records: Records, ada: User) -> None:
    first = records.conversations.begin(ada.id, "出境")
    records.conversations.begin(ada.id, "公共数据开放")
    records.conversations.add(ada.id, first, "{}", facts(question="GDP 怎么核算？"))
    records.conversations.add(ada.id, first, "{}", facts(question="gdp 由谁发布？"))
    assert titles(records, ada, "开放") == ["公共数据开放"]
    assert titles(records, ada, " Gdp ") == ["出境"]
    assert titles(records, ada, "没有的") == []


@pytest.mark.parametrize("sign", ["%", "_", "/", "\\", "'", '"'])
def test_the_search_takes_signs_as_they_are(records: Records, ada: User, sign: str) -> None:
    records.conversations.begin(ada.id, "占比")
    records.conversations.begin(ada.id, f"占{sign}比")
    assert titles(records, ada, sign) == [f"占{sign}比"]


def test_what_is_replaced_goes_and_its_number_is_never_used_again(
    records: Records, ada: User
) -> None:
    id = records.conversations.begin(ada.id, "甲")
    numbers = [records.conversations.add(ada.id, id, f"{n}", FACTS) for n in range(3)]
    records.feedback.give(ada.id, numbers[2], "down")
    assert records.conversations.add(ada.id, id, "new", FACTS, after=1) > numbers[2]
    assert data(records, ada, id) == ["0", "new"]
    assert records.feedback.of(ada.id, id) == {}


def test_what_cannot_be_replaced_stays(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲")
    records.conversations.add(ada.id, id, "0", FACTS)
    broken = facts(question=None)  # which the database refuses, when the old one is gone already
    with pytest.raises(IntegrityError):
        records.conversations.add(ada.id, id, "new", broken, after=0)
    assert data(records, ada, id) == ["0"]


def test_a_deleted_conversation_leaves_no_words_behind(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲")
    entry = records.conversations.add(ada.id, id, "{}", facts(refused=True))
    records.feedback.give(ada.id, entry, "down", comment="不对")
    records.conversations.delete(ada.id, id)
    assert records.conversations.list(ada.id) == []
    assert records.feedback.all() == []
    assert records.usage.unanswered(1, 9) == []
    assert records.usage.totals().questions == 1  # it is still counted
    with pytest.raises(NotFound):
        records.conversations.entries(ada.id, id)


def test_a_title_is_trimmed_and_may_not_be_empty_or_long(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲")
    records.conversations.rename(ada.id, id, "  跨境\n  传输 ")
    assert titles(records, ada) == ["跨境 传输"]
    for bad in ("", " \n ", "长" * 61):
        with pytest.raises(RecordsError, match=r"标题.*。$"):
            records.conversations.rename(ada.id, id, bad)
    records.conversations.rename(ada.id, id, "长" * 60)
    assert titles(records, ada) == ["长" * 60]


def test_a_long_first_question_gives_a_title_that_is_cut(records: Records, ada: User) -> None:
    records.conversations.begin(ada.id, "长" * 70)
    assert titles(records, ada) == ["长" * 59 + "…"]


def test_words_are_stored_as_they_were_typed(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, XSS)
    body = json.dumps({"question": XSS, "more": "'; DROP TABLE users; --\x00"})
    entry = records.conversations.add(ada.id, id, body, facts(question=XSS, refused=True))
    records.feedback.give(ada.id, entry, "down", comment=XSS)
    clip = records.clips.add(ada.id, XSS, XSS, XSS, XSS)
    records.clips.annotate(ada.id, clip, XSS)
    records.changes.log(ada.id, XSS, XSS)
    assert titles(records, ada, "<img src") == [XSS]
    assert data(records, ada, id) == [body]
    (given,) = records.feedback.all()
    assert (given.question, given.comment, given.data) == (XSS, XSS, body)
    (kept,) = records.clips.list(ada.id)
    assert (kept.provision_id, kept.title, kept.locator, kept.quote, kept.note) == (XSS,) * 5
    assert records.usage.unanswered(1, 1)[0].question == XSS
    assert records.changes.recent(1)[0].detail == XSS


def test_what_belongs_to_another_is_as_if_it_were_not_there(
    records: Records, ada: User, bo: User
) -> None:
    id = records.conversations.begin(ada.id, "甲")
    entry = records.conversations.add(ada.id, id, "{}", FACTS)
    clip = records.clips.add(ada.id, "p", "t", "l", "q")
    before = (records.conversations.list(ada.id), records.clips.list(ada.id))

    def sentences(id: str, entry: int, clip: int) -> list[str]:
        said = []
        for use in (
            lambda: records.conversations.entries(bo.id, id),
            lambda: records.conversations.add(bo.id, id, "{}", FACTS),
            lambda: records.conversations.add(bo.id, id, "{}", FACTS, after=0),
            lambda: records.conversations.summary(bo.id, id),
            lambda: records.conversations.rename(bo.id, id, "乙"),
            lambda: records.conversations.pin(bo.id, id, True),
            lambda: records.conversations.delete(bo.id, id),
            lambda: records.feedback.of(bo.id, id),
            lambda: records.feedback.give(bo.id, entry, "up"),
            lambda: records.clips.annotate(bo.id, clip, "乙"),
            lambda: records.clips.move(bo.id, clip, 0),
            lambda: records.clips.remove(bo.id, clip),
        ):
            with pytest.raises(NotFound, match=r"。$") as caught:
                use()
            said.append(str(caught.value))
        return said

    assert sentences(id, entry, clip) == sentences("0" * 32, 999, 999)
    assert records.conversations.list(bo.id) == [] and records.clips.list(bo.id) == []
    records.clips.clear(bo.id)
    assert (records.conversations.list(ada.id), records.clips.list(ada.id)) == before
    assert data(records, ada, id) == ["{}"]
    assert records.feedback.all() == []
