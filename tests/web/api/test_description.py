"""What the API says of itself."""

import re

import httpx

OPERATIONS = {
    ("/api/search", "get"),
    ("/api/search", "post"),
    ("/api/ask", "post"),
    ("/api/documents", "get"),
    ("/api/documents/{document_id}", "get"),
    ("/api/provisions/{provision_id}", "get"),
    ("/v1/models", "get"),
    ("/v1/models/{model}", "get"),
    ("/v1/chat/completions", "post"),
}
_HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_operation_is_described_in_chinese_and_needs_a_key(api: httpx.Client) -> None:
    schema = api.get("/api/openapi.json").json()
    found = {(path, method) for path, each in schema["paths"].items() for method in each}
    assert found == OPERATIONS
    for path, method in OPERATIONS:
        operation = schema["paths"][path][method]
        assert _HAN.search(operation["summary"])
        assert _HAN.search(operation["description"])
        assert operation["tags"]
        assert operation["security"] == [{"HTTPBearer": []}]
        shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert "$ref" in shape or shape["items"]["$ref"]


def test_every_shape_is_described(api: httpx.Client) -> None:
    shapes = api.get("/api/openapi.json").json()["components"]["schemas"]
    own = {name: shape for name, shape in shapes.items() if "Validation" not in name}
    assert {"SearchJson", "AskJson", "ProvisionJson", "ChatBody"} <= set(own)
    for name, shape in own.items():
        assert _HAN.search(shape.get("description", "")), name


def test_the_page_lists_every_operation_and_loads_nothing(api: httpx.Client) -> None:
    page = api.get("/api/docs").text
    for path, method in OPERATIONS:
        assert f"<code>{method.upper()} {path}</code>" in page
    loaded = re.findall(r"(?:src|href)=\"([^\"#]+)\"", page)
    assert any(address.startswith("/site/api.css?v=") for address in loaded)
    assert all(address.startswith("/") and address[1:2] != "/" for address in loaded)
    assert "onclick" not in page
    assert "`" not in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))
