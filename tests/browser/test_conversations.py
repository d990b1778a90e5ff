"""Conversations as their owner keeps them, and as nobody else can reach them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.site import Running, build
from tests.browser.test_page import CORE, DSL_21, NARROW, ask
from tests.conftest import WIDE

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

PROXY = "X-Remote-User"
Visit = Callable[..., Page]
NASTY = "<img src=x onerror='window.hit=1'> 数据安全法第二十一条"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder: Path = tmp_path_factory.mktemp("conversations")
    opened = Records.open(f"sqlite:///{folder / 'qa.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(
    assistant: Assistant, records: Records, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    runs = tmp_path_factory.mktemp("runs")
    settings = Settings(port=0, runs_dir=runs, proxy_user_header=PROXY)
    running = Running(build(assistant, records, settings), settings)
    yield running.address
    running.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    contexts = []

    def opened(user: str, size: dict[str, int] = WIDE, query: str = "") -> Page:
        context = browser.new_context(
            viewport=size,
            locale="zh-CN",
            extra_http_headers={PROXY: user},
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address + query)
        page.wait_for_selector("#question textarea")
        return page

    yield opened
    for context in contexts:
        context.close()


def current(page: Page) -> str:
    expect(page).to_have_url(re.compile(r"\?c=\w+"))
    return page.url.partition("?c=")[2]


def unfolded(page: Page) -> None:
    if not page.locator("#past-list").is_visible():
        page.locator(".past-toggle").click()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_conversation_comes_back_after_a_reload(visit: Visit, size: dict[str, int]) -> None:
    page = visit("reader", size)
    ask(page, DSL_21)
    ask(page, CORE)
    current(page)
    page.reload()
    expect(page.locator("#chat .asked")).to_have_text([DSL_21, CORE])
    expect(page.locator("#panel [data-turn]")).to_have_attribute("data-turn", "2")
    page.locator('#chat a.cite[href="#t1-c1"]').first.click()
    expect(page.locator("#panel #t1-c1 .locator").first).to_contain_text("第二十一条")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_conversation_is_found_renamed_pinned_and_deleted(
    visit: Visit, size: dict[str, int]
) -> None:
    page = visit(f"keeper-{size['width']}", size)
    ask(page, DSL_21)
    page.locator("#anew").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(page, CORE)
    unfolded(page)
    titles = page.locator(".past li > a")
    expect(titles).to_have_text([CORE, DSL_21])
    page.locator(".past-search").fill("座谈会")
    expect(titles).to_have_text([CORE])
    page.locator(".past-search").fill("")
    expect(titles).to_have_count(2)
    page.locator(".past li", has_text=DSL_21).locator("summary").click()
    page.locator(".past [data-act=rename]:visible").click()
    page.locator("dialog input").fill(NASTY)
    page.locator("dialog .main").click()
    renamed = page.locator(".past li", has_text="<img")
    expect(renamed.locator("> a")).to_have_text(NASTY)
    renamed.locator("summary").click()
    page.locator(".past [data-act=pin]:visible").click()
    expect(titles).to_have_text([NASTY, CORE])
    expect(page.locator(".past h3").first).to_have_text("置顶")
    renamed.locator("summary").click()
    page.keyboard.press("Escape")
    expect(page.locator(".past .menu:visible")).to_have_count(0)
    renamed.locator("summary").click()
    page.locator(".past [data-act=remove]:visible").click()
    expect(page.locator("dialog")).to_contain_text("不能恢复")
    page.locator("dialog .main").click()
    expect(titles).to_have_text([CORE])
    assert page.evaluate("window.hit") is None


def test_another_user_can_neither_see_nor_open_nor_change_it(
    visit: Visit, records: Records
) -> None:
    mine = visit("owner")
    ask(mine, DSL_21)
    id = current(mine)
    other = visit("stranger", query=f"?c={id}")
    expect(other.locator("#hint")).to_contain_text("没有找到这个对话")
    assert other.locator("#chat .asked, .past li").count() == 0
    # the page's own list, made to name what is not its user's
    for act in ("pin", "rename", "remove"):
        other.evaluate(
            """id => document.querySelector(".past-found").innerHTML =
            `<ul><li data-id="${id}" data-title="x"><a href="#">x</a><details open><summary>
            </summary><button data-act="pin">p</button><button data-act="rename">r</button>
            <button data-act="remove">d</button></details></li></ul>`""",
            id,
        )
        other.locator(f".past [data-act={act}]").click()
        if act != "pin":
            other.locator("dialog .main").click()
        expect(other.locator("dialog")).to_contain_text("没有找到这个对话")
        other.locator("dialog .main").click()
        expect(other.locator("dialog")).to_have_count(0)
    other.locator(".past li a").click()
    expect(other.locator("#hint")).to_contain_text("没有找到这个对话")
    assert other.locator("#chat .asked").count() == 0
    owner = records.accounts.named("owner").id
    (only,) = records.conversations.list(owner)
    assert (only.id, only.title, only.pinned) == (id, DSL_21, False)


def test_a_thumbs_down_is_stored_with_its_reasons_and_shown_again(
    visit: Visit, records: Records
) -> None:
    page = visit("critic")
    ask(page, DSL_21)
    page.locator("#chat .judge.down").click()
    page.get_by_label("过时").check()
    page.locator("dialog textarea").fill(NASTY)
    page.locator("dialog .main").click()
    expect(page.locator("#chat .judge.down")).to_have_class(re.compile("chosen"))
    (given,) = [each for each in records.feedback.all() if each.user == "critic"]
    assert (given.verdict, given.reasons, given.comment) == ("down", ("过时",), NASTY)
    assert set(given.versions) == {"index", "model", "prompts"} and given.versions["index"]
    ask(page, CORE)
    page.reload()
    expect(page.locator("#chat .judge.down").first).to_have_class(re.compile("chosen"))
    expect(page.locator("#chat .judge.chosen")).to_have_count(1)


def test_an_answer_is_copied_with_its_citations(visit: Visit) -> None:
    page = visit("copier")
    ask(page, DSL_21)
    page.locator("#chat .copy-text").click()
    expect(page.locator("#chat .copy-text")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(DSL_21) and "[1] 《中华人民共和国数据安全法》第二十一条" in copied
    page.locator("#chat .copy-markdown").click()
    expect(page.locator("#chat .copy-markdown")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"## {DSL_21}")


def test_the_last_question_is_put_otherwise_and_takes_its_place(visit: Visit) -> None:
    page = visit("mender")
    ask(page, DSL_21)
    page.locator("#chat .mend").click()
    expect(page.locator("#question textarea")).to_have_value(DSL_21)
    page.keyboard.press("Escape")
    expect(page.locator("#question textarea")).to_have_value("")
    page.locator("#chat .mend").click()
    expect(page.locator("#hint")).to_contain_text("正在改第 1 问")
    page.fill("#question textarea", CORE)
    page.keyboard.press("Enter")
    expect(page.locator("#chat .asked")).to_have_text([CORE])
    expect(page.locator("#retry")).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.locator("#chat .asked")).to_have_text([CORE])


def test_a_suggestion_is_asked_by_a_click(visit: Visit) -> None:
    page = visit("follower")
    ask(page, "数据安全法第二十七条讲什么")
    page.locator("#follow button").first.click()
    expect(page.locator("#chat .asked").last).to_contain_text("第四十五条")
    expect(page.locator("#chat .answer .about")).to_have_count(2, timeout=20_000)
    expect(page.locator("#panel .card .locator").first).to_contain_text("第四十五条")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_evidence_is_put_aside_noted_ordered_and_taken_out(
    visit: Visit, size: dict[str, int]
) -> None:
    page = visit(f"clipper-{size['width']}", size)
    ask(page, DSL_21)
    page.locator("#panel .clip").first.click()
    expect(page.locator("#tab-clips")).to_contain_text("1")
    ask(page, CORE)
    page.locator("#panel .clip").first.click()
    expect(page.locator("#tab-clips")).to_contain_text("2")
    page.locator("#tab-clips").click()
    clips = page.locator("#clips li")
    expect(clips.first.locator(".clip-name")).to_contain_text("第二十一条")
    clips.first.locator("textarea").fill(NASTY)
    clips.last.locator("[data-act=up]").click()
    expect(clips.last.locator(".clip-name")).to_contain_text("第二十一条")
    page.reload()
    page.locator("#tab-clips").click()
    expect(clips.last.locator("textarea")).to_have_value(NASTY)
    clips.first.locator("[data-act=remove]").click()
    expect(clips).to_have_count(1)
    page.locator("#clips [data-act=clear]").click()
    page.locator("dialog .main").click()
    expect(page.locator("#clips")).to_contain_text("摘录夹是空的")
    assert page.evaluate("window.hit") is None


def test_a_card_opens_in_the_library(visit: Visit, address: str) -> None:
    page = visit("opener")
    ask(page, DSL_21)
    with page.context.expect_page() as opened:
        page.locator("#panel .read").first.click()
    expect(opened.value.locator("body")).to_contain_text("国家建立数据分类分级保护制度")


def test_a_question_in_the_address_stands_in_the_box(visit: Visit) -> None:
    page = visit("linked", query="?q=数据安全法第一条")
    expect(page.locator("#question textarea")).to_have_value("数据安全法第一条")


def test_a_closed_page_does_not_stop_the_answer(visit: Visit, records: Records) -> None:
    page = visit("leaver")
    page.fill("#question textarea", DSL_21)
    page.keyboard.press("Enter")
    id = current(page)
    page.close()
    again = visit("leaver", query=f"?c={id}")
    expect(again.locator("#chat .answer .about")).to_have_count(1, timeout=20_000)
    assert "已停止" not in again.locator("#chat").inner_text()


def test_the_keyboard_reaches_the_question_and_breaks_its_lines(visit: Visit) -> None:
    page = visit("typist")
    page.locator("#anew").focus()
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("一")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("二")
    expect(page.locator("#question textarea")).to_have_value("一\n二")
