import threading
import time

import pytest

from qa.llm.queue import Queue


def test_whoever_comes_to_a_free_slot_does_not_wait() -> None:
    queue = Queue(2)
    with queue.place() as one, queue.place() as two:
        assert list(one.waiting()) == list(two.waiting()) == []
        assert one.served and two.served


def test_the_place_in_line_is_shown_and_moves_up_in_order() -> None:
    queue = Queue(1)
    served = queue.place().__enter__()
    second, third = queue.place().__enter__(), queue.place().__enter__()
    assert len(queue) == 2
    behind = third.waiting()
    assert next(behind) == 2
    served.cancel()
    assert second.served and not third.served
    assert next(behind) == 1
    second.cancel()
    assert list(behind) == [0]
    assert third.served


def test_who_leaves_the_line_lets_the_others_move_up() -> None:
    queue = Queue(1)
    served = queue.place().__enter__()
    leaving, staying = queue.place().__enter__(), queue.place().__enter__()
    positions = staying.waiting()
    assert next(positions) == 2
    leaving.cancel()
    assert next(positions) == 1
    assert not leaving.served and list(leaving.waiting()) == []
    served.cancel()
    assert list(positions) == [0]


def test_a_slot_comes_back_when_its_answer_fails() -> None:
    queue = Queue(1)
    with pytest.raises(RuntimeError), queue.place():
        raise RuntimeError
    with queue.place() as place:
        assert place.served


def test_giving_back_twice_frees_only_one_slot() -> None:
    queue = Queue(1)
    with queue.place() as place:
        place.cancel()
        place.cancel()
    with queue.place() as one, queue.place() as two:
        assert one.served and not two.served


def test_another_thread_can_end_the_wait() -> None:
    queue = Queue(1)
    with queue.place(), queue.place() as place:
        seen: list[int] = []
        waiter = threading.Thread(target=lambda: seen.extend(place.waiting()))
        waiter.start()
        place.cancel()
        waiter.join(timeout=2)
        assert not waiter.is_alive()
        assert not place.served


def test_twelve_at_once_are_all_served_two_at_a_time_and_in_order() -> None:
    queue = Queue(2)
    now = most = 0
    order: list[int] = []
    counting = threading.Lock()

    def ask(number: int) -> None:
        nonlocal now, most
        with queue.place() as place:
            entered[number].set()
            for position in place.waiting():
                assert 0 <= position <= 10
            with counting:
                order.append(number)
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with counting:
                now -= 1

    entered = [threading.Event() for _ in range(12)]
    askers = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for asker, event in zip(askers, entered, strict=True):
        asker.start()
        event.wait(2)
    for asker in askers:
        asker.join(timeout=5)
    assert most == 2
    assert sorted(order) == list(range(12))
    # The two slots may take turns within one step.
    assert all(abs(place - number) <= 1 for place, number in enumerate(order))
