"""法规库 in a real browser: at three widths, in light and dark, on paper, by the keyboard."""

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.browser, pytest.mark.no_cover]

ARTICLE = "doc/" + quote("中华人民共和国数据安全法") + "/" + quote("第四十八条第二款")
ADDRESSES = (
    "library",
    "library/search?q=" + quote("个人信息 泄露"),
    "library/search?q=" + quote("数据" * 100),
    "library/compare?a=dsl&b=sd-bigdata",
    "library/compare?a=" + quote("dsl/第四十八条") + "&b=" + quote("sd-385/引言"),
    "doc/dsl",
    "doc/speeches",
    "doc/sd-385",
    "doc/plan-digital-economy",
    "doc/list",
    "doc/" + quote("没有这份文件"),
    ARTICLE,
)


@pytest.fixture
def library(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults


def test_no_page_is_wider_than_its_window(library: Page, page_url: str) -> None:
    for address in ADDRESSES:
        library.goto(page_url + address)
        for width in (1440, 1024, 390):
            library.set_viewport_size({"width": width, "height": 800})
            wide, shown = library.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            assert wide <= shown, (address, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ground_is_light_or_dark_as_the_reader_has_it(
    library: Page, page_url: str, scheme: Literal["light", "dark"]
) -> None:
    library.emulate_media(color_scheme=scheme)
    for address in ADDRESSES[:2]:
        library.goto(page_url + address)
        ground = library.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(n) for n in re.findall(r"\d+", ground)[:3])
        assert (brightness < 200) == (scheme == "dark")


def test_slash_focuses_the_search_and_enter_finds(library: Page, page_url: str) -> None:
    library.goto(page_url + "doc/dsl")
    library.keyboard.press("/")
    expect(library.locator("#find")).to_be_focused()
    library.keyboard.type("一百万元/罚款")
    expect(library.locator("#find")).to_have_value("一百万元/罚款")
    library.locator("#find").fill("一百万元")
    library.keyboard.press("Enter")
    expect(library.locator("h2")).to_contain_text("一百万元")
    assert {*library.locator("mark").all_inner_texts()} == {"一百万元"}
    library.locator(".hit-list a").first.click()
    expect(library.locator("article mark").first).to_have_text("一百万元")


def test_a_citation_is_copied(library: Page, page_url: str) -> None:
    library.goto(page_url + ARTICLE)
    library.get_by_role("button", name="复制引用").click()
    expect(library.locator(".copied")).to_have_text("已复制")
    copied = library.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "《中华人民共和国数据安全法》第四十八条第二款：“违反本法第三十六条规定，"
    )
    assert copied.endswith("”")


def test_in_full_opens_the_document_at_the_place(library: Page, page_url: str) -> None:
    library.goto(page_url + ARTICLE)
    library.get_by_role("link", name="在全文中看").click()
    place = library.locator("[id='第四十八条第二款']")
    expect(place).to_be_in_viewport()
    current = library.locator(".tree a[aria-current]")
    expect(current).to_have_count(1)


def test_the_tree_is_beside_the_text_and_on_a_phone_folded_above_it(
    library: Page, page_url: str
) -> None:
    library.goto(page_url + "doc/dsl")
    tree = library.locator(".tree")
    library.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(tree).to_be_in_viewport()
    expect(library.locator(".tree a[aria-current]")).to_have_text("五十五")
    library.set_viewport_size({"width": 390, "height": 800})
    library.reload()
    link = library.get_by_role("link", name="第六章 法律责任")
    expect(link).to_be_hidden()
    library.locator(".tree summary").click()
    link.click()
    expect(library.locator("h3", has_text="第六章 法律责任")).to_be_in_viewport()


def test_the_list_of_policy_documents_sorts_and_filters(library: Page, page_url: str) -> None:
    library.goto(page_url + "library")
    table = library.locator("table[data-sortable]")
    rows = table.locator("tbody tr:visible")
    expect(rows).to_have_count(84)
    library.get_by_role("button", name="发文日期").click()
    dates = [text.strip() for text in table.locator("td[data-label=发文日期]").all_inner_texts()]
    assert dates == sorted(dates)
    expect(table.locator("th[aria-sort=ascending]")).to_have_count(1)
    library.get_by_role("button", name="发文日期").click()
    newest = table.locator("td[data-label=发文日期]").first.inner_text().strip()
    assert newest == max(dates)
    library.get_by_label("筛选：发文单位").fill("山东省")
    assert 0 < rows.count() < 84
    expect(library.locator(".shown")).to_have_text(f"{rows.count()} / 84 项")
    library.get_by_label("筛选：发文单位").fill("")
    expect(rows).to_have_count(84)


def test_all_can_be_read_without_script(browser: Browser, page_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_url + "library")
    assert page.locator("table tbody tr").count() == 84
    page.goto(page_url + ARTICLE)
    expect(page.get_by_text("违反本法第三十六条规定")).to_be_visible()
    expect(page.get_by_role("button", name="复制引用")).to_have_count(0)
    context.close()


def test_a_misprint_shows_its_note_at_the_word(library: Page, page_url: str) -> None:
    library.goto(page_url + "doc/dsl/" + quote("第五十四条"))
    word = library.locator(".misprint")
    word.focus()
    told = word.evaluate("e => getComputedStyle(e, '::after').content")
    assert "公开文本为“军事数据安全保护的办法”" in told


def test_paper_has_the_text_and_its_source_and_no_navigation(library: Page, page_url: str) -> None:
    library.goto(page_url + "doc/dsl")
    library.emulate_media(media="print")
    for away in ("#masthead", ".library-bar", ".tree", ".actions"):
        expect(library.locator(away)).to_be_hidden()
    assert (
        library.locator(".article").first.evaluate("e => getComputedStyle(e).breakInside")
        == "avoid"
    )
    expect(library.locator(".print-foot")).to_contain_text("打印")
    sheets = PdfReader(io.BytesIO(library.pdf(format="A4"))).pages
    assert len(sheets) > 3
    for sheet in sheets:
        text = "".join(unicodedata.normalize("NFKC", sheet.extract_text()).split())
        assert "《中华人民共和国数据安全法》·依据2023年11月汇编" in text.replace("⺠", "民")


def test_no_page_asks_another_host(library: Page, page_url: str) -> None:
    asked: list[str] = []
    library.on("request", lambda request: asked.append(request.url))
    for address in ADDRESSES:
        library.goto(page_url + address)
    assert asked
    assert all(url.startswith(page_url) for url in asked)
