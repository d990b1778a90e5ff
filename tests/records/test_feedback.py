import pytest

from qa.errors import RecordsError
from qa.records.accounts import User
from qa.records.feedback import REASONS, Verdict
from qa.records.records import Records
from tests.records.conftest import FACTS, Clock, facts


def test_a_verdict_comes_with_question_answer_and_versions(
    records: Records, ada: User, clock: Clock
) -> None:
    id = records.conversations.begin(ada.id, "甲")
    entry = records.conversations.add(ada.id, id, '{"answer":1}', FACTS)
    records.feedback.give(ada.id, entry, "down", ["过时", "引用不对"], "第四十五条已经修订")
    (given,) = records.feedback.all()
    assert given.entry_id == entry and given.user == "ada" and given.verdict == "down"
    assert given.reasons == ("引用不对", "过时") and given.comment == "第四十五条已经修订"
    assert given.question == FACTS.question and given.data == '{"answer":1}'
    assert given.versions == FACTS.versions and given.given == clock.now


def test_a_newer_verdict_replaces_the_older(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲")
    entry = records.conversations.add(ada.id, id, "{}", FACTS)
    records.feedback.give(ada.id, entry, "down", REASONS, "不对")
    records.feedback.give(ada.id, entry, "up")
    assert records.feedback.of(ada.id, id) == {entry: "up"}
    (given,) = records.feedback.all()
    assert (given.verdict, given.reasons, given.comment) == ("up", (), "")


def test_the_list_is_newest_first_and_by_verdict(
    records: Records, ada: User, bo: User, clock: Clock
) -> None:
    verdicts: list[tuple[User, Verdict]] = [(ada, "up"), (bo, "down"), (ada, "down")]
    for user, verdict in verdicts:
        id = records.conversations.begin(user.id, "甲")
        entry = records.conversations.add(user.id, id, "{}", facts(question=verdict))
        records.feedback.give(user.id, entry, verdict)
        clock.forward(seconds=1)
    assert [given.user for given in records.feedback.all()] == ["ada", "bo", "ada"]
    assert [given.user for given in records.feedback.all(verdict="down")] == ["ada", "bo"]
    assert len(records.feedback.all(limit=1)) == 1


def test_a_reason_or_comment_that_does_not_fit_is_refused(records: Records, ada: User) -> None:
    id = records.conversations.begin(ada.id, "甲")
    entry = records.conversations.add(ada.id, id, "{}", FACTS)
    with pytest.raises(RecordsError, match="引用不对"):
        records.feedback.give(ada.id, entry, "down", ["太长"])
    with pytest.raises(RecordsError, match=r"。$"):
        records.feedback.give(ada.id, entry, "sideways")  # type: ignore[arg-type]
    with pytest.raises(RecordsError, match="1000"):
        records.feedback.give(ada.id, entry, "down", comment="长" * 1001)
    records.feedback.give(ada.id, entry, "down", comment="长" * 1000)
    assert len(records.feedback.all()[0].comment) == 1000
