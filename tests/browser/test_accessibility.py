"""Everybody can use the pages (axe-core finds nothing serious), and nothing comes from outside."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qa.assistant import Assistant
from tests.browser.test_admin import answered as seeded
from tests.browser.test_admin import open_tab
from tests.browser.test_briefing import drafted
from tests.web.sites import Site, put_up

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

LONG = 60_000
LIGHT_AND_DARK = ("light", "dark")
WIDTHS = (1440, 390)


def conversation(page: Page) -> None:
    expect(page.locator("#question textarea")).to_be_visible(timeout=20_000)
    expect(page.locator("#masthead .who")).to_be_visible(timeout=20_000)


def answered(page: Page) -> None:
    conversation(page)
    page.fill("#question textarea", "个人信息泄露了单位要做什么")
    page.press("#question textarea", "Enter")
    expect(page.locator("#chat .answer .about")).to_be_visible(timeout=LONG)


def clips(page: Page) -> None:
    answered(page)
    page.locator("#panel .clip").first.click()
    expect(page.locator("#tab-clips")).to_contain_text("1")
    page.locator("#tab-clips").click()
    expect(page.locator("#clips li").first).to_be_visible(timeout=LONG)


def evaluation(page: Page) -> None:
    expect(page.locator("#start")).to_be_visible(timeout=20_000)
    expect(page.locator("#runs table, #runs p").first).to_be_visible()


def administration(page: Page) -> None:
    expect(page.locator(".users tbody tr").first).to_be_visible(timeout=20_000)


def briefing(page: Page) -> None:
    """A draft with its outline, its parts open, written where the draft was seeded so."""
    expect(page.locator("#sheet .points .edit").first).to_be_visible()
    page.locator("#outline > details > summary").click()
    page.locator("#request > details > summary").click()
    page.locator(".law summary").first.click()


def plain(page: Page) -> None:
    expect(page.locator("main, body").first).to_be_visible()


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "questions": ("", conversation),
    "answered": ("", answered),
    "clips": ("", clips),
    "evaluation": ("evaluation/", evaluation),
    "administration": ("admin/", administration),
    "new briefing": ("briefing", plain),
    "briefing": ("briefing/1", briefing),
    "account": ("account", plain),
    "library": ("library", plain),
    "document": ("doc/数据安全法", plain),
    "article": ("doc/数据安全法/第四十八条", plain),
    "plan": ("doc/山东省“十四五”数字强省建设规划", plain),
    "search": ("library/search?q=数据分类分级", plain),
    "comparison": ("library/compare?a=数据安全法/第二十七条&b=网络安全法/第二十一条", plain),
    "missing": ("doc/没有的法", plain),
    "interfaces": ("api/docs", plain),
}
"""Each page: its address, and what makes it whole."""
TABS = {
    "用户": ".users tbody tr",
    "反馈": ".given tbody tr",
    "使用情况": "#total-plot :is(canvas, svg.marks)",
    "运行状况": "#stages :is(table, p)",
    "文件收入": "#intake .drop",
    "文件状态": ".documents tbody tr",
    "模型与索引": "#index-facts dl",
    "变更记录": ".changes :is(tbody tr, p)",
}
"""The tabs of the page 管理, and what is there once one is filled."""


@pytest.fixture(scope="module")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with put_up(assistant, tmp_path_factory.mktemp("site"), llm="none") as up:
        up.add("guan", "admin")
        seeded(assistant, up.records, up.records.accounts.named("guan"))
        drafted(assistant, up.records, up.records.accounts.named("guan"))
        yield up


@pytest.fixture(scope="module")
def cookies(site: Site) -> list[dict[str, str]]:
    with site.signed_in("guan") as client:
        return [
            {"name": c.name, "value": c.value or "", "url": site.address}
            for c in client.cookies.jar
        ]


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def opening(
    browser: Browser, cookies: list[dict[str, str]], asked: list[str]
) -> Iterator[Callable[..., Page]]:
    """Opens a page as the administrator, or as nobody."""
    contexts: list[BrowserContext] = []

    def opened(scheme: str = "light", *, known: bool = True, width: int = WIDTHS[0]) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(
            viewport=size, locale="zh-CN", color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        if known:
            context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        return page

    yield opened
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """The serious and the critical ones: the rule, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {' '.join(map(str, node['target']))} {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def looked_at(page: Page) -> Iterator[int]:
    """The page on a screen and on a telephone, one after the other."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield width


@pytest.mark.parametrize("scheme", LIGHT_AND_DARK)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_asks_no_other_host(
    name: str, scheme: str, site: Site, opening: Callable[..., Page], asked: list[str]
) -> None:
    path, whole = PAGES[name]
    page = opening(scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.address}{path}")
    whole(page)
    for width in looked_at(page):
        assert violations(page) == [], width
    host = urlsplit(site.address).netloc
    assert len(asked) > 2
    assert [url for url in asked if urlsplit(url).netloc not in ("", host)] == []
    # what the page's own policy stopped was asked for nevertheless
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.mark.parametrize(("scheme", "width"), [*zip(LIGHT_AND_DARK, WIDTHS, strict=True)])
def test_no_tab_of_the_administration_has_a_barrier(
    scheme: str, width: int, site: Site, opening: Callable[..., Page]
) -> None:
    page = opening(scheme, width=width)
    page.goto(f"{site.address}admin/")
    administration(page)
    for name, filled in TABS.items():
        open_tab(page, name)
        expect(page.locator(filled).first).to_be_visible(timeout=LONG)
        if name == "反馈":
            page.locator(".given tbody tr").first.click()
            expect(page.locator("#details article")).to_be_visible(timeout=LONG)
        for folded in page.locator("summary:visible").all():
            folded.click()
        assert violations(page) == [], name


@pytest.mark.parametrize("scheme", LIGHT_AND_DARK)
def test_signing_in_has_no_barrier(scheme: str, site: Site, opening: Callable[..., Page]) -> None:
    page = opening(scheme, known=False)
    page.goto(f"{site.address}sign-in")
    page.get_by_label("用户名").fill("guan")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    for width in looked_at(page):
        assert violations(page) == [], width


def test_the_check_would_find_a_barrier(site: Site, opening: Callable[..., Page]) -> None:
    page = opening(known=False)
    page.goto(f"{site.address}sign-in")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    assert any(found.startswith("button-name") for found in violations(page))
