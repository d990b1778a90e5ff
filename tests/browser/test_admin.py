"""The page 管理 in a browser: each tab once, on a site of its own that may be changed."""

import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.index.embedding import Embedder
from qa.ingest.catalog import load_catalog
from qa.records.accounts import User
from qa.records.records import Records
from qa.settings import Settings
from qa.web.conversation import Exchange
from qa.web.kept import dumped, facts_of
from qa.web.site import Running, build

pytestmark = pytest.mark.browser

LONG = 30_000
XSS = '<img src=x onerror="document.title=1">公共数据开放办法第二条讲什么'
NOTE = "《山东省公共数据开放办法》已修改，引用前请核对现行文本。"


@dataclass(frozen=True)
class Site:
    """The site, and what stands behind it."""

    page: Page
    records: Records
    corpus_dir: Path
    requested: list[str]


@pytest.fixture(params=[1440])
def site(
    request: pytest.FixtureRequest,
    browser: Browser,
    settings: Settings,
    embedder: Embedder,
    corpus_dir: Path,
    tmp_path: Path,
) -> Iterator[Site]:
    own = settings.model_copy(
        update={
            "port": 0,
            "open": True,
            "llm": "none",
            "corpus_dir": corpus_dir,
            "indexes_dir": tmp_path / "indexes",
            "runs_dir": tmp_path / "runs",
            "database_url": f"sqlite:///{tmp_path / 'qa.sqlite'}",
        }
    )
    with closing(Records.open(own.database_url)) as records:
        assistant = Assistant.open(own, embedder=embedder)
        running = Running(build(assistant, records, own), own)
        answered(assistant, records, records.accounts.local_user())
        context = browser.new_context(viewport={"width": request.param, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.goto(f"{running.address}admin")
        expect(page.locator("#add-user")).to_be_visible(timeout=LONG)
        yield Site(page, records, corpus_dir, asked)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        assert {urlsplit(url).hostname for url in asked if url.startswith("http")} == {"127.0.0.1"}
        context.close()
        running.close()


both_widths = pytest.mark.parametrize("site", [1440, 390], indirect=True)


def answered(assistant: Assistant, records: Records, user: User) -> None:
    """A question that got a thumbs-down, and one that was refused."""
    conversation = records.conversations.begin(user.id, "开放")
    for number, question in enumerate((XSS, "今天天气怎么样"), start=1):
        *events, done = assistant.ask(question, mode="extract")
        assert isinstance(done, Done)
        retrieved = next(event for event in events if isinstance(event, Retrieved))
        exchange = Exchange(
            number,
            question,
            retrieval=retrieved.retrieval,
            answer=done.answer,
            timings_ms=done.timings_ms,
        )
        facts = facts_of(exchange, assistant.versions)
        entry = records.conversations.add(user.id, conversation, dumped(exchange), facts)
        if not done.answer.refused:
            records.feedback.give(user.id, entry, "down", ["引用不对"], f"缺一款{XSS}")


def open_tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.count() == 0 or not tab.first.is_visible():
        page.locator("#admin .overflow-menu > button").click()
        page.locator("#admin .overflow-dropdown button", has_text=name).click()
    else:
        tab.first.click()


def choose(page: Page, field: str, option: str) -> None:
    page.locator(f"{field} input").click()
    page.get_by_role("option", name=option).first.click()


def logged(site: Site) -> list[tuple[str, str]]:
    return [(change.user, change.what) for change in site.records.changes.recent(10)]


@both_widths
def test_a_user_is_made_with_a_password_shown_once_and_kept_out(site: Site) -> None:
    page, accounts = site.page, site.records.accounts
    page.fill("#new-name input, #new-name textarea", "ada")
    page.click("#add-user")
    expect(page.locator("#one-time code")).to_have_text(re.compile(r"\S{8,}"), timeout=LONG)
    password = page.locator("#one-time code").inner_text()
    assert accounts.sign_in("ada", password, "127.0.0.1")
    page.locator(".users td", has_text="ada").first.click()
    expect(page.locator("#who input")).to_have_value("ada", timeout=LONG)
    page.click("#deactivate")
    question = page.locator(".confirm:visible")
    expect(question).to_contain_text("要停用 ada 吗", timeout=LONG)
    question.get_by_role("button", name="取消").click()
    expect(question).to_have_count(0)
    assert accounts.named("ada").active
    page.click("#deactivate")
    question.get_by_role("button", name="确定").click()
    expect(page.locator(".said p:visible")).to_have_text("已停用 ada。", timeout=LONG)
    expect(page.locator("#one-time code")).to_have_count(0)
    assert not accounts.named("ada").active
    assert logged(site) == [("本机", "停用用户"), ("本机", "新建用户")]
    assert all(password not in change.detail for change in site.records.changes.recent(10))


def test_a_role_is_changed_only_after_a_question(site: Site) -> None:
    page, accounts = site.page, site.records.accounts
    accounts.create("bo", "user")
    page.reload()
    page.locator(".users td", has_text="bo").first.click(timeout=LONG)
    expect(page.locator("#who input")).to_have_value("bo", timeout=LONG)
    choose(page, "#role", "评测")
    page.click("#set-role")
    question = page.locator(".confirm:visible")
    expect(question).to_contain_text("要把 bo 的角色从使用者改为评测吗", timeout=LONG)
    assert accounts.named("bo").role == "user"
    question.get_by_role("button", name="确定").click()
    expect(page.locator(".said p:visible")).to_have_text("bo 现在的角色是评测。", timeout=LONG)
    assert accounts.named("bo").role == "evaluator"


@both_widths
def test_feedback_is_read_as_text_and_becomes_a_draft(site: Site) -> None:
    page = site.page
    open_tab(page, "反馈")
    page.locator(".given td", has_text="公共数据开放办法").first.click(timeout=LONG)
    details = page.locator("#details")
    expect(details).to_contain_text("缺一款<img src=x", timeout=LONG)
    expect(details.locator("blockquote").first).not_to_be_empty()
    expect(details.locator(".answer blockquote, .answer p").first).not_to_be_empty()
    expect(details.locator(".answer")).not_to_contain_text("**")
    expect(details).to_contain_text("prompts")
    assert page.locator("#admin img[src=x]").count() == 0
    page.click("#keep")
    expect(page.locator(".said p:visible")).to_contain_text("已列入题库草稿", timeout=LONG)
    page.click("#keep")
    expect(page.locator(".said p:visible")).to_contain_text("已经在草稿里", timeout=LONG)
    page.locator(".missed td", has_text="今天天气怎么样").first.click()
    expect(details).not_to_contain_text("缺一款", timeout=LONG)
    page.click("#keep")
    expect(page.locator("#drafts li")).to_have_count(2, timeout=LONG)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载草稿").click()
    assert "今天天气怎么样" in Path(download.value.path()).read_text(encoding="utf-8")


@both_widths
def test_usage_shows_its_numbers_and_draws_its_plots(site: Site) -> None:
    page = site.page
    open_tab(page, "使用情况")
    expect(page.locator("#numbers")).to_contain_text("1（50%）", timeout=LONG)
    for plot in ("questions-plot", "first-plot", "total-plot", "articles-plot"):
        drawn = page.locator(f"#{plot} canvas, #{plot} svg.marks")
        expect(drawn).to_be_visible(timeout=LONG)
    page.get_by_text("逐日数字").click()
    today = page.locator(".figures tbody tr")
    expect(today).to_have_count(1)
    expect(today.locator("td").nth(4)).to_have_text(re.compile(r"\d+ 毫秒|\d\.\d 秒"))
    expect(page.locator("#top li").first).to_contain_text("《山东省公共数据开放办法》")
    expect(page.locator("#unanswered")).to_contain_text("今天天气怎么样")


@both_widths
def test_what_happens_now_is_shown_without_reloading(site: Site) -> None:
    page = site.page
    open_tab(page, "运行状况")
    expect(page.locator("#checks li.well")).to_have_count(4, timeout=LONG)
    hour = page.locator("#live dl > div", has_text="最近一小时的提问").locator("dd")
    expect(hour).to_have_text("0")
    expect(page.locator("#stages")).to_contain_text("没有人提问")
    address = urljoin(page.url, "/api/ask")
    for question in ("公共数据开放办法第二条讲什么", "今天天气怎么样"):
        page.request.post(address, data={"question": question, "stream": False})
    expect(hour).to_have_text("2", timeout=LONG)
    expect(page.locator("#live")).to_contain_text("1（50%）")
    expect(page.locator("#stages tbody tr", has_text="整个回答")).to_contain_text("2")
    expect(page.locator("#refusals")).to_contain_text("闲聊：1 次")
    assert "公共数据开放办法第二条" not in page.locator("#admin").inner_text()
    logging.getLogger("qa.web").error("写不了 <b>备份</b>")
    expect(page.locator("#faults")).to_contain_text("写不了 <b>备份</b>", timeout=LONG)


@both_widths
def test_a_document_is_marked_and_the_index_rebuilt_without_a_restart(site: Site) -> None:
    page = site.page
    open_tab(page, "文件状态")
    page.locator(".documents td", has_text="公共数据开放办法").first.click(timeout=LONG)
    expect(page.locator("#marked input")).to_have_value("山东省公共数据开放办法", timeout=LONG)
    page.get_by_label("已废止").click()
    expect(page.get_by_label("已废止")).to_be_checked(timeout=LONG)
    page.click("#mark")
    expect(page.locator(".said p:visible")).to_contain_text("还要写 note", timeout=LONG)
    page.fill("#note textarea", NOTE)
    page.click("#mark")
    expect(page.locator(".said p:visible")).to_contain_text("已废止", timeout=LONG)
    (entry,) = load_catalog(site.corpus_dir).documents
    assert (entry.status, entry.note) == ("repealed", NOTE)
    catalog = site.corpus_dir / "catalog.toml"
    text = catalog.read_text(encoding="utf-8").replace("省政府规章", "地方性法规")
    catalog.write_text(text.replace("[[source]]", '[[source]]\ncompiled = "2031-05"'), "utf-8")
    state = page.locator(".index-state p:visible")
    expect(state).to_contain_text("重建索引后生效", timeout=LONG)
    page.locator(".rebuild:visible").click()
    expect(state).to_contain_text("索引与目录、勘误和源文件一致", timeout=LONG)
    assert set(logged(site)) == {
        ("本机", "重建索引结束"),
        ("本机", "重建索引"),
        ("本机", "记录文件状态"),
    }
    for path in ("/", "/library"):  # whoever comes now sees the index of now
        page.goto(urljoin(page.url, path))
        expect(page.locator("#masthead .notes")).to_contain_text("2031 年 5 月", timeout=LONG)
        expect(page.locator(".contents, main").first).to_contain_text("已废止", timeout=LONG)
    page.goto(urljoin(page.url, "/"))
    page.locator("#scope > button").click(timeout=LONG)
    expect(page.locator("#level")).to_contain_text("地方性法规", timeout=LONG)
    expect(page.locator("#level")).not_to_contain_text("省政府规章")


def test_an_erratum_is_recorded_and_deleted_again(site: Site) -> None:
    page = site.page
    open_tab(page, "文件状态")
    expect(page.locator(".documents td").first).to_be_visible(timeout=LONG)
    choose(page, "#erratum-document", "山东省公共数据开放办法")
    page.fill("#erratum-printed textarea", "这里没有的字")
    page.fill("#erratum-note textarea", "多一“件”字。")
    page.click("#erratum-save")
    expect(page.locator(".said p:visible")).to_contain_text("在条文里找不到", timeout=LONG)
    page.fill("#erratum-printed textarea", "可以有条件件开放")
    page.click("#erratum-save")
    expect(page.locator(".said p:visible")).to_contain_text("已登记勘误", timeout=LONG)
    assert "可以有条件件开放" in (site.corpus_dir / "errata.toml").read_text(encoding="utf-8")
    choose(page, "#erratum", "可以有条件件开放")
    expect(page.locator("#erratum-printed textarea")).to_have_value(
        "可以有条件件开放", timeout=LONG
    )
    page.click("#erratum-delete")
    question = page.locator(".confirm:visible")
    expect(question).to_contain_text("要删除这条勘误吗", timeout=LONG)
    question.get_by_role("button", name="确定").click()
    expect(page.locator(".said p:visible")).to_contain_text("已删除勘误", timeout=LONG)
    assert "可以有条件件开放" not in (site.corpus_dir / "errata.toml").read_text(encoding="utf-8")
    assert logged(site) == [("本机", "删除勘误"), ("本机", "登记勘误")]
    assert "printed 可以有条件件开放" in site.records.changes.recent(1)[0].detail


def test_the_index_and_the_log_are_shown(site: Site) -> None:
    page = site.page
    site.records.changes.log(None, "备份", "<b>qa.sqlite</b>")
    open_tab(page, "模型与索引")
    expect(page.locator("#index-facts")).to_contain_text("multilingual-e5-small", timeout=LONG)
    open_tab(page, "变更记录")
    expect(page.locator(".changes td", has_text="<b>qa.sqlite</b>").first).to_be_visible(
        timeout=LONG
    )
