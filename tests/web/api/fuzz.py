"""The API as its description allows it, and as it does not: python -m tests.web.api.fuzz.

For every operation requests are made up from the OpenAPI description, as many that keep to it as
ones that break it. No answer may be a server error, stand outside the description, or take longer
than five seconds; of MCP, which OpenAPI does not describe, the first and the last are asked. The
site is put up for it over the corpus at hand, without a model; or it is the one at an address, with
the key of a user.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qa.assistant import Assistant
from qa.settings import Settings
from tests.web.api.site import Served, served

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_HANG_S = 5.0
_UNFORESEEN = "系统出了意外的错误"
_KNOWN: dict[str, list[Any]] = {
    "document_id": ["dsl", "个保法", "中华人民共和国网络安全法"],
    "model": ["data-law-qa"],
    "level": [[], ["法律"]],
    "region": [[], ["山东"]],
    "document": [[], ["dsl", "个保法"]],
    "year": [[], [2016, 2021]],
    "as_of": [None, "2024-06-01"],
}
"""What made-up requests would never hit upon."""
_ACCEPT = {"Accept": "application/json, text/event-stream"}
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
_ARGUMENTS = ("question", "top_k", "level", "year", "as_of", "document", "locator", "x")
_CALLS = st.fixed_dictionaries(
    {
        "jsonrpc": st.just("2.0"),
        "id": st.integers(),
        "method": st.just("tools/call"),
        "params": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["search_provisions", "read_provision", "x"]),
                "arguments": st.dictionaries(st.sampled_from(_ARGUMENTS), _JSON | st.text())
                | st.fixed_dictionaries({"question": st.text()})
                | st.fixed_dictionaries({"document": st.just("dsl"), "locator": st.text()}),
            }
        ),
    }
)
_SENT = _CALLS | _CALLS.flatmap(
    lambda call: st.sampled_from([*call]).flatmap(
        lambda name: st.builds(lambda value: {**call, name: value}, _JSON)
    )
)
"""What is sent to /mcp: calls of its tools, half of them with something else in one place."""


@dataclass
class Fuzzed:
    """What came of it."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    """How often each operation answered with which status."""
    slowest_s: float = 0.0
    faults: list[str] = field(default_factory=list)

    def count(self, operation: str, status: int, took_s: float) -> None:
        """Take note of an answer; one that was too long in coming is a fault."""
        self.statuses.setdefault(operation, Counter())[status] += 1
        self.slowest_s = max(self.slowest_s, took_s)
        assert took_s < _HANG_S, f"{took_s:.1f} s"


def main() -> int:
    """Fuzz, print; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?")
    parser.add_argument("--key", default="")
    parser.add_argument("--examples", type=int, default=1000, help="for each operation, either way")
    chosen = parser.parse_args()
    began = time.monotonic()
    with _site(chosen.address, chosen.key) as site:
        found = fuzz(site, chosen.examples)
    for operation, counted in found.statuses.items():
        print(f"{operation}：" + "，".join(f"{s} × {n}" for s, n in sorted(counted.items())))
    print(f"最慢 {found.slowest_s:.2f} 秒；共 {time.monotonic() - began:.0f} 秒")
    for fault in found.faults:
        print(fault)
    return int(bool(found.faults))


def fuzz(site: Served, examples: int, *, same: bool = False) -> Fuzzed:
    """Try every operation, `examples` times either way; `same`: with the same ones each time."""
    address = f"{site.address}/api/openapi.json"
    description = requests.get(address, headers=site.headers, timeout=30).json()
    ids = _provisions(site)
    found = Fuzzed()
    how = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=same,
        suppress_health_check=[*hypothesis.HealthCheck],
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
    )

    def one(case: Case) -> None:
        began = time.perf_counter()
        answer = case.call(base_url=site.address, headers=site.headers, timeout=2 * _HANG_S)
        found.count(case.operation.label, answer.status_code, time.perf_counter() - began)
        assert _UNFORESEEN not in answer.text, answer.text  # within a stream, which began well
        case.validate_response(answer, checks=_CHECKS)

    @how
    @hypothesis.given(sent=_SENT)
    def called(sent: Any) -> None:
        began = time.perf_counter()
        answer = requests.post(
            f"{site.address}/mcp", json=sent, headers=site.headers | _ACCEPT, timeout=2 * _HANG_S
        )
        found.count("POST /mcp", answer.status_code, time.perf_counter() - began)
        assert answer.status_code < 500 and _UNFORESEEN not in answer.text, (sent, answer.text)

    try:
        called()
    except Exception as error:
        found.faults.append(f"POST /mcp: {error!r}")
    for result in schemathesis.openapi.from_dict(description).get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            made_up = _requests(operation, mode, {**_KNOWN, "provision_id": ids})
            try:
                how(hypothesis.given(case=made_up)(one))()
            except Exception as error:
                found.faults.append(f"{operation.label}, {mode.value}: {error!r}")
    return found


@st.composite
def _requests(
    draw: st.DrawFn, operation: APIOperation, mode: GenerationMode, known: dict[str, list[Any]]
) -> Case:
    """Requests that keep to the description or break it; of the former half have known names."""
    case: Case = draw(operation.as_strategy(mode))
    if draw(st.integers(0, 7)):  # else there may be a key that is none
        case.headers.pop("Authorization", None)
    if mode is GenerationMode.POSITIVE and draw(st.booleans()):
        for sent in (case.path_parameters, case.query, case.body):
            if isinstance(sent, dict):
                sent.update(
                    {name: draw(st.sampled_from(known[name])) for name in sent if name in known}
                )
                if "messages" in sent:
                    said = {"role": "user", "content": draw(st.text(min_size=1, max_size=300))}
                    sent["messages"] = [*sent["messages"], said]
    return case


def _provisions(site: Served) -> list[str]:
    """The ids of some provisions."""
    address = f"{site.address}/api/documents/dsl"
    document = requests.get(address, headers=site.headers, timeout=30).json()
    return [place["provision_id"] for place in document["provisions"]]


@contextmanager
def _site(address: str | None, key: str) -> Iterator[Served]:
    if address:
        yield Served(address.rstrip("/"), key)
        return
    settings = Settings(llm="none")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Assistant.open(settings)) as assistant,
        served(assistant, settings, Path(folder)) as up,
    ):
        yield up


if __name__ == "__main__":
    sys.exit(main())
