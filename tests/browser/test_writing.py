"""The page while a model writes: words stream, a line forms, a stop is a stop."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.site import Running, build
from tests.conftest import WIDE
from tests.llm import faulty as server
from tests.llm.faulty import Fault, Faulty, Handler, faulty

pytestmark = pytest.mark.browser

QUESTION = "发生数据安全事件要怎么办"
NARROW = {"width": 390, "height": 844}


class Held:
    """Says its first words at once and the rest when it is let go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def __call__(self, handler: Handler) -> None:
        handler.begin()
        handler.say("发生数据安全事件时，")
        self.go_on.wait(20)
        try:
            handler.say("应当立即采取处置措施[1]。")
            handler.say("", "stop")
            handler.end()
        except OSError:
            handler.close_connection = True


def telling(handler: Handler) -> None:
    """Never comes to an end, and never says the same again."""
    handler.begin()
    try:
        for n in range(5000):
            handler.say(f"第{n}句话说的是数据。")
            time.sleep(0.02)
    except OSError:
        handler.told.cut.set()
        handler.close_connection = True


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Faulty]:
    with faulty(server.fine) as told:
        yield told


@pytest.fixture(scope="module")
def address(endpoint: Faulty, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(
        port=0,
        open=True,
        runs_dir=folder / "runs",
        database_url=f"sqlite:///{folder / 'qa.sqlite'}",
        llm_api_base=endpoint.address,
        llm_model="some-model",
        llm_slots=1,
    )
    assistant = Assistant.open(settings, writes=True)
    records = Records.open(settings.database_url)
    running = Running(build(assistant, records, settings), settings)
    yield running.address
    running.close()
    records.close()
    assistant.close()


@pytest.fixture(autouse=True)
def let_go(endpoint: Faulty) -> Iterator[None]:
    """A test that fails keeps no answer from the next one."""
    yield
    for fault in endpoint.faults:
        if isinstance(fault, Held):
            fault.go_on.set()


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    contexts = []

    def page(size: dict[str, int] = WIDE) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN")
        contexts.append(context)
        found = context.new_page()
        found.goto(address)
        found.wait_for_selector("#question textarea")
        return found

    yield page
    for context in contexts:
        context.close()


def ask(page: Page, question: str = QUESTION) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def says(endpoint: Faulty, fault: Fault) -> None:
    endpoint.faults[:] = [fault]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_passages_come_first_then_words_then_the_checked_answer(
    size: dict[str, int], opened: Open, endpoint: Faulty
) -> None:
    held = Held()
    says(endpoint, held)
    page = opened(size)
    ask(page)
    answer = page.locator("#chat .answer").last
    expect(page.locator("#panel .card").first).to_be_attached()
    expect(answer).to_contain_text("发生数据安全事件时，")
    expect(answer.locator(".about")).to_have_count(0)
    held.go_on.set()
    about = answer.locator(".about")
    expect(about).to_contain_text("大模型作答 · some-model · 100% 的句子核对到依据")
    expect(about).to_contain_text("首字")
    expect(answer.locator("a.cite").first).to_be_visible()
    expect(answer.locator("blockquote")).to_contain_text("第二十九条")


def test_a_stop_ends_the_writing_and_the_next_question_is_answered(
    opened: Open, endpoint: Faulty
) -> None:
    says(endpoint, telling)
    endpoint.cut.clear()
    page = opened()
    ask(page)
    expect(page.locator("#chat .answer").last).to_contain_text("句话说的是数据")
    page.locator("#question .stop-button").click()
    expect(page.locator("#chat .answer .about").last).to_have_text("已停止。")
    assert endpoint.cut.wait(10)
    expect(page.locator("#chat .answer .about").last).to_have_text("已停止。")
    held = Held()
    held.go_on.set()
    says(endpoint, held)
    ask(page)
    expect(page.locator("#chat .answer .about").last).to_contain_text("some-model")


def test_a_second_reader_sees_the_place_in_line(opened: Open, endpoint: Faulty) -> None:
    held = Held()
    says(endpoint, held)
    first, second = opened(), opened()
    ask(first)
    expect(first.locator("#chat .answer").last).to_contain_text("发生数据安全事件时，")
    ask(second)
    waiting = second.locator("#chat .answer .waiting")
    expect(waiting).to_contain_text("前面还有 1 个问题")
    expect(second.locator("#panel .card").first).to_be_attached()
    held.go_on.set()
    for page in (first, second):
        expect(page.locator("#chat .answer .about").last).to_contain_text("some-model")


def test_a_model_that_fails_leaves_the_extract_and_an_answer_can_be_had_again(
    opened: Open, endpoint: Faulty
) -> None:
    says(endpoint, server.half_a_stream)
    page = opened()
    ask(page)
    answer = page.locator("#chat .answer").last
    expect(answer.locator(".notices")).to_contain_text("以下为原文摘录")
    expect(answer.locator(".about")).to_contain_text("原文摘录")
    held = Held()
    held.go_on.set()
    says(endpoint, held)
    page.click("#retry")
    expect(page.locator("#chat .answer .about").last).to_contain_text("some-model")
    expect(page.locator("#chat .asked")).to_have_count(1)


def test_a_follow_up_says_how_it_was_read(opened: Open, endpoint: Faulty) -> None:
    held = Held()
    held.go_on.set()
    says(endpoint, held)
    page = opened()
    ask(page, "数据安全法第二十九条讲什么")
    expect(page.locator("#chat .answer .about")).to_have_count(1)
    ask(page, "不这么做会被罚多少？")
    reading = page.locator("#chat .answer .reading")
    expect(reading).to_have_text("接着“数据安全法第二十九条讲什么”来理解")
