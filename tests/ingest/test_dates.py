"""The days of a header: first published, last changed, in force, in the shapes that are printed."""

import tomllib

import pytest

from qa.ingest.dates import Days, days_in, days_of
from tests.ingest.conftest import EXPECTED

LAW = ("第一条 为了规范管理，制定本法。", "第九十条 本法自2012年1月1日起施行。")
HEADERS = tomllib.loads((EXPECTED / "dates.toml").read_text(encoding="utf-8"))["header"]


def said(days: Days) -> str:
    return " ".join(day or "-" for day in (days.issued, days.changed, days.effective))


@pytest.mark.parametrize("case", HEADERS, ids=[case["text"][:20] for case in HEADERS])
def test_a_header_tells_the_first_day_and_the_last_change(case: dict[str, str]) -> None:
    assert said(days_of((), case["text"].split("\n"), LAW)) == case["days"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (
            "中华人民共和国主席令\n第八十四号\n《中华人民共和国某法》已由中华人民共和国第十三届全国"
            "人民代表大会常务委员会第二十九次会议于2021年6月10日通过，现予公布，自2021年9月1日起施行。\n"
            "中华人民共和国主席　某某某\n2021年6月10日",
            "2021-06-10 - 2021-09-01",
        ),
        (
            "中华人民共和国国务院令\n第745号\n《某条例》已经2021年4月27日国务院第133次常务会议通过，"
            "现予公布，自2021年9月1日起施行。\n总理　某某某\n2021年7月30日",
            "2021-07-30 - 2021-09-01",
        ),
        ("某省人民政府令\n第347号\n二〇二二年一月三十一日", "2022-01-31 - 2012-01-01"),
    ],
)
def test_an_order_above_the_title_tells_them_too(order: str, expected: str) -> None:
    assert said(days_of(order.split("\n"), (), LAW)) == expected


def test_an_order_and_a_note_of_the_same_day_tell_of_one_publication() -> None:
    order = "《某法》已由某会议于2019年10月26日通过，现予公布，自2020年1月1日起施行。"
    note = "（2019年10月26日第十三届全国人民代表大会常务委员会第十四次会议通过）"
    assert said(days_of([order, "2019年10月26日"], [note], LAW)) == "2019-10-26 - 2020-01-01"


def test_the_order_of_an_amendment_is_not_the_first_publication() -> None:
    days = days_of(
        ["中华人民共和国国务院令", "第709号", "2019年3月2日"],
        ["（2006年1月29日国务院令第457号公布　根据2019年3月2日《国务院关于修改的决定》修订）"],
        ["第一条 甲。", "第二条 本条例自2006年3月1日起施行。"],
    )
    assert (days.issued, days.changed, days.effective) == ("2006-01-29", "2019-03-02", "")


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("第二条 本办法自公布之日起施行。", "2020-05-01"),
        ("第二条 本办法自二〇二〇年七月一日起施行，自1999年1月1日起施行的办法废止。", "2020-07-01"),
        ("第二条 本办法自2020年7月1日起试行。", "2020-07-01"),
        ("第二条 本办法由某厅解释，于2020年8月1日起实施。", "2020-08-01"),
        ("第二条 期间自2020年8月1日起计算。", ""),
    ],
)
def test_the_last_article_tells_from_when_on_it_is_in_force(last: str, expected: str) -> None:
    header = ["（2020年5月1日某部令第1号公布）"]
    assert days_of((), header, ["第一条 甲。", last]).effective == expected


def test_a_day_below_the_signature_is_that_of_the_publication() -> None:
    days = days_of((), (), ["一、加强管理。\n某某厅\n2020年5月1日"])
    assert days.issued == "2020-05-01"


@pytest.mark.parametrize(
    "odd", ["二〇二一年十十月三日", "2021年13月45日", "0000年1月1日", "2021年2月30日"]
)
def test_a_day_that_there_is_not_is_none(odd: str) -> None:
    assert (
        days_of([odd], [f"（{odd}通过，自{odd}起施行）"], [f"本法自{odd}起施行。", odd]) == Days()
    )


def test_the_day_in_the_name_of_a_file_is_read() -> None:
    assert days_in("行政法规·兽药管理条例(2020-03-27)") == ("2020-03-27",)
