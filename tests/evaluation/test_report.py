import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.errors import QAError
from qa.evaluation.bank import BankQuestion, BankTurn, load_bank
from qa.evaluation.measures import score
from qa.evaluation.report import render
from qa.evaluation.report.cases import answer_html, cases
from qa.evaluation.scores import Run
from qa.evaluation.summary import estimates
from qa.settings import PROJECT
from qa.wire import ask_json, search_json
from tests.conftest import WIDE

ATTACK = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>&amp;"\'</style>'
HOSTILE = BankQuestion(
    id='x"><b>',
    type="attack<i>",
    question=ATTACK,
    history=(BankTurn(role="user", content=ATTACK),),
    answerable=True,
    evidence=(ATTACK,),
    answer=ATTACK,
    points=(ATTACK,),
)


@pytest.fixture(scope="module")
def questions() -> tuple[BankQuestion, ...]:
    """Twelve of the bank that are worded freely, two of each other type, one hostile."""
    bank = load_bank(PROJECT / "evals" / "questions" / "compilation.jsonl")
    kinds = dict.fromkeys(question.type for question in bank)
    chosen = [
        question
        for kind in kinds
        for question in [q for q in bank if q.type == kind][: 12 if kind == "paraphrase" else 2]
    ]
    return (*chosen, HOSTILE)


def scored(run: Run) -> Run:
    """The run with its measures."""
    scores = {q.id: score(q, run.results[q.id]) for q in run.questions}
    kinds = {question.type for question in run.questions}
    return replace(
        run,
        scores=scores,
        overall=estimates(scores.values()),
        by_type={k: estimates(s for s in scores.values() if s.type == k) for k in kinds},
        latency_ms={"total_ms": {"p50": 61.0, "p95": 1204.0}},
    )


@pytest.fixture(scope="module")
def run(assistant: Assistant, questions: tuple[BankQuestion, ...]) -> Run:
    results = {}
    for question in questions:
        retrieved, *_, done = assistant.ask(question.question, question.turns)
        assert isinstance(retrieved, Retrieved) and isinstance(done, Done)
        results[question.id] = ask_json(retrieved.retrieval, done)
    moment = "2026-11-23T22:05:00+00:00"
    return scored(Run("摘录<基线>", "extract", moment, "2 核", questions, results, {}, {}))


@pytest.fixture(scope="module")
def searched(assistant: Assistant, questions: tuple[BankQuestion, ...]) -> Run:
    results = {q.id: search_json(assistant.search(q.question, q.turns)) for q in questions}
    moment = "2026-11-23T22:05:00+00:00"
    return scored(Run("检索", "search", moment, "2 核", questions, results, {}, {}))


@pytest.fixture(scope="module")
def worse(run: Run) -> Run:
    """The same run, but one question that was answered well finds nothing."""
    case = next(case for case in cases(run) if case.recall(5) == 1.0)
    missed = {**run.results[case.question.id], "passages": []}
    results = {**run.results, case.question.id: missed}
    return scored(replace(run, name="对照一", results=results))


class Tags(HTMLParser):
    """The start tags of a page, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def test_what_comes_from_a_question_is_shown_and_never_run(run: Run) -> None:
    page = Tags(render(run))
    assert page.text.count(ATTACK) >= 4
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "img" not in [tag for tag, _ in page.tags]
    assert all("onerror" not in attributes for _, attributes in page.tags)
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "details"]
    assert f"q-{HOSTILE.id}" in ids


def test_an_answer_keeps_its_lists_and_numbers_and_loses_links() -> None:
    html = answer_html(
        "**《数安法》**\n\n- 第一条 <b>x</b> [1]\n\n![p](http://a.b/c) [t](http://a.b)"
    )
    assert "<strong>《数安法》</strong>" in html
    assert "<li>" in html and '<span class="cite">1</span>' in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert not re.search(r"<(a|img)\b|(href|src)=", html)


def test_a_long_answer_is_cut_at_a_sentence_and_says_so() -> None:
    html = answer_html("一二三四五。" * 20, limit=40)
    assert html.count("一二三四五。") == 6
    assert "全文 120 字" in html


def test_the_page_names_no_other_host_and_loads_no_file(run: Run, worse: Run) -> None:
    html = render(run, worse)
    for tag, attributes in Tags(html).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        for name in ("src", "srcset", "href", "action", "data", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith("#"), (tag, name, value)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|https?://", html)


def test_every_question_stands_in_the_list_with_its_type_and_outcome(run: Run) -> None:
    rows = [a for tag, a in Tags(render(run)).tags if tag == "details"]
    assert [row["id"] for row in rows] == [f"q-{question.id}" for question in run.questions]
    assert [row["data-type"] for row in rows] == [question.type for question in run.questions]
    found = {case.question.id: case for case in cases(run)}
    for row, question in zip(rows, run.questions, strict=True):
        case = found[question.id]
        assert row["data-outcome"] == case.outcome.key
        if case.evidence:
            assert float(row["data-recall"] or "") == case.recall(5)


def test_the_title_says_name_mode_beijing_time_and_machine(run: Run) -> None:
    text = Tags(render(run)).text
    for words in ("摘录<基线>", "摘录原文作答", "2026-11-24 06:05（北京时间）", "2 核"):
        assert words in text


def test_a_measure_that_the_run_lacks_does_not_appear(run: Run, searched: Run) -> None:
    answered, only_searched = Tags(render(run)).text, Tags(render(searched)).text
    assert "答到的要点" in answered and "该拒的拒了" in answered
    for words in ("答到的要点", "该拒的拒了", "引用准确", "首字", "误拒", "拒答正确", "应拒未拒"):
        assert words not in only_searched, words
    assert "第 1 条找到原文" in only_searched and "全部完成" in only_searched
    assert "评审模型" not in answered


def test_every_measure_shown_is_defined(run: Run) -> None:
    html = render(run)
    shown = set(re.findall(r'class="label">[^<]*<code>(?:p50 )?([^<]+)<', html))
    defined = set(re.findall(r'scope="row">[^<]*<br><code>([^<]+)<', html))
    assert {"recall@5", "points", "true_refusals", "total_ms"} <= shown
    assert shown == defined


def test_a_question_says_where_its_evidence_came(run: Run) -> None:
    case = next(c for c in cases(run) if c.question.type == "lookup")
    assert [evidence.rank for evidence in case.evidence] == [1]
    assert case.passages[0].relevant and case.first == 1
    words = case.question.evidence[0]
    marked = case.passages[0].excerpt[1]
    assert "".join(marked.split()) == "".join(words.split())
    never = next(c for c in cases(run) if c.question.id == HOSTILE.id)
    assert never.first is None and never.recall(10) == 0.0


def test_against_another_run_the_changed_question_is_named(run: Run, worse: Run) -> None:
    changed = next(case for case in cases(run) if case.recall(5) == 1.0).question.id
    html = render(run, worse)
    better, rest = html.split('data-changes="better"')[1].split('data-changes="worse"')
    assert f'href="#q-{changed}"' in better
    assert "没有。" in rest.split("</section>")[0]
    assert "对照一" in Tags(html).text and "1 / 0 题" in html
    assert "与对照相比" not in render(run)
    back = render(worse, run)
    assert f'href="#q-{changed}"' in back.split('data-changes="worse"')[1].split("</section>")[0]


def test_the_judge_and_its_agreement_appear_where_answers_were_judged(run: Run) -> None:
    judged = {
        key: replace(one, values={**one.values, "judge": 1.0}) if "points" in one.values else one
        for key, one in run.scores.items()
    }
    text = Tags(render(replace(run, scores=judged, overall=estimates(judged.values())))).text
    n = sum("judge" in one.values for one in judged.values())
    assert "评审模型的评分" in text and f"评审模型给 {n} 个回答打了分" in text


def test_runs_without_a_common_question_are_not_compared(run: Run) -> None:
    with pytest.raises(QAError, match="没有共同的题目"):
        render(run, replace(run, questions=(), results={}, scores={}))


def test_refusals_are_counted_over_the_questions_they_concern(run: Run) -> None:
    text = Tags(render(run)).text
    answerable = [case for case in cases(run) if case.question.answerable]
    rest = [case for case in cases(run) if not case.question.answerable]
    right, wrong = sum(c.refused for c in rest), sum(c.refused for c in answerable)
    assert f"不能回答的 {len(rest)} 题拒答了 {right} 题" in text
    assert f"能回答的 {len(answerable)} 题误拒了 {wrong} 题" in text


@pytest.fixture
def page(browser: Browser, run: Run, worse: Run, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "report.html"
    file.write_text(render(run, worse), encoding="utf-8")
    opened = browser.new_context(viewport=WIDE, locale="zh-CN").new_page()
    asked: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(file.as_uri())
    yield opened
    assert asked == [file.as_uri()]
    assert broken == []
    assert opened.evaluate("window.hit") is None
    opened.context.close()


@pytest.mark.browser
def test_filter_search_and_order_change_what_is_listed(page: Page, run: Run) -> None:
    visible = page.locator("details.row:visible")
    assert visible.count() == len(run.questions)
    page.select_option("[name=type]", "lookup")
    assert visible.count() == 2
    assert page.inner_text("#count") == f"2 / {len(run.questions)} 题"
    page.fill("[name=words]", "没有这样的字")
    assert visible.count() == 0 and page.is_visible("#nothing")
    page.select_option("[name=type]", "")
    page.fill("[name=words]", run.questions[3].id.upper())
    assert visible.count() == 1
    page.fill("[name=words]", "")
    page.select_option("[name=outcome]", "found")
    found = sum(case.outcome.key == "found" for case in cases(run))
    assert visible.count() == found > 0
    page.select_option("[name=outcome]", "")
    page.select_option("[name=order]", "recall")
    recalls = page.eval_on_selector_all("details.row", "rows => rows.map(r => +r.dataset.recall)")
    assert recalls == sorted(recalls) and len(set(recalls)) > 1


@pytest.mark.browser
def test_a_changed_question_leads_to_its_details(page: Page) -> None:
    page.select_option("[name=type]", "speech")
    page.click("[data-changes=better] a")
    opened = page.locator("details.row[open]")
    opened.wait_for()
    assert opened.count() == 1 and opened.locator(".passages").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_on_paper_no_card_is_cut_by_a_page_end(page: Page) -> None:
    # marks of our own: fonts print some characters as their look-alike radicals
    cards = page.eval_on_selector_all(
        ".card, .figure, .worst, .row > summary, .changes li",
        """cards => cards.map((card, at) => {
            card.insertAdjacentHTML('afterbegin', `<small>(top${at})</small>`);
            card.insertAdjacentHTML('beforeend', `<small>(end${at})</small>`);
        }).length""",
    )
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    texts = ["".join(sheet.extract_text().split()) for sheet in sheets]
    assert cards > 60 and len(texts) > 4
    for at in range(cards):
        (top,) = [number for number, text in enumerate(texts) if f"(top{at})" in text]
        (end,) = [number for number, text in enumerate(texts) if f"(end{at})" in text]
        assert top == end, f"mark {at} on sheets {top} and {end}"
