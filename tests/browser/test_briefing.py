"""简报 in a real browser: from a topic to a file, on a desk and on a telephone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.answering.checked import UNSUPPORTED
from qa.assistant import Assistant
from qa.briefing import model
from qa.briefing.briefer import Progress
from qa.briefing.model import Briefing
from qa.briefing.request import Request
from qa.course import Mode
from qa.records.accounts import User
from qa.records.records import Records
from qa.web.briefing import plan
from qa.web.briefing.plan import Wish

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

LONG = 60_000


def drafted(assistant: Assistant, records: Records, user: User) -> int:
    """A draft of every part, written."""
    wish = Wish("法律专题培训", topic="公共数据开放", parts=model.PART_KINDS)
    planned = plan.planned(wish, assistant.outline(wish.request()))
    written = assistant.brief(wish.request())
    kept = (planned.title, plan.to_json(planned), model.to_json(written), written.index)
    return records.drafts.save(user.id, *kept)


@pytest.fixture(params=[1440, 390])
def page(request: pytest.FixtureRequest, browser: Browser, page_url: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, locale="zh-CN", accept_downloads=True
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(f"{page_url}briefing/")
    yield opened
    context.close()
    assert not faults


def outlined(page: Page, topic: str, *parts: str) -> None:
    """A draft of some parts, with its outline."""
    page.get_by_label("主题", exact=True).fill(topic)
    for box in page.locator(".parts input").all():
        box.set_checked(box.get_attribute("value") in parts)
    page.get_by_role("button", name="查找，列出提纲").click()
    expect(page.locator("#outline li[data-id]").first).to_be_visible(timeout=LONG)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=LONG)


def ids(page: Page) -> list[str]:
    return [str(row.get_attribute("data-id")) for row in page.locator("#outline li[data-id]").all()]


def test_a_topic_becomes_a_file(page: Page, tmp_path: Path) -> None:
    outlined(page, "公共数据开放", "要点", "常见问答")
    before = ids(page)
    page.locator("#outline li[data-id] > input").first.uncheck()
    lower = page.locator("#outline li[data-id] [data-move='1']:visible").first
    moved = str(lower.locator("xpath=ancestor::li").get_attribute("data-id"))
    lower.press("Enter")
    expect(page.locator(f'[data-id="{moved}"] [data-move="1"]')).to_be_focused()
    saved(page)
    page.reload()
    at = before.index(moved)
    assert ids(page) == [*before[:at], before[at + 1], moved, *before[at + 2 :]]
    expect(page.locator("#outline li[data-id] > input").first).not_to_be_checked()

    page.get_by_role("button", name="生成简报").click()
    point = page.locator("#sheet .points .edit").first
    expect(point).to_be_visible(timeout=LONG)
    words = point.inner_text()
    mark = page.locator("#sheet .points [data-mark]").first
    point.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("违者处九百万元罚款。")
    page.keyboard.press("Tab")
    expect(mark).to_be_visible(timeout=LONG)
    expect(mark).to_have_text(UNSUPPORTED)
    page.reload()
    expect(mark).to_be_visible()
    point.fill(words)
    page.keyboard.press("Tab")
    expect(mark).to_be_hidden(timeout=LONG)
    saved(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")

    number = page.locator("#sheet .cite").first
    with page.context.expect_page() as opened:
        number.click()
    expect(opened.value.locator(".library .page h2")).to_contain_text("第")

    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "公共数据开放专题培训材料.md"
    download.value.save_as(tmp_path / "b.md")
    assert words[:20] in (tmp_path / "b.md").read_text(encoding="utf-8")


def test_writing_is_stopped_and_what_was_edited_is_asked_for_first(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_to_stop, write = threading.Event(), Assistant.brief

    def slowly(assistant: Assistant, request: Request, progress: Progress, mode: Mode) -> Briefing:
        """Written as ever, but no further than the first part before the stop has been clicked."""

        def told(part: str, done: int, total: int) -> None:
            progress(part, done, total)
            asked_to_stop.wait(LONG / 1000)

        return write(assistant, request, told, mode)

    monkeypatch.setattr(Assistant, "brief", slowly)
    outlined(page, "数据安全", "要点", "罚则一览", "常见问答", "自测题")
    page.get_by_role("button", name="生成简报").click()
    page.get_by_role("button", name="停止").click()
    expect(page.locator("#writing .told")).to_have_text("正在停止……", timeout=LONG)
    asked_to_stop.set()
    expect(page.locator("#writing .told")).to_have_text("已停止，草稿没有改动。", timeout=LONG)
    expect(page.locator("#preview")).to_have_count(0)
    page.get_by_role("button", name="生成简报").click()
    points = page.locator("#sheet .points li")
    expect(points.first).to_be_visible(timeout=LONG)
    count = points.count()
    remove = points.first.get_by_role("button", name="移除")
    remove.click()
    expect(points).to_have_count(count)
    remove.click()
    expect(points).to_have_count(count - 1, timeout=LONG)
    page.get_by_role("button", name="重新生成").click()
    expect(page.locator("#writing .sure")).to_contain_text("您改过 1 处")
    page.get_by_role("button", name="替换").click()
    expect(points).to_have_count(count, timeout=LONG)


def test_an_offered_topic_is_taken_by_a_click(page: Page) -> None:
    page.get_by_label("主题", exact=True).fill("婚姻家庭")
    page.keyboard.press("Enter")
    expect(page.locator("#fault")).to_contain_text("没有关于“婚姻家庭”的内容")
    expect(page.get_by_label("主题", exact=True)).to_have_value("婚姻家庭")
    offer = page.locator(".offers .chip").first
    topic = offer.inner_text()
    offer.click()
    expect(page.locator(".head h2")).to_contain_text(topic, timeout=LONG)
    page.get_by_label("加入条文").fill("数据安全法第九十九条")
    page.keyboard.press("Enter")
    expect(page.locator("#add-fault")).to_contain_text("没有找到“数据安全法第九十九条”")
    page.get_by_label("加入条文").fill("网络安全法第五十九条")
    page.keyboard.press("Enter")
    expect(page.locator("#outline li:target label")).to_contain_text("第五十九条")
