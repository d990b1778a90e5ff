"""Words of documents, models and questions do nothing in an answer's Markdown."""

import pytest
from markdown_it import MarkdownIt

from qa.answering.literal import literal, shown
from qa.answering.support import facts
from qa.export.markup import Run, runs
from qa.web.messages import markdown_html

NASTY = [
    "![图](https://evil.test/x.png?q=1)",
    "[![a](b)](c) 与 [表][表]",
    "[表]: https://evil.test 与 <https://evil.test>",
    "<img src=x onerror=alert(1)><script>x</script><!-- y --><?p?>",
    "\\<img src=x> \\![a](b) \\[a]\\(b)",
    "伪造的引用[1]和[2](x)",
]


@pytest.mark.parametrize("words", NASTY)
def test_no_link_image_or_html_comes_of_foreign_words(words: str) -> None:
    for text in (literal(words), f"- **甲**：{literal(words)} [1]"):
        html = MarkdownIt("commonmark", {"html": True}).render(text)
        assert all(tag not in html for tag in ("<a ", "<img", "<script", "<!--", "<?"))
    assert shown(literal(words)) == words


def test_a_number_in_foreign_words_is_no_citation() -> None:
    html = markdown_html(f"{literal('见[1]')}[1]", 1, frozenset({1}))
    assert html.count('class="cite"') == 1 and "见[1]<a" in html
    assert [run for run in runs(f"{literal('见[1]')}[1]", {1}) if run.cites] == [
        Run("[1]", cites=1)
    ]


def test_what_nobody_sees_is_left_out() -> None:
    assert literal("评\u200b估\u202e反\u202c\U000e0041") == "评估反"


def test_an_address_is_a_fact_that_the_cited_text_must_have() -> None:
    assert ("https://evil.test/x?q=1",) * 2 in facts("详见https://evil.test/x?q=1。")
    assert facts("写信到leak@evil.test，或打开www.evil.test。") == (
        ("leak@evil.test",) * 2,
        ("www.evil.test",) * 2,
    )
