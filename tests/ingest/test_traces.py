"""Where words are printed, and which were not recognised for certain."""

import math

import pytest

from qa.ingest.formats import Doubt, Place
from qa.ingest.formats.sheet import Sheet
from qa.ingest.provision import Part
from qa.ingest.traces import Traces

LINES = {1: "第一条 甲乙丙丁。", 2: "第二条 戊己庚", 3: "辛壬癸。", 4: "第三条 子丑。"}


def place(line: int, start: int, end: int, page: int = 1) -> Place:
    return Place(line=line, start=start, end=end, page=page, box=(0.1, 0.1, 0.9, 0.12))


PLACES = [place(1, 0, 6), place(1, 6, 9), place(2, 0, 7), place(3, 0, 4, 2), place(4, 0, 7, 2)]
DOUBTS = [Doubt(line=1, start=5, text="乙丙", confidence=0.6)]


def part(text: str, line: int) -> Part:
    return Part(label="", text=text, line=line)


def test_a_part_has_the_places_of_its_own_line() -> None:
    traces = Traces(LINES, PLACES, DOUBTS)
    assert traces.places([part(LINES[1], 1)]) == (PLACES[0], PLACES[1])
    assert traces.places([part("丁。", 1)]) == (PLACES[1],)


def test_a_sentence_that_was_joined_goes_on_at_its_second_place() -> None:
    traces = Traces(LINES, PLACES, DOUBTS)
    assert traces.places([part("第二条 戊己庚辛壬癸。", 2)]) == (PLACES[2], PLACES[3])


def test_what_was_not_recognised_for_certain_is_found_in_the_part() -> None:
    traces = Traces(LINES, PLACES, DOUBTS)
    (unsure,) = traces.unsure(part(LINES[1], 1))
    assert (LINES[1][unsure.start : unsure.end], unsure.confidence) == ("乙丙", 0.6)
    assert [s.start for s in traces.unsure(part("甲乙丙丁。", 1))] == [1]
    assert traces.unsure(part(LINES[4], 4)) == ()


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (0, (0.1, 0.2, 0.3, 0.25)),
        (1, (0.75, 0.1, 0.8, 0.3)),
        (2, (0.7, 0.75, 0.9, 0.8)),
        (3, (0.2, 0.7, 0.25, 0.9)),
    ],
)
def test_a_box_of_a_turned_page_is_one_of_the_page_as_it_came(
    quarters: int, expected: tuple[float, ...]
) -> None:
    sheet = Sheet(1, 1000, 1000, (), quarters=quarters)
    assert sheet.share(100, 200, 300, 250) == pytest.approx(expected)


def test_a_box_of_a_leaning_page_leans_with_it() -> None:
    sheet = Sheet(1, 1000, 1000, (), angle=math.radians(1))
    left, top, right, bottom = sheet.share(900, 500, 1000, 520)
    assert top - 0.5 == pytest.approx(math.sin(math.radians(1)) * 0.95, abs=1e-3)
    assert (right - left, bottom - top) == pytest.approx((0.1, 0.02), abs=1e-3)
