"""Documents and their places, to be read."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from qa.assistant import Assistant
from qa.ingest.provision import Part, Provision
from qa.web.library.article import citation
from qa.web.library.layers import Layer, marked
from qa.web.library.typesetting import title_end
from tests.web.library.reading import Page, address, bare, cells, get, site

XSS = '<script>alert("1")</script><img src=x onerror=alert(2)>\'"'


def test_every_provision_is_reachable_at_its_address_word_for_word(
    client: TestClient, volume: list[Provision]
) -> None:
    for provision in volume:
        page = get(client, address(provision.document, provision.locator))
        for text in cells(provision):
            assert text in page.text, (provision.name, text)


def test_every_document_is_whole_with_an_anchor_for_each_provision_and_each_place_of_an_article(
    client: TestClient, assistant: Assistant
) -> None:
    assert len(assistant.documents) == 20
    for entry in assistant.documents:
        page = get(client, address(entry.title))
        assert len(page.ids) == len(set(page.ids)), entry.title
        for provision in assistant.reading.provisions(entry.id):
            at = "-".join(provision.locator.split())
            assert at in page.ids, provision.name
            if provision.kind == "article":
                labels = {part.label for part in provision.parts if part.label}
                assert {f"{at}{label}" for label in labels} <= set(page.ids)
            for text in cells(provision):
                assert text in page.text, (provision.name, text)
        for notice in entry.notices:
            assert bare(notice) in page.text
        inside = {link[1:] for link in page.links if link.startswith("#")}
        assert {quote(at) for at in page.ids} | set(page.ids) >= inside, entry.title


def test_no_heading_is_skipped_and_none_printed_twice(
    client: TestClient, assistant: Assistant, volume: list[Provision]
) -> None:
    urls = [address(entry.title) for entry in assistant.documents]
    urls += ["/library", "/library/search?q=数据", "/library/compare?a=dsl&b=csl"]
    urls += [address("dsl", "第四十八条"), address("sd-strong-province", "专栏 10")]
    for url in urls:
        levels = get(client, url).levels
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels)), (url, levels)
    plan = get(client, address("山东省“十四五”数字强省建设规划"))
    printed = "（一）加快政务服务模式重构"
    tree = 1
    assert plan.text.count(printed) == 1 + tree


def test_a_place_stands_out_on_the_page_of_its_article(client: TestClient) -> None:
    html = client.get(address("数据安全法", "第四十八条第二款")).text
    (meant,) = re.findall(r'<p class="paragraph meant"[^>]*>(.*?)</p>', html, re.S)
    assert meant.startswith("违反本法<a")
    assert 'id="第四十八条第二款"' in html
    items = client.get(address("个人信息保护法", "第十三条第一款第（三）项")).text
    (item,) = re.findall(r'<p class="item meant"[^>]*>(.*?)<a', items, re.S)
    assert item == "（三）为履行法定职责或者法定义务所必需；"


@pytest.mark.parametrize(
    ("title", "typed", "canonical"),
    [
        ("数据安全法", "第48条", "第四十八条"),
        ("数据安全法", "48条", "第四十八条"),
        ("dsl", "第 四十八 条", "第四十八条"),
        ("《数据安全法》", "第48条第2款", "第四十八条第二款"),
        ("个保法", "13条1款3项", "第十三条第一款第（三）项"),
        ("个保法", "第十三条第(三)项", "第十三条第一款第（三）项"),
        ("网络安全法", "第一条第一款", "第一条"),
        ("山东省数字基础设施建设的指导意见", "二、(一)1.", "二、（一）1."),
        ("促进大数据发展行动纲要", "专栏5", "专栏 5"),
    ],
)
def test_another_spelling_of_a_place_leads_to_the_permanent_address(
    client: TestClient, title: str, typed: str, canonical: str
) -> None:
    answer = client.get(address(title, typed))
    assert answer.status_code == 301
    target = answer.headers["location"]
    assert target.endswith("/" + quote(canonical, safe=""))
    assert target.isascii()
    assert client.get(target).status_code == 200


def test_a_short_name_opens_the_document_and_says_its_permanent_address(
    client: TestClient,
) -> None:
    answer = client.get(address("数据安全法", "第四十八条"))
    assert answer.status_code == 200
    permanent = address("中华人民共和国数据安全法", "第四十八条")
    assert f'<link rel="canonical" href="{permanent}">' in answer.text


def test_an_unknown_document_gets_one_sentence_and_the_nearest_titles(client: TestClient) -> None:
    page = get(client, address("数据安法"), 404)
    assert "汇编没有收录“数据安法”。" in page.text
    assert address("中华人民共和国数据安全法") in page.links
    get(client, address("x" * 5000), 404)
    get(client, address("../../etc/passwd"), 404)


@pytest.mark.parametrize(
    "typed", ["第九十九条", "第四十八条第九款", "第0条", "第一百百条", "总则", "第二款", "/", "a/b"]
)
def test_an_unknown_place_gets_one_sentence_and_the_document(
    client: TestClient, typed: str
) -> None:
    page = get(client, address("数据安全法", typed), 404)
    assert f"《中华人民共和国数据安全法》共55条，没有“{bare(typed)}”。" in page.text
    assert address("中华人民共和国数据安全法") in page.links


def test_an_article_links_what_it_cites_and_what_cites_it_and_its_counterpart(
    client: TestClient, assistant: Assistant, volume: list[Provision]
) -> None:
    page = get(client, address("数据安全法", "第四十八条"))
    cited = address("中华人民共和国数据安全法", "第三十五条")
    assert page.links.count(cited) == 2, "in its text, and beside it"
    back = get(client, cited)
    assert address("中华人民共和国数据安全法", "第四十八条") in back.links
    paired = [p for p in volume if assistant.reading.related(p).counterparts]
    assert paired
    other = assistant.reading.related(paired[0]).counterparts[0]
    assert (
        address(other.document, other.locator)
        in get(client, address(paired[0].document, paired[0].locator)).links
    )


def test_a_document_that_is_named_in_the_text_is_linked(client: TestClient) -> None:
    page = get(client, address("关键信息基础设施安全保护条例", "第一条"))
    assert address("中华人民共和国网络安全法") in page.links


def test_neighbours_end_with_the_document(client: TestClient) -> None:
    first = client.get(address("数据安全法", "第一条")).text
    last = client.get(address("数据安全法", "第五十五条")).text
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    assert 'rel="next"' not in last


def test_a_citation_has_title_place_and_the_words_without_the_number(
    provisions: dict[tuple[str, str], Provision],
) -> None:
    article = provisions["dsl", "第二条"]
    assert citation(article, "第一款") == (
        "《中华人民共和国数据安全法》第二条第一款："
        "“在中华人民共和国境内开展数据处理活动及其安全监管，适用本法。”"
    )
    assert citation(article).startswith("《中华人民共和国数据安全法》第二条：“在中华人民共和国境内")
    assert "——" not in citation(next(p for (d, _), p in provisions.items() if d == "speeches"))


def test_a_misprint_keeps_the_printed_words_and_has_its_note_at_the_word(
    client: TestClient,
) -> None:
    html = client.get(address("数据安全法", "第五十四条")).text
    (found,) = re.findall(r'<span class="misprint"[^>]*>(.*?)</span>', html)
    assert found == "军事数据安全保护的办，由"
    assert "公开文本为“军事数据安全保护的办法”" in html


def test_tables_are_tables_with_the_shared_cell_once(client: TestClient) -> None:
    html = client.get(address("山东省数字政府建设“385”行动计划")).text
    assert html.count("<table") == 9
    assert len(re.findall(r'<tr id="附件2-', html)) == 199
    assert re.search(r'<td rowspan="\d+" data-label="任务名称">', html)
    economy = client.get(address("“十四五”数字经济发展规划")).text
    assert '<td data-label="属性">预期性' in economy
    assert economy.count('class="provision box"') == 11


def test_the_home_page_holds_the_volume_in_its_parts(
    client: TestClient, assistant: Assistant
) -> None:
    answer = client.get("/library")
    page = Page(answer.text)
    for entry in assistant.documents:
        assert address(entry.title) in page.links
    for part in ("国家大数据法规政策", "山东省大数据法规政策", "附表"):
        assert answer.text.count(f'<h3 class="part">{part}</h3>') == 1
    order = [page.text.index(w) for w in ("数字中国建设整体布局规划", "山东省大数据法规政策")]
    assert order == sorted(order)
    assert len(re.findall('data-label="序号"', answer.text)) == 84
    assert bare("2020年 17 段") in page.text
    assert "已修改" in page.text
    assert "会签稿" in page.text
    chapter = f"{address('中华人民共和国数据安全法')}#{quote('第六章-法律责任')}"
    assert chapter in page.links


@pytest.mark.parametrize(
    "url",
    [
        "/library/search?q={}",
        "/library/search?q=数据&level={}&region={}&document={}&page={}",
        "/library/compare?a={}&b={}",
        "/doc/{}",
        "/doc/数据安全法/{}",
        "/doc/数据安全法/第四十八条?q={}",
    ],
)
def test_script_in_an_address_is_shown_and_never_run(client: TestClient, url: str) -> None:
    answer = client.get(url.replace("{}", quote(XSS, safe="")))
    plain = client.get(url.replace("{}", "x"))
    assert "<script>alert" not in answer.text
    for tag in ("script", "img"):
        assert Page(answer.text).tags.count(tag) == Page(plain.text).tags.count(tag)


def test_overlapping_layers_nest_and_escape() -> None:
    html = marked("a<b>c", (Layer(0, 4, "a", (("href", '"x'),)), Layer(1, 5, "mark")))
    assert html == ('<a href="&#34;x">a<mark>&lt;b&gt;</mark></a><mark>c</mark>')


def test_links_stay_below_the_root_of_a_proxy(assistant: Assistant) -> None:
    app = site(assistant)
    with TestClient(app, follow_redirects=False, root_path="/law") as below:
        for url in ("/library", "/doc/dsl", "/doc/dsl/第四十八条", "/library/search?q=数据"):
            links = Page(below.get(f"/law{url}").text).links
            assert links
            assert all(link.startswith(("/law/", "#")) for link in links), url
        moved = below.get("/law/doc/dsl/第48条").headers["location"]
        assert moved.startswith("/law/doc/")


def test_the_styles_and_the_script_ask_no_other_host() -> None:
    folder = Path("qa/web/static")
    for name in ("library.css", "library.js"):
        assert not re.search(r"https?://|@import|url\(", (folder / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("locator", "headings", "text", "titled"),
    [
        ("题注", (), "中华人民共和国国务院令", False),
        ("引言", (), "2021年7月30日公布", False),
        ("1993年", ("1993年",), "（1993年3月29日某会议通过）", False),
        ("第二章", ("第二章 罚则",), "本章另行规定", False),
        ("附件一", ("附件一 收费标准",), "甲 一元", False),
        ("一、（二）", ("一、总体要求",), "（二）发展目标", True),
    ],
)
def test_what_stands_below_a_heading_of_the_page_has_no_title_of_its_own(
    locator: str, headings: tuple[str, ...], text: str, titled: bool
) -> None:
    provision = Provision(
        id="x-1",
        document_id="x",
        document="某条例",
        kind="section",
        locator=locator,
        headings=headings,
        parts=(Part(label="", text=text, line=1),),
        text=text,
        search_text=text,
    )
    assert bool(title_end(provision)) == titled
