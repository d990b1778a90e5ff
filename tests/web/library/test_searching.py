"""Full-text search."""

import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from qa.ingest.provision import Provision
from qa.retrieval.fulltext import spans_of, terms_of
from qa.web.library.searching import excerpts
from tests.web.library.reading import address, bare


@pytest.mark.parametrize(
    ("query", "first", "marks"),
    [
        ("５Ｇ网络", "5G 网络", {"5G 网络", "5G网络"}),
        ("IPV6", "IPv6", {"IPv6", "IPV6"}),
        ("“数据 安全 审查”", "数据安全审查", {"数据安全审查"}),
        ("一处违法 重要数据", "", set()),
    ],
)
def test_search_folds_space_width_and_case_and_marks_what_is_printed(
    client: TestClient, query: str, first: str, marks: set[str]
) -> None:
    html = client.get("/library/search", params={"q": query}).text
    found = set(re.findall("<mark>(.*?)</mark>", html))
    assert found <= marks
    assert bool(found) == bool(first)


def test_every_word_must_occur_in_one_provision(
    client: TestClient, volume: list[Provision]
) -> None:
    html = client.get("/library/search", params={"q": "罚款 重要数据"}).text
    both = [p for p in volume if "罚款" in bare(p.text) and "重要数据" in bare(p.text)]
    assert 0 < len(both) <= 30
    assert len(re.findall('<p class="excerpt">', html)) == len(both)
    assert f"的 {len(both)} 处" in html


def test_a_phrase_is_not_its_words(client: TestClient) -> None:
    words = client.get("/library/search", params={"q": "安全 数据"}).text
    phrase = client.get("/library/search", params={"q": "“安全 数据”"}).text
    assert "<mark>" in words
    count = re.compile(r"的 (\d+) 处")
    told = count.search(phrase)
    assert told is None or int(told[1]) < int(count.search(words)[1])  # type: ignore[index]


def test_spans_map_back_to_the_printed_text() -> None:
    text = "推动 ５Ｇ\n网 络建设，5g网络 ①"
    spans = spans_of(text, terms_of("5G网络"))
    assert [text[a:b] for a, b in spans] == ["５Ｇ\n网 络", "5g网络"]
    assert spans_of("aaaa", ("aa",)) == ((0, 4),)
    assert [text[a:b] for a, b in spans_of(text, terms_of("1"))] == ["①"]
    assert terms_of("“ ” 　") == ()


def test_spans_of_all_texts_fold_to_the_term(volume: list[Provision]) -> None:
    for term in ("数据", "5g", "(", "“", "%"):
        for provision in volume:
            for start, end in spans_of(provision.text, (term,)):
                printed = bare(provision.text[start:end]).lower().replace("（", "(")
                assert set(printed.replace("％", "%")) == set(term)


def test_facets_count_and_restrict(client: TestClient, volume: list[Provision]) -> None:
    html = client.get("/library/search", params={"q": "个人信息", "document": "pipl"}).text
    held = [p for p in volume if "个人信息" in p.text and p.document_id == "pipl"]
    assert f"见于 1 份文件的 {len(held)} 处" in html
    assert 'aria-current="true"' in html
    law = client.get("/library/search", params={"q": "个人信息", "level": "法律"}).text
    assert "山东省大数据发展促进条例 <span" not in law
    speeches = client.get("/library/search", params={"q": "数据", "year": "2018"}).text
    held = [p for p in volume if "数据" in p.text and (p.date or "").startswith("2018")]
    assert held and f"的 {len(held)} 处" in speeches
    assert re.search(r"2018 年<span class=\"lift\">（取消）</span></span>", speeches)
    nothing = client.get("/library/search", params={"q": "个人信息", "region": "火星"})
    assert nothing.status_code == 200
    assert "在全部文件里查找" in nothing.text


def test_hits_come_thirty_a_page_and_each_once(client: TestClient, volume: list[Provision]) -> None:
    total = sum("数据安全" in bare(p.text) for p in volume)
    assert total > 60
    found: list[str] = []
    for page in range(1, -(-total // 30) + 1):
        html = client.get("/library/search", params={"q": "数据安全", "page": page}).text
        hits = re.findall(r'<li>\s*<h3><a href="([^"]+)"', html)
        assert len(hits) <= 30
        found += hits
    assert len(found) == len(set(found)) == total
    for odd in ("0", "-1", "9999", "x", "²"):
        assert client.get("/library/search", params={"q": "数据", "page": odd}).status_code == 200


def test_nothing_found_says_so_and_leads_to_the_question_page(client: TestClient) -> None:
    answer = client.get("/library/search", params={"q": "量子咖啡"})
    assert answer.status_code == 200
    assert "没有一处同时写着“量子咖啡”" in answer.text
    assert f"/?q={quote('量子咖啡')}" in answer.text


def test_a_query_that_names_a_place_leads_there(client: TestClient) -> None:
    html = client.get("/library/search", params={"q": "数据安全法48条"}).text
    assert f'直接打开：<a href="{address("中华人民共和国数据安全法", "第四十八条")}">' in html


def test_an_excerpt_of_a_long_text_has_its_marks() -> None:
    text = "无关的话。" * 80 + "这里写着罚款。" + "无关的话。" * 80
    at = text.index("罚款")
    (stretch,) = excerpts(text, ((at, at + 2),))
    assert text[slice(*stretch)] == "这里写着罚款。"
