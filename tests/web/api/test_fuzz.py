"""A short run of `python -m tests.web.api.fuzz`, and what longer ones have found."""

from collections import Counter

import httpx

from tests.web.api.fuzz import fuzz
from tests.web.api.site import Served
from tests.web.api.test_description import OPERATIONS


def test_every_operation_keeps_to_its_description_whatever_is_sent(site: Served) -> None:
    found = fuzz(site, 6, same=True)
    assert found.faults == []
    described = {f"{method.upper()} {path}" for path, method in OPERATIONS}
    assert {*found.statuses} == {*described, "POST /mcp"}
    tried = sum(found.statuses.values(), Counter())
    assert min(tried[status] for status in (200, 400, 401, 404, 422)) >= 5, tried


def test_bytes_that_are_no_text_are_refused_with_a_sentence(api: httpx.Client) -> None:
    for path in ("/api/search", "/api/ask", "/v1/chat/completions"):
        json = {"content-type": "application/json"}
        answer = api.post(path, content=b"k7\xa6\x00{\x7f", headers=json)
        assert answer.status_code == 400
        assert "请求的正文不是正确的 JSON。" in answer.text
