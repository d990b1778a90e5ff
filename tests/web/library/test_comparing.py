"""Two documents or two articles side by side."""

import re
from urllib.parse import quote

from fastapi.testclient import TestClient

from qa.ingest.provision import Provision
from qa.web.library.comparing import Common
from tests.web.library.reading import Page, bare


def test_documents_stand_side_by_side_with_like_chapters_together(client: TestClient) -> None:
    html = client.get("/library/compare?a=数据安全法&b=山东省大数据发展促进条例").text
    rows = html.split('<div class="beside')[1:]
    headed = [re.findall(r'<h3 class="heading">(.*?)</h3>', row) for row in rows]
    assert ["第一章 总则", "第一章 总则"] in headed
    assert ["第六章 法律责任", "第七章 法律责任"] in headed
    assert ["第七章 附则", "第八章 附则"] in headed
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    for text in ("第五十五条 本法自 2021 年 9 月 1 日起施行。", "第五十二条"):
        assert bare(text) in page.text


def test_two_articles_have_their_common_words_marked(client: TestClient) -> None:
    pair = {"a": "网络安全法/第七十八条", "b": "数据安全法/第54条"}
    html = client.get("/library/compare", params=pair).text
    assert "".join(re.findall("<mark>(.*?)</mark>", html)) == 2 * "由中央军事委员会"


def test_common_words_are_found_in_any_order(provisions: dict[tuple[str, str], Provision]) -> None:
    here, there = provisions["dsl", "第三条"], provisions["pipl", "第四条"]
    for a, b in ((here, there), (there, here)):
        other = re.sub(r"\W", "", b.text)
        for start, end in Common(b).spans(a.text):
            assert len(a.text[start:end]) >= 6 or a.text[start:end] in other
    assert Common(here).share(here.text) == 1


def test_the_chooser_joins_document_and_place(client: TestClient) -> None:
    chosen = {"a": "数据安全法", "a_at": "第48条", "b": "网络安全法", "b_at": ""}
    answer = client.get("/library/compare", params=chosen)
    assert answer.status_code == 303
    assert quote("数据安全法/第48条", safe="") in answer.headers["location"]
    missing = client.get("/library/compare", params={"a": "数据安全法/第99条", "b": "民法典"})
    assert missing.status_code == 404
    assert "共 55 条，没有“第99条”" in missing.text
    assert "没有收录“民法典”" in missing.text
    assert client.get("/library/compare").status_code == 200
