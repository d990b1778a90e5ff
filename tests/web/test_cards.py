"""What a card shows, and that it shows nothing but text."""

import re
from html import unescape

from qa.answering.answer import Answer, Citation
from qa.ingest.catalog import DocumentEntry
from qa.ingest.provision import Note, Provision
from qa.retrieval.passage import Passage, Retrieval
from qa.retrieval.reading import Related
from qa.web.cards import contents, copy_text, neighbour, panel
from qa.web.conversation import Exchange
from qa.web.printed import text_html

DSL = DocumentEntry(
    id="dsl",
    title="中华人民共和国数据安全法",
    level="法律",
    region="国家",
    issuer="全国人民代表大会常务委员会",
    issued="2021-06-10",
    effective="2021-09-01",
)
FINE = (
    "第四十八条 违反本法第三十五条规定，拒不配合数据调取的，由有关主管部门责令改正。\n"
    "违反本法第三十六条规定，对直接负责的主管人员处五十万元以上五十万元以下罚款。"
)


def provision(text: str = FINE, **changes: object) -> Provision:
    return Provision.model_validate(
        {
            "id": "p1",
            "document_id": "dsl",
            "document": DSL.title,
            "kind": "article",
            "locator": "第四十八条",
            "headings": ("第六章 法律责任",),
            "parts": (),
            "text": text,
            "search_text": text,
            **changes,
        }
    )


def alone(_: Provision) -> Related:
    return Related((), (), ())


def exchange(*provisions: Provision, citations: tuple[Citation, ...] = ()) -> Exchange:
    passages = tuple(Passage(each, 1.0, "按条号直接命中") for each in provisions)
    retrieval = Retrieval("问题", passages)
    return Exchange(2, "问题", retrieval, answer=Answer("答", citations))


def cite(n: int, of: Provision, *quotes: str) -> Citation:
    return Citation(n, of.id, of.document, of.locator, quotes)


def shown(html: str) -> str:
    """The text that a reader sees or can unfold."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_text_of_the_corpus_is_never_markup() -> None:
    nasty = '第四十八条 <script>alert("1")</script> & <img src=x onerror=alert(1)>'
    html = panel(exchange(provision(nasty, document="<b>法</b>")), lambda _: DSL, alone)
    assert "<script" not in html and "<img" not in html and "<b>法" not in html
    assert '<script>alert("1")</script> & <img' in shown(html)


def test_the_quoted_span_is_marked_and_the_text_stays_whole() -> None:
    html = text_html(provision(), ("由有关主管部门责令改正。",))
    assert "<mark>由有关主管部门责令改正。</mark>" in html
    assert shown(html) == FINE.replace("\n", "")


def test_a_quote_across_two_paragraphs_is_marked_in_both() -> None:
    html = text_html(provision(), ("责令改正。\n违反本法第三十六条规定",))
    assert re.findall("<mark>(.*?)</mark>", html) == ["责令改正。", "违反本法第三十六条规定"]


def test_a_quote_that_is_not_in_the_text_marks_nothing() -> None:
    assert "<mark" not in text_html(provision(), ("这句话不在原文里。",))


def test_the_misprint_is_underlined_inside_the_mark_and_explained() -> None:
    printed, correct = "五十万元以上五十万元以下", "五万元以上五十万元以下"
    sentence = f"本汇编印作“{printed}”，应为“{correct}”。"
    wrong = provision(errata=(Note(printed=printed, correct=correct, note=sentence),))
    html = panel(
        exchange(wrong, citations=(cite(1, wrong, f"处{printed}罚款。"),)), lambda _: DSL, alone
    )
    assert f">{printed}</span></mark>" in html
    assert f"勘误：{sentence}" in shown(html)


def test_a_short_text_is_not_folded() -> None:
    assert "unfold" not in text_html(provision(), ())


def test_a_long_text_folds_to_its_beginning() -> None:
    html = text_html(provision(_long()), ())
    visible = _visible(html)
    assert visible.startswith("第1句") and "第60句" not in visible
    assert 250 < len(visible) < 500
    assert "展开全文（" in html


def test_a_long_text_folds_around_the_quote() -> None:
    visible = _visible(text_html(provision(_long()), ("第41句" + "，数据处理者应当履行义务" * 2,)))
    assert "第40句" in visible and "第41句" in visible and "第42句" in visible
    assert "第1句，" not in visible and "第60句" not in visible


def test_two_quotes_far_apart_are_both_visible() -> None:
    quotes = tuple(f"第{n}句，数据处理者应当履行义务" for n in (3, 58))
    visible = _visible(text_html(provision(_long()), quotes))
    assert "第3句，" in visible and "第58句，" in visible and "第30句，" not in visible


def test_the_copied_citation_names_document_and_place() -> None:
    article = provision(locator="第二十一条")
    assert copy_text(article, None) == "《中华人民共和国数据安全法》第二十一条"
    clause = Citation(1, article.id, article.document, "第二十一条第二款", ())
    assert copy_text(article, clause) == "《中华人民共和国数据安全法》第二十一条第二款"


def test_cited_passages_come_first_under_their_numbers() -> None:
    first, second, third = (provision(id=f"p{i}", locator=f"第{i}条") for i in "一二三")
    html = panel(
        exchange(first, second, third, citations=(cite(2, first), cite(1, third))),
        lambda _: DSL,
        alone,
    )
    assert re.findall(r'<(?:article|details) class="card[^"]*" id="([^"]+)"', html) == [
        "t2-c1",
        "t2-c2",
        "t2-p1",
    ]
    assert "其他相关条文（1）" in html


def test_without_citations_the_nearest_passages_are_offered() -> None:
    assert "最接近的条文（1）" in panel(exchange(provision()), lambda _: DSL, alone)


def test_no_passage_at_all_is_said() -> None:
    assert "没有找到" in panel(exchange(), lambda _: DSL, alone)


def test_a_named_article_that_does_not_exist_is_said() -> None:
    retrieval = Retrieval("问题", (), missing=("《公共数据开放办法》没有第三十条。",))
    assert "没有第三十条" in panel(Exchange(1, "问题", retrieval), lambda _: DSL, alone)


def test_status_and_draft_show_as_badges_with_their_note() -> None:
    amended = DSL.model_copy(update={"status": "amended", "note": "自2026年1月1日起有变动。"})
    html = panel(exchange(provision()), lambda _: amended, alone)
    assert "已修改" in html and "自2026年1月1日起有变动。" in html
    draft = DSL.model_copy(update={"draft": True, "note": "本件为会签稿。"})
    assert "会签稿</span>" in contents((draft,))
    assert "badge" not in contents((DSL,))


def test_dates_show_as_far_as_they_are_known() -> None:
    month = DSL.model_copy(update={"issued": "2021-06", "effective": None})
    text = shown(panel(exchange(provision()), lambda _: month, alone))
    assert "2021年6月发布" in text and "施行" not in text


def test_the_documents_end_has_no_neighbour() -> None:
    assert neighbour(None, "next") is None
    found = neighbour(provision(), "next")
    assert found is not None and found["id"] == "p1" and "第四十八条" in found["html"]


def _long() -> str:
    sentences = [f"第{n}句" + "，数据处理者应当履行义务" * 2 + "。" for n in range(1, 61)]
    return "\n".join("".join(sentences[i : i + 5]) for i in range(0, 60, 5))


def _visible(html: str) -> str:
    """The text as it is folded."""
    html = re.sub(r'<p class="[^"]* more">.*?</p>', "", html)
    html = re.sub(r'<span class="more">.*?</span>', "", html)
    return shown(html.split('<button type="button" class="unfold"')[0])
