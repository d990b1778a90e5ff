from qa.llm.stop import Stop


def test_a_stop_ends_what_goes_on_and_nothing_that_is_over() -> None:
    ended: list[str] = []
    stop = Stop()
    with stop.ending(lambda: ended.append("over")):
        assert not stop.given
    with stop.ending(lambda: ended.append("goes on")):
        stop()
        stop()
    assert stop.given and ended == ["goes on"]


def test_what_begins_after_the_stop_ends_at_once() -> None:
    ended: list[str] = []
    stop = Stop()
    stop()
    with stop.ending(lambda: ended.append("late")):
        assert ended == ["late"]
