"""Papers for the tests: made from real answers and real provisions, and a nasty one."""

from datetime import date

from qa.answering.answer import Done
from qa.assistant import Assistant
from qa.export import Paper, Quoted, Section

MADE = date(2026, 3, 9)
NASTY = (
    "<script>alert('1')</script> & *星号* _下划线_ `代码` [链接](http://x.example) \\ | ~~删~~ $x$"
    "\x00\x07\x1b\u202e\ufffe ]]> &amp; <!-- 注释 --> http://x.example"
)
SEEN = (
    "<script>alert('1')</script> & *星号* _下划线_ `代码` [链接](http://x.example) \\ | ~~删~~ $x$"
    " ]]> &amp; <!-- 注释 --> http://x.example"
)
"""What of it a reader is to see."""
LINES = "# 一\n- 二\n1. 三\n2) 四\n+ 五\n=== 六\n    七\n> 八\n---\n[1]: http://x.example"
"""Lines that Markdown would take for something else."""


def conversation(assistant: Assistant, *questions: str) -> Paper:
    sections = []
    for question in questions:
        *_, done = assistant.ask(question)
        assert isinstance(done, Done)
        cited = [(c, assistant.provision(c.provision_id)) for c in done.answer.citations]
        sections.append(
            Section(
                heading=question,
                paragraphs=(done.answer.text,),
                citations=tuple(Quoted(c.n, c.document, c.locator, p.text) for c, p in cited),
                notices=done.answer.notices,
            )
        )
    return Paper("数据安全处罚", MADE, assistant.source_note, tuple(sections))


def nasty() -> Paper:
    quoted = Quoted(1, NASTY, NASTY, f"{NASTY}\n{LINES}", NASTY)
    collected = Quoted(None, "摘录", "第一条", LINES, "")
    section = Section(NASTY, (f"{NASTY}[1]", NASTY), (quoted, collected), (NASTY,))
    return Paper(NASTY, MADE, NASTY, (section,))
