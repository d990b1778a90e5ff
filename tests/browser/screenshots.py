"""Renew the pictures of the pages: python -m tests.browser.screenshots FOLDER."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.assistant import Assistant
from qa.settings import Settings
from tests.conftest import QUIET, chromium_path
from tests.web.sites import PASSWORD, put_up

ENOUGH_MS = 300_000
WIDE, NARROW = (1440, 900), (390, 844)
PEOPLE = {"王芳": "user", "李敏": "trainer", "赵强": "evaluator", "管理员": "admin"}
PROPOSED = """\
# 示范省湖泊水位观测办法

2024年2月1日示范省水利厅令第3号公布

## 第一章 总则

第一条 为了规范湖泊水位观测，保障湖泊安全，制定本办法。

第二条 本办法适用于示范省行政区域内湖泊水位的观测、记录和公布。

## 第二章 观测

第四条 湖泊水位由水行政主管部门每日观测一次，结果当天向社会公布。

第五条 观测人员应当经过培训，取得资格后上岗。

## 第三章 附则

第六条 本办法自2024年3月1日起施行。
"""
QUESTION = "个人信息泄露了单位要做什么"


def nothing(_: Page) -> None:
    """The page is whole as it comes."""


def started(page: Page) -> None:
    """The page 问答 before the first question."""
    page.locator("#question textarea").wait_for()
    page.locator("#masthead .who").wait_for()


def asked(question: str) -> Callable[[Page], None]:
    """The page 问答 with the answer to a question."""

    def ask(page: Page) -> None:
        started(page)
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        page.locator(".answer .about").last.wait_for(timeout=ENOUGH_MS)

    return ask


def evaluated(page: Page) -> None:
    """Two evaluations that have finished and one at work."""
    page.locator("#start").wait_for()
    for mode in ("只检索", "摘录原文作答"):
        page.get_by_label(mode, exact=True).check()
        page.click("#start")
        page.locator("#progress [role=progressbar]").wait_for()
        page.locator("#progress [data-act=report]").wait_for(timeout=ENOUGH_MS)
    page.click("#start")
    page.locator("#progress .figures", has_text="约剩").wait_for()
    page.wait_for_timeout(4000)


def briefed(page: Page) -> None:
    """A briefing that is written, with its first points in view."""
    page.locator("#topic").fill("公共数据开放")
    page.get_by_role("button", name="查找，列出提纲").click()
    page.get_by_role("button", name="生成简报").click(timeout=ENOUGH_MS)
    page.locator("#preview").wait_for(timeout=ENOUGH_MS)
    page.evaluate("document.getElementById('preview').scrollIntoView()")


def outlined(page: Page) -> None:
    """The outline of a briefing, the topic and the template folded above it."""
    page.locator("#topic").fill("公共数据开放")
    page.get_by_role("button", name="查找，列出提纲").click()
    page.locator("#outline li[data-id]").first.wait_for(timeout=ENOUGH_MS)
    page.evaluate("scrollTo(0, 0)")


def proposed(page: Page) -> None:
    """A file that was dropped, before it is taken in."""
    tab("文件收入")(page)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "示范省湖泊水位观测办法.md"
        file.write_text(PROPOSED, encoding="utf-8")
        page.set_input_files("#intake input", file)
        page.locator("#proposal article").wait_for(timeout=ENOUGH_MS)
    page.evaluate("document.querySelectorAll('#proposal details').forEach((d) => (d.open = true))")


def tab(name: str) -> Callable[[Page], None]:
    """A part of the page 管理."""

    def open_tab(page: Page) -> None:
        chosen = page.get_by_role("tab", name=name, exact=True)
        chosen.click()
        expect(chosen).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(1500)

    return open_tab


@dataclass(frozen=True)
class Shot:
    """A picture: which page, what is done there first, how it is looked at."""

    path: str
    prepare: Callable[[Page], None] = nothing
    size: tuple[int, int] = WIDE
    dark: bool = False
    known: bool = True


SHOTS = {
    "sign-in": Shot("sign-in", size=(1440, 560), known=False),
    "start": Shot("", started),
    "answer": Shot("", asked(QUESTION)),
    "dark": Shot("", asked("数据安全法第二十一条讲什么"), dark=True),
    "narrow": Shot("", asked("数据安全法第四十八条第二款"), NARROW),
    "library": Shot("library"),
    "document": Shot("doc/数据安全法"),
    "article": Shot("doc/数据安全法/第四十八条"),
    "search": Shot("library/search?q=数据分类分级"),
    "compare": Shot("library/compare?a=数据安全法/第二十七条&b=网络安全法/第二十一条"),
    "account": Shot("account"),
    "api": Shot("api/docs"),
    "users": Shot("admin/", tab("用户")),
    "usage": Shot("admin/", tab("使用情况")),
    "live": Shot("admin/", tab("运行状况")),
    "feedback": Shot("admin/", tab("反馈")),
    "intake": Shot("admin/", proposed),
    "status": Shot("admin/", tab("文件状态")),
    "outline": Shot("briefing", outlined),
    "briefing": Shot("briefing", briefed),
    "evaluation": Shot("evaluation/", evaluated),
}


def main(folder: Path) -> None:
    """Put the site up with a few people, look, save."""
    folder.mkdir(parents=True, exist_ok=True)
    assistant = Assistant.open(Settings(), writes=True)
    if assistant.model:
        assistant.model.wait(lambda label, done, total: None)
    with (
        TemporaryDirectory() as kept,
        sync_playwright() as playwright,
        put_up(assistant, Path(kept)) as site,
    ):
        for name, role in PEOPLE.items():
            site.add(name, role)  # type: ignore[arg-type]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        for name, shot in SHOTS.items():
            page = _opened(browser, site.address, shot)
            shot.prepare(page)
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}.png")
            page.context.close()
        browser.close()
    assistant.close()


def _opened(browser: Browser, address: str, shot: Shot) -> Page:
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]},
        locale="zh-CN",
        color_scheme="dark" if shot.dark else "light",
        device_scale_factor=1,
    )
    if shot.known:
        form = {"name": "管理员", "password": PASSWORD}
        context.request.post(f"{address}sign-in", form=form, max_redirects=0)
    page = context.new_page()
    page.goto(f"{address}{shot.path}")
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]))
