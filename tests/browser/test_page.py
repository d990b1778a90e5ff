"""The page as a person uses it, in a real browser over the real index."""

import re
from urllib.parse import urlsplit

import pytest
from docx import Document
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

DSL_21 = "数据安全法第二十一条讲什么"
LEAKED = "个人信息泄露了单位要做什么"
NARROW = {"width": 390, "height": 844}
CORE = "2016年4月19日座谈会上怎么讲核心技术"


def ask(page: Page, question: str) -> Locator:
    """Type, send, and wait for the whole answer, which is returned."""
    answers = page.locator("#chat .answer .about")
    before = answers.count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(answers).to_have_count(before + 1, timeout=20_000)
    return page.locator("#chat .answer").last


def first_card(page: Page) -> Locator:
    return page.locator("#panel .card").first


def test_an_article_asked_for_by_number_is_the_first_card(page: Page) -> None:
    ask(page, DSL_21)
    card = first_card(page)
    expect(card.locator(".document").first).to_have_text("中华人民共和国数据安全法")
    expect(card.locator(".locator").first).to_contain_text("第二十一条")
    expect(card.locator(".facts")).to_contain_text("法律")
    expect(card.locator("mark").first).to_be_visible()
    expect(card.locator(".text")).to_contain_text("国家建立数据分类分级保护制度")


def test_an_example_is_asked_by_a_click(page: Page) -> None:
    page.locator("#chat .example", has_text="公共数据可以不开放吗").click()
    expect(page.locator("#chat .asked")).to_have_text("公共数据可以不开放吗")
    expect(page.locator("#chat .answer .about")).to_have_count(1, timeout=20_000)
    expect(first_card(page)).to_be_visible()


def test_a_citation_brings_its_card_into_view(page: Page) -> None:
    answer = ask(page, LEAKED)
    link = answer.locator("a.cite").last
    target = page.locator(f"#panel {link.get_attribute('href')}")
    link.click()
    expect(target).to_have_class(re.compile(r"\blit\b"))
    expect(target).to_be_in_viewport()
    expect(target).to_be_focused()


def test_a_citation_of_an_earlier_answer_shows_the_cards_of_that_answer(page: Page) -> None:
    ask(page, DSL_21)
    ask(page, CORE)
    expect(page.locator("#panel [data-turn]")).to_have_attribute("data-turn", "2")
    page.locator('#chat a.cite[href="#t1-c1"]').first.click()
    expect(page.locator("#panel [data-turn]")).to_have_attribute("data-turn", "1")
    expect(page.locator("#panel #t1-c1")).to_be_in_viewport()
    expect(page.locator("#panel #t1-c1 .locator").first).to_contain_text("第二十一条")


def test_a_filter_restricts_the_documents_and_says_so(page: Page) -> None:
    page.locator("#scope .label-wrap").click()
    page.get_by_label("讲话", exact=True).check()
    expect(page.locator("#scope .label-wrap")).to_contain_text("已限定范围：讲话")
    ask(page, LEAKED)
    expect(first_card(page)).to_be_visible()
    for facts in page.locator("#panel .facts").all():
        expect(facts).to_contain_text("讲话")
    page.fill("#as-of textarea", "2024-6")
    expect(page.locator("#scope .label-wrap")).to_contain_text("日期“2024-6”不可用")
    page.fill("#as-of textarea", "2024-06-01")
    expect(page.locator("#scope .label-wrap")).to_contain_text("2024年6月1日施行的文本")
    page.locator("#everything").click()
    expect(page.locator("#scope .label-wrap")).to_contain_text("检索范围：全部")


def test_the_citation_is_copied_as_it_stands_in_a_paper(page: Page) -> None:
    ask(page, DSL_21)
    button = first_card(page).locator(".copy")
    button.click()
    expect(button).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("《中华人民共和国数据安全法》第二十一条")


def test_a_conversation_and_the_clips_are_exported(page: Page) -> None:
    ask(page, DSL_21)
    page.locator("#panel .clip").first.click()
    expect(page.locator("#tab-clips")).to_contain_text("1")
    page.locator("#tab-clips").click()
    with page.expect_download() as clips:
        page.locator("#clips a", has_text="导出 Markdown").click()
    assert clips.value.suggested_filename == "摘录夹.md"
    assert "国家建立数据分类分级保护制度" in clips.value.path().read_text(encoding="utf-8")
    page.locator(".past .here summary").focus()
    page.keyboard.press("Enter")
    for _ in ("置顶", "改名", "导出 Word"):
        page.keyboard.press("Tab")
    with page.expect_download() as conversation:
        page.keyboard.press("Enter")
    assert conversation.value.suggested_filename == f"{DSL_21}.docx"
    texts = [p.text for p in Document(str(conversation.value.path())).paragraphs]
    assert DSL_21 in texts and any("国家建立数据分类分级保护制度" in text for text in texts)
    expect(page.locator("#chat .asked")).to_have_text([DSL_21])  # it stayed open


def test_neighbouring_articles_come_on_demand(page: Page) -> None:
    ask(page, DSL_21)
    card = first_card(page)
    card.locator(".neighbours summary").click()
    names = card.locator(".neighbour > .locator")
    expect(names).to_have_text(["第二十条", "第二十二条"])
    card.locator('.further[data-side="next"]').click()
    expect(names).to_have_text(["第二十条", "第二十二条", "第二十三条"])


def test_a_long_text_unfolds_and_folds(page: Page) -> None:
    ask(page, "网络安全法第二十一条讲什么")
    ask(page, CORE)
    button = page.locator("#panel .unfold").first
    folded = button.locator("xpath=preceding-sibling::div[1]")
    height = folded.bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    opened = folded.bounding_box()
    assert height and opened and opened["height"] > height["height"]


def test_markup_in_a_question_is_shown_and_never_run(page: Page) -> None:
    asked = (
        "<script>window.hit=1</script><img src=x onerror='window.hit=2'> "
        "**粗** $$x^2$$ [链](javascript:window.hit=3) 数据安全法第二十一条"
    )
    ask(page, asked)
    expect(page.locator("#chat .asked")).to_have_text(asked)
    assert page.evaluate("window.hit") is None
    assert page.locator("#chat .asked *, #panel script, #panel img").count() == 0


def test_an_empty_question_gets_a_hint_and_no_answer(page: Page) -> None:
    page.fill("#question textarea", "   ")
    page.keyboard.press("Enter")
    expect(page.locator("#hint")).to_contain_text("请先写下问题")
    assert page.locator("#chat .asked").count() == 0


def test_a_question_that_is_too_long_gets_a_sentence_and_the_page_lives_on(page: Page) -> None:
    page.fill("#question textarea", "数据" * 10_000)
    page.keyboard.press("Enter")
    expect(page.locator("#chat .fault")).to_be_visible(timeout=20_000)
    assert "Traceback" not in page.locator("#chat").inner_text()
    assert page.locator(".toast-wrap .error").count() == 0
    ask(page, DSL_21)
    expect(first_card(page).locator(".locator").first).to_contain_text("第二十一条")


def test_a_new_conversation_clears_the_page_and_the_history(page: Page) -> None:
    ask(page, DSL_21)
    page.locator("#anew").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    expect(page.locator("#panel")).to_contain_text("汇编收录")
    expect(page.locator("#chat .example")).to_have_count(9)
    ask(page, CORE)
    expect(page.locator("#panel [data-turn]")).to_have_attribute("data-turn", "1")


def test_no_request_leaves_the_host(page: Page, page_url: str, requested: list[str]) -> None:
    ask(page, DSL_21)
    first_card(page).locator(".neighbours summary").click()
    expect(page.locator("#panel .neighbour").first).to_be_visible()
    host = urlsplit(page_url).netloc
    strangers = [url for url in requested if urlsplit(url).netloc not in ("", host)]
    assert requested and not strangers


def test_a_narrow_page_stacks_and_does_not_scroll_sideways(page: Page) -> None:
    page.set_viewport_size(NARROW)
    ask(page, LEAKED)
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = page.evaluate(widths)
    assert scroll <= client == 390
    below = "evidence.getBoundingClientRect().top >= talk.getBoundingClientRect().bottom"
    assert page.evaluate(below)
    page.locator("#chat a.cite").first.click()
    expect(page.locator("#panel .card.lit")).to_be_in_viewport()


def test_the_page_is_chinese_and_says_what_it_is_not(page: Page) -> None:
    expect(page).to_have_title("数据法规政策问答")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    expect(page.locator("#masthead")).to_contain_text("不构成法律意见")
