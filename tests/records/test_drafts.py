from collections.abc import Callable
from typing import Any

import pytest

from qa.errors import NotFound, RecordsError
from qa.records import drafts
from qa.records.accounts import User
from qa.records.records import Records
from tests.records.conftest import XSS, Clock


def kept(records: Records, user: User, title: str, briefing: str | None = None, **more: Any) -> int:
    return records.drafts.save(user.id, title, '{"topic": "数据"}', briefing, "a1", **more)


def test_a_draft_comes_back_as_it_was_saved_last(records: Records, ada: User, clock: Clock) -> None:
    id = kept(records, ada, f"  {XSS}\n标题  ")
    clock.forward(hours=1)
    assert kept(records, ada, XSS, '{"title": "' + "字" * 100_000 + '"}', id=id) == id
    draft = records.drafts.open(ada.id, id)
    assert (draft.title, draft.request, draft.index) == (XSS, '{"topic": "数据"}', "a1")
    assert draft.briefing and len(draft.briefing) > 100_000
    (summary,) = records.drafts.list(ada.id)
    assert summary.written and (summary.changed - summary.created).total_seconds() == 3600


def test_the_draft_that_was_changed_last_comes_first(
    records: Records, ada: User, bo: User, clock: Clock
) -> None:
    ids = []
    for title in "甲乙丙":
        ids.append(kept(records, ada, title))
        clock.forward(minutes=1)
    kept(records, bo, "丁")
    kept(records, ada, "甲", "{}", id=ids[0])
    assert [(each.title, each.written) for each in records.drafts.list(ada.id)] == [
        ("甲", True),
        ("丙", False),
        ("乙", False),
    ]


def test_a_renamed_draft_keeps_its_content_and_a_deleted_one_is_gone(
    records: Records, ada: User
) -> None:
    id = kept(records, ada, "甲", "{}")
    records.drafts.rename(ada.id, id, "  新名  ")
    with pytest.raises(RecordsError, match=r"标题.*。$"):
        records.drafts.rename(ada.id, id, " ")
    assert records.drafts.open(ada.id, id).title == "新名"
    assert records.drafts.open(ada.id, id).briefing == "{}"
    records.drafts.delete(ada.id, id)
    with pytest.raises(NotFound):
        records.drafts.open(ada.id, id)
    assert kept(records, ada, "乙") > id


@pytest.mark.parametrize(
    "act",
    [
        lambda held, user, id: held.open(user, id),
        lambda held, user, id: held.rename(user, id, "我的"),
        lambda held, user, id: held.delete(user, id),
        lambda held, user, id: held.save(user, "我的", "{}", None, "a1", id),
    ],
)
def test_the_draft_of_another_is_not_found(
    records: Records, ada: User, bo: User, act: Callable[..., object]
) -> None:
    id = kept(records, ada, "甲")
    for user, wanted in ((bo.id, id), (ada.id, id + 1)):
        with pytest.raises(NotFound, match=r"没有找到这份简报草稿；.*。$"):
            act(records.drafts, user, wanted)
    assert records.drafts.open(ada.id, id).title == "甲"


def test_a_draft_that_is_too_long_or_one_too_many_is_refused(
    records: Records, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST", 2)
    id = kept(records, ada, "甲", "{}")
    with pytest.raises(RecordsError, match=r"太长.*。$"):
        kept(records, ada, "甲", "字" * drafts.LONGEST, id=id)
    assert records.drafts.open(ada.id, id).briefing == "{}"
    kept(records, ada, "乙")
    with pytest.raises(RecordsError, match=r"最多存 2 份.*。$"):
        kept(records, ada, "丙")
    kept(records, ada, "甲", None, id=id)
