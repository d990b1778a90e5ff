"""A law with an earlier text, and one that was printed: what the site shows of both."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from qa.assistant import Assistant
from qa.index.embedding import Embedder
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.settings import Settings
from tests.ingest.typesetting import with_cid_font
from tests.web.sites import Site, put_up

OLD, NEW = "山东省公共数据开放办法", "山东省公共数据开放办法（2026年文本）"
PRINTED = "示范省湖泊水位观测办法"
ARTICLES = (
    "第一条 为了规范湖泊水位观测，制定本办法。",
    "第二条 湖泊水位由水行政主管部门每日观测一次，观测的结果当天向社会公布。" * 25,
    "第三条 观测人员应当经过培训，取得观测资格证书后方可上岗。",
    "第四条 本办法自2024年3月1日起施行。",
)


@pytest.fixture(scope="module")
def site(
    one_document: Path,
    embedder: Embedder,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A regulation, its text from 2026 on with an article more, and one that came as a PDF."""
    folder = tmp_path_factory.mktemp("editions")
    corpus_dir = Path(shutil.copytree(one_document, folder / "corpus"))
    shelf = Shelf(corpus_dir)
    text = next(corpus_dir.glob("*.txt")).read_text(encoding="utf-8")
    amended = text.replace("以开放为原则", "以共享为原则")
    amended = re.sub(r"(?m)^第四条 ?", "第四条 公共数据开放的成效每年评估一次。\n第五条 ", amended)
    amended = re.sub(r"(?m)^第五条 ?(?!.*\n)", "第六条 ", amended)
    path = folder / "新文本.txt"
    path.write_text(amended, encoding="utf-8")
    corpus = read_corpus(corpus_dir)
    proposal = propose(path, corpus.shared, corpus.catalog, Limits())
    fields = {"version_of": "sd-open-data", "effective": "2026-03-01"}
    shelf.add(proposal, entry_for(proposal, shelf.catalog, **fields), "test")
    path = folder / "观测办法.pdf"
    path.write_bytes(with_cid_font(PRINTED, ARTICLES))
    proposal = propose(path, lambda _: {}, shelf.catalog, Limits())
    shelf.add(proposal, entry_for(proposal, shelf.catalog, id="lakes"), "test")
    there = settings.model_copy(
        update={
            "corpus_dir": corpus_dir,
            "indexes_dir": folder / "indexes",
            "cache_dir": folder / "cache",
        }
    )
    assistant = Assistant.open(there, embedder=embedder)
    with put_up(assistant, folder, open=True, llm="none") as up:
        yield up


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as opened:
        yield opened


def page(client: httpx.Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_each_text_of_a_law_leads_to_the_other_and_to_their_difference(
    client: httpx.Client,
) -> None:
    old, new = page(client, f"doc/{quote(OLD)}"), page(client, f"doc/{quote(NEW)}")
    assert "已修改" in old and "这里是此前的文本" in old
    assert f'href="/doc/{quote(NEW, safe="")}"' in old
    assert f'href="/doc/{quote(OLD, safe="")}"' in new
    assert "2026年3月1日起施行，现行，正在读" in new
    address = re.search(r'class="compare" href="([^"]+)"', new)
    assert address
    shown = page(client, address[1].replace("&amp;", "&"))
    assert "逐条对照修改了什么" not in shown
    assert "<del>开放</del>" in shown and "<ins>共享</ins>" in shown
    added = re.search(
        r'<section class="beside differing added" id="第四条".*?</section>', shown, re.S
    )
    assert added and "每年评估一次" in added[0]


def test_an_article_leads_to_its_own_place_in_the_difference(client: httpx.Client) -> None:
    shown = page(client, f"doc/{quote(NEW)}/{quote('第三条')}")
    assert re.search(r'class="compare" href="[^"]+#第三条"', shown)


def test_the_day_decides_which_text_is_searched_and_the_answer_says_so(
    client: httpx.Client,
) -> None:
    asked = {"question": "公共数据开放办法第三条", "mode": "extract", "stream": False}
    now = client.post("api/ask", json=asked).json()["answer"]
    then = client.post("api/ask", json={**asked, "as_of": "2025-06-01"}).json()["answer"]
    assert now["citations"][0]["document"] == NEW
    assert then["citations"][0]["document"] == OLD
    assert not any("施行的文本" in notice for notice in now["notices"])
    assert any(
        notice.startswith(f"依据2025年6月1日施行的文本：《{OLD}》（")
        and "至2026年3月1日由修改后的文本代替" in notice
        for notice in then["notices"]
    )
    found = client.get("api/search", params={"q": "公共数据开放办法第三条", "as_of": "2025-06-01"})
    assert found.json()["passages"][0]["document"] == OLD
    wrong = client.get("api/search", params={"q": "公共数据", "as_of": "2025-6-1"})
    assert (wrong.status_code, wrong.json()["error"]) == (
        400,
        "日期“2025-6-1”不可用；请写成 2024-06-01 这样。",
    )
    said = [{"role": "user", "content": "公共数据开放办法第三条"}]
    chat = {"messages": said, "as_of": "2025-06-01"}
    message = client.post("v1/chat/completions", json=chat).json()["choices"][0]["message"]
    assert message["annotations"][0]["url_citation"]["title"] == f"《{OLD}》第三条"


def test_the_description_of_the_api_has_the_day(client: httpx.Client) -> None:
    told = client.get("api/openapi.json").json()
    bodies = told["components"]["schemas"]
    assert all("as_of" in bodies[name]["properties"] for name in ("SearchBody", "AskBody"))
    assert "as_of" in [each["name"] for each in told["paths"]["/api/search"]["get"]["parameters"]]


def test_a_citation_says_the_page_and_leads_to_it(client: httpx.Client) -> None:
    asked = {"question": f"{PRINTED}第三条", "mode": "extract", "stream": False}
    answer = client.post("api/ask", json=asked).json()["answer"]
    assert answer["citations"][0]["page"] == 2
    shown = page(client, f"doc/{quote(PRINTED)}/{quote('第三条')}")
    assert "看原件第2页" in shown
    assert f"《{PRINTED}》第三条（第2页）：“" in shown
    printed = page(client, f"original/{quote(PRINTED)}/2?at={quote('第三条')}")
    boxes = re.findall(r'class="lit"[^>]*style="left:([\d.]+)%;top:([\d.]+)%', printed)
    assert boxes and all(10 < float(left) < 40 and float(top) < 60 for left, top in boxes)
    both = page(client, f"original/{quote(PRINTED)}/1?at={quote('第二条')}")
    assert "也印在" in both and 'class="lit"' in both


def test_a_page_is_drawn_and_what_is_no_page_is_said_to_be_none(client: httpx.Client) -> None:
    picture = client.get(f"original/{quote(PRINTED)}/1.webp")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.content[8:12] == b"WEBP"
    assert client.get(f"original/{quote(PRINTED)}/99.webp").status_code == 404
    missing = client.get(f"original/{quote(PRINTED)}/99")
    assert missing.status_code == 404 and "原件共 2 页，没有这一页" in missing.text
    none = client.get(f"original/{quote(OLD)}/1")
    assert none.status_code == 404 and "没有分页的原件可看" in none.text
