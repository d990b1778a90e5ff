import pytest

from qa.errors import RecordsError
from qa.records.accounts import User
from qa.records.records import Records


def quotes(records: Records, user: User) -> list[str]:
    return [clip.quote for clip in records.clips.list(user.id)]


@pytest.fixture
def ids(records: Records, ada: User) -> dict[str, int]:
    return {
        quote: records.clips.add(ada.id, "dsl-45", "数据安全法", "第四十五条", quote)
        for quote in "甲乙丙丁"
    }


def test_a_clip_keeps_where_it_comes_from(records: Records, ada: User, ids: dict[str, int]) -> None:
    clip = records.clips.list(ada.id)[0]
    assert (clip.id, clip.provision_id, clip.note) == (ids["甲"], "dsl-45", "")
    assert (clip.title, clip.locator) == ("数据安全法", "第四十五条")


def test_the_same_quote_twice_is_one_clip(
    records: Records, ada: User, bo: User, ids: dict[str, int]
) -> None:
    again = records.clips.add(ada.id, "dsl-45", "数据安全法", "第四十五条", "乙")
    assert again == ids["乙"] and len(records.clips.list(ada.id)) == 4
    other = records.clips.add(ada.id, "dsl-46", "数据安全法", "第四十六条", "乙")
    theirs = records.clips.add(bo.id, "dsl-45", "数据安全法", "第四十五条", "乙")
    assert len({*ids.values(), other, theirs}) == 6


@pytest.mark.parametrize(
    ("clip", "to", "after"),
    [("甲", 2, "乙丙甲丁"), ("丁", 0, "丁甲乙丙"), ("乙", 9, "甲丙丁乙"), ("丙", -1, "丙甲乙丁")],
)
def test_a_clip_moves_to_its_place(
    records: Records, ada: User, ids: dict[str, int], clip: str, to: int, after: str
) -> None:
    records.clips.move(ada.id, ids[clip], to)
    assert quotes(records, ada) == list(after)


def test_a_removed_clip_leaves_the_order(records: Records, ada: User, ids: dict[str, int]) -> None:
    records.clips.remove(ada.id, ids["乙"])
    records.clips.add(ada.id, "dsl-1", "数据安全法", "第一条", "戊")
    assert quotes(records, ada) == list("甲丙丁戊")
    records.clips.clear(ada.id)
    assert quotes(records, ada) == []


def test_a_note_is_kept_up_to_its_length(records: Records, ada: User, ids: dict[str, int]) -> None:
    records.clips.annotate(ada.id, ids["甲"], "培训用")
    with pytest.raises(RecordsError, match=r"备注.*。$"):
        records.clips.annotate(ada.id, ids["甲"], "长" * 1001)
    assert records.clips.list(ada.id)[0].note == "培训用"
