"""The page 评测 as a person uses it: choose, run, watch, read, compare, delete."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WIDTHS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
LONG = 60_000
SEARCH, EXTRACT = "只检索", "摘录原文作答"


@pytest.fixture(params=["wide"])
def evaluation(
    request: pytest.FixtureRequest,
    browser: Browser,
    page_url: str,
    runs_dir: Path,
    requested: list[str],
) -> Iterator[Page]:
    """The page with no run yet; what a test leaves at work is stopped."""
    shutil.rmtree(runs_dir, ignore_errors=True)
    context = browser.new_context(viewport=WIDTHS[request.param], locale="zh-CN")
    page = context.new_page()
    page.on("request", lambda asked: requested.append(asked.url))
    open_page(page, page_url)
    yield page
    stop = page.locator("#stop")
    if stop.is_visible():
        stop.click()
        expect(stop).to_be_hidden(timeout=LONG)
    context.close()


both_widths = pytest.mark.parametrize("evaluation", ["wide", "narrow"], indirect=True)


def open_page(page: Page, page_url: str) -> None:
    page.goto(f"{page_url}evaluation")
    expect(page.locator("#start")).to_be_visible(timeout=20_000)
    page.wait_for_function("document.title.startsWith('评测')")


def begin(page: Page, mode: str, limit: int = 0) -> None:
    page.get_by_label(mode, exact=True).check()
    page.fill("#limit input", str(limit))
    page.locator("#limit input").blur()
    page.click("#start")


def run(page: Page, mode: str, limit: int) -> None:
    """A run from the click to the end."""
    rows = page.locator("#runs tbody tr")
    before = rows.count()
    begin(page, mode, limit)
    expect(rows).to_have_count(before + 1, timeout=LONG)
    expect(page.locator("#progress h2")).to_have_text("已完成", timeout=LONG)
    expect(rows.first.get_by_role("button", name="报告")).to_be_visible(timeout=LONG)


def upload(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(file)


def no_sideways_scroll(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


@both_widths
def test_a_bank_is_run_and_its_report_read(evaluation: Page) -> None:
    expect(evaluation.locator("#bank input")).to_have_value("compilation（172 题）")
    run(evaluation, EXTRACT, 3)
    row = evaluation.locator("#runs tbody tr").first
    expect(row).to_contain_text("compilation · 摘录原文作答 · 前 3 题")
    expect(row.locator('[data-label="题数"]')).to_have_text("3")
    expect(row.locator('[data-label="前 5 条找到原文"]')).to_have_text(re.compile(r"^\d+\.\d%$"))
    row.get_by_role("button", name="报告").click()
    frame = evaluation.frame_locator("#viewer iframe")
    expect(frame.locator("h1")).to_contain_text("评测报告", timeout=20_000)
    expect(evaluation.locator("#viewer iframe")).to_be_in_viewport()
    frame.locator("#filter [name=words]").fill("网安法")
    expect(frame.locator("#count")).to_have_text("1 / 3 题")  # its own script works in the frame
    assert no_sideways_scroll(evaluation)
    evaluation.get_by_role("button", name="收起").click()
    expect(evaluation.locator("#viewer section")).to_have_count(0)


@both_widths
def test_two_runs_are_compared(evaluation: Page) -> None:
    run(evaluation, SEARCH, 2)
    run(evaluation, EXTRACT, 3)
    compare = evaluation.locator("#compare")
    expect(compare).to_be_disabled()
    for box in evaluation.locator("#runs .tick input").all():
        box.check()
    expect(compare).to_be_enabled()
    compare.click()
    table = evaluation.locator("#viewer .differences")
    expect(table).to_contain_text("前 5 条找到原文", timeout=20_000)
    expect(evaluation.locator("#viewer .sides")).to_have_text(
        re.compile(r"先：compilation · 只检索 · 前 2 题.*后：compilation · 摘录原文作答 · 前 3 题")
    )
    frame = evaluation.frame_locator("#viewer iframe")
    expect(frame.locator("#difference")).to_contain_text("两次都有的 2 题", timeout=LONG)
    assert no_sideways_scroll(evaluation)


def test_a_second_person_and_a_reload_see_the_same_progress(
    evaluation: Page, page_url: str, browser: Browser
) -> None:
    other = browser.new_page()
    open_page(other, page_url)
    begin(evaluation, EXTRACT)
    expect(evaluation.locator("#progress [role=progressbar]")).to_be_visible(timeout=LONG)
    expect(evaluation.locator("#progress .figures")).to_contain_text("约剩")
    evaluation.reload()
    for page in (evaluation, other):
        expect(page.locator("#progress h2")).to_have_text("正在评测", timeout=20_000)
        expect(page.locator("#progress .figures")).to_contain_text(re.compile(r"作答 \d+ / 172"))
        expect(page.locator("#runs")).to_contain_text("正在进行")
    begin(other, SEARCH, 1)
    expect(other.locator("#said")).to_contain_text("一次只做一个；请等它做完，或先停止它。")
    other.click("#stop")
    for page in (other, evaluation):
        expect(page.locator("#progress h2")).to_have_text("已停止", timeout=LONG)
        expect(page.get_by_role("button", name="接着做")).to_be_visible()
    other.close()


def test_what_was_stopped_goes_on_where_it_was(evaluation: Page, runs_dir: Path) -> None:
    begin(evaluation, EXTRACT)
    expect(evaluation.locator("#progress .figures")).to_contain_text("约剩", timeout=LONG)
    evaluation.click("#stop")
    expect(evaluation.locator("#progress h2")).to_have_text("已停止", timeout=LONG)
    (results,) = runs_dir.glob("*/results.jsonl")
    before = results.read_text(encoding="utf-8")
    evaluation.get_by_role("button", name="接着做").click()
    expect(evaluation.locator("#progress h2")).to_have_text("正在评测", timeout=LONG)
    expect(evaluation.locator("#progress .figures")).to_contain_text("约剩", timeout=LONG)
    evaluation.click("#stop")
    expect(evaluation.locator("#progress h2")).to_have_text("已停止", timeout=LONG)
    after = results.read_text(encoding="utf-8")
    assert after.startswith(before) and len(after) > len(before)
    expect(evaluation.locator("#runs tbody tr")).to_have_count(1)


def test_a_bad_bank_is_told_and_a_good_one_is_chosen(evaluation: Page, tmp_path: Path) -> None:
    bad = tmp_path / "坏题库.jsonl"
    bad.write_text("<script>window.hit=1</script>\n", encoding="utf-8")
    upload(evaluation, bad)
    expect(evaluation.locator("#said")).to_contain_text("第 1 行不是 JSON 对象", timeout=20_000)
    expect(evaluation.locator("#bank input")).to_have_value("compilation（172 题）")
    assert evaluation.locator(".toast-wrap .error").count() == 0
    good = tmp_path / "我的题库.jsonl"
    question = {"id": "a", "type": "lookup", "answerable": True, "evidence": ["数据分类分级保护"]}
    question["question"] = "<img src=x onerror='window.hit=2'>数据安全法第二十一条"
    good.write_text(json.dumps(question, ensure_ascii=False), encoding="utf-8")
    upload(evaluation, good)
    expect(evaluation.locator("#said")).to_contain_text("已收下题库“我的题库”", timeout=20_000)
    expect(evaluation.locator("#bank input")).to_have_value("我的题库（1 题）")
    run(evaluation, SEARCH, 0)
    expect(evaluation.locator("#runs tbody tr").first).to_contain_text("我的题库 · 只检索")
    evaluation.get_by_role("button", name="报告", exact=True).click()
    frame = evaluation.frame_locator("#viewer iframe")
    expect(frame.locator("h1")).to_contain_text("我的题库", timeout=20_000)
    assert evaluation.evaluate("window.hit") is None


def test_a_report_can_touch_nothing_but_itself(evaluation: Page, page_url: str) -> None:
    run(evaluation, SEARCH, 1)
    evaluation.get_by_role("button", name="报告", exact=True).click()
    iframe = evaluation.locator("#viewer iframe")
    expect(iframe).to_have_attribute("sandbox", "allow-scripts")
    address = urljoin(f"{page_url}evaluation/", iframe.get_attribute("src") or "")
    answer = httpx.get(address)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    frame = iframe.element_handle().content_frame()
    assert frame
    expect(frame.locator("h1")).to_contain_text("评测报告")
    assert frame.evaluate("origin") == "null"
    reach = "() => { try { return parent.document.title } catch (error) { return error.name } }"
    assert frame.evaluate(reach) == "SecurityError"
    links = evaluation.locator("#viewer .links a")
    with evaluation.expect_download() as download:
        links.get_by_text("下载").click()
    assert download.value.suggested_filename.endswith(".html")
    with evaluation.expect_popup() as popup:
        links.get_by_text("在新窗口打开").click()
    expect(popup.value.locator("h1")).to_contain_text("评测报告")
    assert popup.value.evaluate("origin") == "null"


@pytest.mark.parametrize(
    "path", ["report/nothing", "report/..%2F..%2Fetc", "report/banks", "comparison/a/b"]
)
def test_an_address_of_no_run_gets_a_sentence(path: str, page_url: str) -> None:
    answer = httpx.get(f"{page_url}evaluation/{path}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text and "root:" not in answer.text


def test_a_run_is_deleted_only_after_a_confirmation(evaluation: Page, runs_dir: Path) -> None:
    run(evaluation, SEARCH, 1)
    row = evaluation.locator("#runs tbody tr")
    dialog = evaluation.locator("#runs dialog")
    row.get_by_role("button", name="删去").click()
    expect(dialog).to_contain_text("删去“compilation · 只检索 · 前 1 题”（")
    dialog.get_by_role("button", name="不删").click()
    expect(dialog).to_be_hidden()
    assert len([*runs_dir.glob("*/run.json")]) == 1
    row.get_by_role("button", name="删去").click()
    dialog.get_by_role("button", name="删去").click()
    expect(row).to_have_count(0)
    expect(evaluation.locator("#runs")).to_contain_text("还没有做过评测")
    assert not [*runs_dir.glob("*/run.json")]


@both_widths
def test_a_run_that_is_gone_gets_a_sentence_where_one_looks(
    evaluation: Page, runs_dir: Path
) -> None:
    run(evaluation, SEARCH, 1)
    shutil.rmtree(runs_dir)
    evaluation.get_by_role("button", name="报告", exact=True).click()
    said = evaluation.locator("#said p")
    expect(said).to_contain_text("可能已被删去；请刷新页面。", timeout=20_000)
    expect(said).to_be_in_viewport()
    expect(evaluation.locator("#runs tbody tr")).to_have_count(0)


def test_the_pages_link_to_each_other(evaluation: Page) -> None:
    links = evaluation.locator("#masthead nav a")
    expect(links).to_have_text(["问答", "法规库", "简报", "评测", "管理"])
    expect(links.get_by_text("评测")).to_have_attribute("aria-current", "page")
    links.get_by_text("问答").click()
    expect(evaluation.locator("#question textarea")).to_be_visible(timeout=20_000)
    expect(evaluation).to_have_title("数据法规政策问答")
    expect(links.get_by_text("问答")).to_have_attribute("aria-current", "page")
    assert evaluation.locator("#start").count() == 0
    links.get_by_text("评测").click()
    expect(evaluation.locator("#start")).to_be_visible(timeout=20_000)


def test_no_request_of_the_page_leaves_the_host(
    evaluation: Page, page_url: str, requested: list[str]
) -> None:
    run(evaluation, SEARCH, 1)
    evaluation.get_by_role("button", name="报告", exact=True).click()
    expect(evaluation.frame_locator("#viewer iframe").locator("h1")).to_be_visible()
    host = urlsplit(page_url).netloc
    assert requested and not [url for url in requested if urlsplit(url).netloc not in ("", host)]
