"""The API's own addresses, over the real corpus."""

from urllib.parse import unquote

import httpx
import pytest

from qa.assistant import Assistant
from qa.retrieval.passage import Filters, Turn
from qa.web.api import answering
from qa.wire import search_json
from tests.web.api.site import Served

QUESTION = "个人信息泄露了单位要做什么"


def without_timings(found: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in found.items() if key != "timings_ms"}


def test_a_search_gives_what_the_command_gives(api: httpx.Client, assistant: Assistant) -> None:
    expected = without_timings(search_json(assistant.search(QUESTION, top_k=3)))
    by_address = api.get("/api/search", params={"q": QUESTION, "top_k": 3})
    by_body = api.post("/api/search", json={"question": QUESTION, "top_k": 3})
    assert by_address.status_code == by_body.status_code == 200
    assert without_timings(by_address.json()) == without_timings(by_body.json()) == expected
    assert set(by_body.json()["timings_ms"]) >= {"question", "dense", "fusion", "total"}


def test_a_search_is_restricted_by_any_name_of_a_document(
    api: httpx.Client, assistant: Assistant
) -> None:
    expected = assistant.search(QUESTION, (), Filters(documents=("dsl",)))
    for params in ({"q": QUESTION, "document": "数安法"}, {"q": QUESTION, "document": ["dsl"]}):
        found = api.get("/api/search", params=params).json()
        assert {p["document"] for p in found["passages"]} == {"中华人民共和国数据安全法"}
        assert len(found["passages"]) == len(expected.passages)
    levels = api.post("/api/search", json={"question": QUESTION, "level": ["法律"]}).json()
    titles = {entry.title for entry in assistant.documents if entry.level == "法律"}
    assert {p["document"] for p in levels["passages"]} <= titles
    params = {"q": QUESTION, "level": "法律", "year": 2016}
    found = api.get("/api/search", params=params).json()
    assert {p["document"] for p in found["passages"]} == {"中华人民共和国网络安全法"}


def test_a_search_goes_on_with_the_conversation(api: httpx.Client, assistant: Assistant) -> None:
    history = [
        {"role": "user", "content": "数据安全法第二十一条"},
        {
            "role": "assistant",
            "content": "《数据安全法》第二十一条：国家建立数据分类分级保护制度。",
        },
    ]
    found = api.post("/api/search", json={"question": "第二十二条呢", "history": history}).json()
    turns = [Turn(turn["role"], turn["content"]) for turn in history]
    expected = assistant.search("第二十二条呢", turns).passages[0].provision
    assert found["passages"][0]["provision_id"] == expected.id
    assert expected.name == "《中华人民共和国数据安全法》第二十二条"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"question": " "}, 400, "问题是空的；请输入要问的内容。"),
        ({"question": "数" * 2001}, 400, "问题有 2001 个字，超过了 2000 个字；请缩短后再问。"),
        ({"question": "数据", "level": ["宪法"]}, 400, "没有“宪法”；可以用："),
        ({"question": "数据", "year": [1949]}, 400, "没有 1949 年的内容；可以用："),
        ({"question": "数据", "document": ["民法典"]}, 400, "没有叫“民法典”的文件"),
        ({}, 422, '缺少字段 "question"。'),
        ({"question": "数据", "topk": 3}, 422, '没有字段 "topk"；'),
        ({"question": "数据", "top_k": 0}, 422, '字段 "top_k" 应不小于 1。'),
        ({"question": "数据", "top_k": "三"}, 422, '字段 "top_k" 应为整数。'),
        ({"question": 5}, 422, '字段 "question" 应为文字。'),
        (
            {"question": "数据", "history": [{"role": "system", "content": "x"}]},
            422,
            "字段 \"history.0.role\" 的值不可用，应为 'user' 或 'assistant'。",
        ),
        (["数据"], 422, "请求的正文应为 JSON 对象"),
    ],
)
def test_what_is_wrong_is_said_in_one_chinese_sentence(
    body: object, status: int, sentence: str, api: httpx.Client
) -> None:
    answer = api.post("/api/search", json=body)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(sentence)
    if not isinstance(body, dict) or "topk" not in body:
        assert api.post("/api/ask", json=body).status_code in (status, 422)


def test_text_that_is_no_json_and_unknown_parameters_are_refused(api: httpx.Client) -> None:
    broken = api.post("/api/ask", content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()) == (422, {"error": "请求的正文不是正确的 JSON。"})
    unknown = api.get("/api/search", params={"q": "数据", "limit": "3"})
    assert unknown.status_code == 422
    assert unknown.json()["error"].startswith('没有字段 "limit"；')


def test_the_documents_are_those_of_the_catalog(api: httpx.Client, assistant: Assistant) -> None:
    found = api.get("/api/documents").json()
    assert [each["id"] for each in found] == [entry.id for entry in assistant.documents]
    law = next(each for each in found if each["id"] == "csl")
    assert law["status"] == "amended"
    assert "2025 年 10 月 28 日修改" in law["note"]
    assert "expect" not in law
    assert unquote(law["url"]).endswith("/doc/中华人民共和国网络安全法")


def test_a_document_is_found_by_any_name_and_lists_its_provisions(api: httpx.Client) -> None:
    by_id, by_name = api.get("/api/documents/dsl"), api.get("/api/documents/数安法")
    assert by_id.json() == by_name.json()
    places = by_id.json()["provisions"]
    assert (places[0]["locator"], places[-1]["locator"]) == ("第一条", "第五十五条")
    assert unquote(places[47]["url"]).endswith("/doc/中华人民共和国数据安全法/第四十八条")
    missing = api.get("/api/documents/民法典")
    assert missing.status_code == 404
    assert missing.json()["error"].startswith("没有这份文件")


def test_a_provision_is_given_word_for_word_with_its_neighbours_and_errata(
    api: httpx.Client, assistant: Assistant
) -> None:
    place = assistant.reading.locate("dsl", "第四十八条")
    assert place
    found = api.get(f"/api/provisions/{place.provision.id}").json()
    assert found["text"] == place.provision.text
    assert [part["label"] for part in found["parts"]] == [p.label for p in place.provision.parts]
    assert found["errata"][0]["note"] == place.provision.errata[0].note
    before = api.get(f"/api/provisions/{found['previous']}").json()
    assert (before["locator"], before["next"]) == ("第四十七条", found["provision_id"])
    assert "questions" not in found
    assert api.get("/api/provisions/dsl-000").json()["error"].startswith("没有这条条文")


def test_who_has_too_much_on_the_way_waits(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "AT_ONCE", 0)
    busy = api.post("/api/ask", json={"question": QUESTION})
    assert busy.status_code == 429
    assert busy.json()["error"].startswith("同时提出的问题不能超过")
    chat = {"messages": [{"role": "user", "content": QUESTION}]}
    refused = api.post("/v1/chat/completions", json=chat)
    assert refused.status_code == 429
    assert refused.json()["error"]["type"] == "rate_limit_error"


def test_nothing_is_answered_without_a_key(site: Served) -> None:
    with httpx.Client(base_url=site.address, trust_env=False) as stranger:
        for path in ("/api/documents", "/v1/models", "/mcp", "/api/docs"):
            assert stranger.get(path).status_code == 401
