from datetime import date

import pytest

from qa.records.accounts import User
from qa.records.records import Records
from tests.records.conftest import Clock, facts


@pytest.fixture
def ask(records: Records) -> object:
    def ask(user: User, **changes: object) -> int:
        id = records.conversations.begin(user.id, "甲")
        return records.conversations.add(user.id, id, "{}", facts(**changes))

    return ask


def test_days_are_those_of_beijing_and_quiet_ones_are_zeros(
    records: Records, ada: User, bo: User, clock: Clock, ask
) -> None:
    ask(ada)
    ask(ada, refused=True)
    ask(bo, fault="timeout")
    clock.forward(hours=13)  # one in the morning in Beijing, the same day in UTC
    ask(bo)
    clock.forward(days=2)
    days = records.usage.by_day(4)
    assert [day.date for day in days] == [date(2026, 3, n) for n in (9, 10, 11, 12)]
    counts = [(day.questions, day.refused, day.faults, day.users) for day in days]
    assert counts == [(3, 1, 1, 2), (1, 0, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert [day.questions for day in records.usage.by_day(3)] == [1, 0, 0]


def test_the_refused_are_counted_on_their_own_day_and_outlive_their_conversation(
    records: Records, ada: User, clock: Clock, ask
) -> None:
    ask(ada, refused=True)
    ask(ada, fault="timeout")  # neither answered nor refused
    clock.forward(days=1)
    for _ in range(2):
        ask(ada, refused=True)
    ask(ada)
    for conversation in records.conversations.list(ada.id):
        records.conversations.delete(ada.id, conversation.id)
    days = records.usage.by_day(2)
    assert [(day.questions, day.refused) for day in days] == [(2, 1), (3, 2)]
    assert [day.refused for day in records.usage.by_day(1)] == [2]


def test_latency_is_given_at_the_middle_and_near_the_end(
    records: Records, ada: User, clock: Clock, ask
) -> None:
    none = records.usage.latency(7)
    assert none.first_evidence_p50 is None and none.total_p95 is None
    for n in range(101):
        ask(ada, first_evidence_ms=float(n), total_ms=None if n % 2 else 10.0 * n)
    ask(ada, first_evidence_ms=None, total_ms=1e9, stopped=True)
    found = records.usage.latency(7)
    assert (found.first_evidence_p50, found.first_evidence_p95) == (50, 95)
    assert (found.total_p50, found.total_p95) == (500, 950)
    clock.forward(days=7)
    ask(ada, first_evidence_ms=3.0)
    assert records.usage.latency(7).first_evidence_p95 == 3.0


def test_latency_of_a_day_is_of_that_day_alone(
    records: Records, ada: User, clock: Clock, ask
) -> None:
    ask(ada, first_evidence_ms=10.0, total_ms=100.0)
    clock.forward(hours=13)  # the next day in Beijing, the same in UTC
    ask(ada, first_evidence_ms=20.0, total_ms=None)
    ask(ada, first_evidence_ms=40.0, total_ms=900.0, stopped=True)
    clock.forward(days=1)
    found = records.usage.latency_by_day(3)
    assert list(found) == [date(2026, 3, n) for n in (9, 10, 11)]
    first, second, quiet = found.values()
    assert (first.first_evidence_p50, first.total_p95) == (10, 100)
    assert (second.first_evidence_p50, second.total_p50) == (30, None)
    assert quiet.first_evidence_p95 is None


def test_the_most_cited_provisions_are_counted_once_an_answer(
    records: Records, ada: User, clock: Clock, ask
) -> None:
    ask(ada, cited=("old",))
    clock.forward(days=3)
    ask(ada, cited=("b", "b", "a"))
    ask(ada, cited=("b", "c"))
    assert records.usage.top_cited(3, 2) == [("b", 2), ("a", 1)]
    assert ("old", 1) in records.usage.top_cited(4, 9)


def test_unanswered_are_the_refused_and_those_with_a_thumb_down(
    records: Records, ada: User, clock: Clock, ask
) -> None:
    refused = ask(ada, question="天气？", refused=True)
    ask(ada, question="好")
    down = ask(ada, question="差")
    up = ask(ada, question="也好")
    records.feedback.give(ada.id, down, "down")
    records.feedback.give(ada.id, up, "up")
    found = records.usage.unanswered(7, 9)
    assert [(one.entry_id, one.question, one.why) for one in found] == [
        (down, "差", "down"),
        (refused, "天气？", "refused"),
    ]
    assert found[0].asked == clock.now
    assert len(records.usage.unanswered(7, 1)) == 1
    clock.forward(days=7)
    assert records.usage.unanswered(7, 9) == []


def test_totals_count_everything_once(records: Records, ada: User, bo: User, ask) -> None:
    records.accounts.local_user()
    records.accounts.set_active(bo.id, False)
    records.feedback.give(ada.id, ask(ada), "up")
    records.feedback.give(ada.id, ask(ada, refused=True), "down")
    ask(bo, fault="timeout")
    totals = records.usage.totals()
    assert (totals.users, totals.conversations, totals.questions) == (1, 3, 3)
    assert (totals.refused, totals.faults, totals.up, totals.down) == (1, 1, 1, 1)


def test_the_log_of_changes_names_who_did_what(records: Records, ada: User, clock: Clock) -> None:
    records.changes.log(ada.id, "标记修订", "数据安全法")
    clock.forward(minutes=1)
    records.changes.log(None, "添加用户", "bo")
    last, first = records.changes.recent(9)
    assert (last.user, last.what, last.when) == ("命令行", "添加用户", clock.now)
    assert (first.user, first.detail) == ("ada", "数据安全法")
    assert records.changes.recent(1) == [last]
