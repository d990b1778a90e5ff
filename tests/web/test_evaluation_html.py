import time

from qa.evaluation.archive import Entry
from qa.evaluation.folder import Header
from qa.evaluation.progress import Progress
from qa.web.evaluation_html import listing, progress, sentence
from qa.web.reports import comparison_address, report_address

EVIL = "<img src=x onerror=alert(1)>\"'"


def entry(name: str, done: int = 3, wanted: int = 3, bank: str = "题库甲") -> Entry:
    header = Header(
        mode="search",
        bank="",
        corpus="",
        embedder="",
        program="",
        started="2026-01-01T20:00:00+00:00",
        machine="",
    )
    return Entry(name, bank, None, header, done, wanted, {"recall@5": 0.5})


def test_names_are_escaped_wherever_they_stand() -> None:
    now = Progress(EVIL, EVIL, EVIL, state="failed", fault=EVIL)
    for html in (listing([entry(EVIL, bank=EVIL)], None), progress(now), sentence(EVIL)):
        assert "<img" not in html and "&lt;img" in html


def test_addresses_of_reports_keep_a_name_in_one_piece() -> None:
    assert report_address("../a?b#c") == "./report/..%2Fa%3Fb%23c"
    assert comparison_address("甲/乙", "c") == "./comparison/%E7%94%B2%2F%E4%B9%99/c"


def test_what_can_be_done_with_a_run_depends_on_how_far_it_is() -> None:
    finished = listing([entry("a")], None)
    assert "报告" in finished and "删去" in finished and "接着做" not in finished
    assert "50.0%" in finished and "2026-01-02 04:00" in finished
    unfinished = listing([entry("a", done=1)], None)
    assert "1 / 3" in unfinished and "接着做" in unfinished and "报告" in unfinished
    untouched = listing([entry("a", done=0)], None)
    assert "报告</button>" not in untouched and "checkbox" not in untouched
    at_work = listing([entry("a", done=1)], Progress("a", "题库甲", "search"))
    assert "正在进行" in at_work and "data-act" not in at_work and "1 / 3" not in at_work


def test_progress_tells_done_total_elapsed_and_remaining() -> None:
    began = time.monotonic() - 100
    now = Progress("a", "题库甲", "extract", stage="作答", done=20, total=60, began=began)
    shown = progress(Progress(**{**vars(now), "counted": (10, began + 50)}))
    for words in ("题库甲 · 摘录原文作答", "作答 20 / 60", "已用 1 分 40 秒", "约剩 3 分 20 秒"):
        assert words in shown
    assert 'aria-valuenow="20"' in shown and "width:33.33%" in shown
    assert "约剩" not in progress(now)
    assert "做完手上这一题就停" in progress(Progress(**{**vars(now), "state": "stopping"}))


def test_how_a_run_ended_is_told() -> None:
    assert "现在没有评测在进行" in progress(None)
    assert "看报告" in progress(Progress("a", "b", "search", state="finished"))
    assert "接着做" in progress(Progress("a", "b", "search", state="stopped"))
    failed = progress(Progress("a", "b", "search", state="failed", fault="题目太长，请缩短。"))
    assert "没有做完" in failed and "题目太长，请缩短。" in failed
