import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QAError, SettingsError
from qa.evaluation import judge as judging
from qa.evaluation.agreement import agreement
from qa.evaluation.bank import BankQuestion
from qa.evaluation.folder import RESULTS, Folder, Header
from qa.evaluation.judge import JudgeSettings, judge, load_judge_settings
from qa.evaluation.scores import Run
from qa.evaluation.summary import load_run, summary

KEY = "secret-key-4711"
HEADER = Header(
    mode="extract",
    bank="",
    corpus="",
    embedder="",
    program="",
    started="2026-01-01T00:00:00+00:00",
    machine="",
)


class Endpoint:
    """An OpenAI-compatible server that says what it is told to, and notes what it is asked."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, str]] = []
        """Status and words, one a request; afterwards `{"grade": 2}`."""
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str | None] = set()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.asked.append({"path": self.path, **json.loads(body)})
                endpoint.keys.add(self.headers["Authorization"])
                status, words = endpoint.replies.pop(0) if endpoint.replies else (200, GOOD)
                message = {"choices": [{"message": {"content": words}}]}
                reply = json.dumps(message if words != "odd" else {}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> JudgeSettings:
        base = f"http://127.0.0.1:{self.server.server_port}/v1/"
        return JudgeSettings(api_base=base, api_key=KEY, model="m", timeout_s=5)  # type: ignore[arg-type]


GOOD = '先说理由。{"reason": "都答到了", "grade": 2}'


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run: two answers, a wrong refusal, an unanswerable question, one without reference."""
    asked = {
        "answerable": True,
        "evidence": ("证",),
        "answer": "参考 {{answer}}",
        "points": ("点",),
    }
    questions = [
        BankQuestion(id="a", type="t", question="问甲", **asked),
        BankQuestion(id="b", type="t", question="问乙", **asked),
        BankQuestion(id="c", type="t", question="问丙", **asked),
        BankQuestion(id="d", type="t", question="问丁", answerable=False, answer="没有"),
        BankQuestion(id="e", type="t", question="问戊", **{**asked, "answer": ""}),
    ]
    folder = Folder(tmp_path)
    folder.begin(HEADER, questions)
    for question in questions:
        answer = {"text": f"答 {question.id}：点", "refused": question.id == "c", "citations": []}
        row = {"id": question.id, "answer": answer, "passages": [], "timings_ms": {"total": 1.0}}
        folder.append(RESULTS, row)
    return tmp_path


def grades(out: Path) -> dict[str, Any]:
    rows = map(json.loads, (out / "judge.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["grade"] for row in rows}


def test_answers_with_a_reference_are_graded_and_a_wrong_refusal_gets_nothing(
    endpoint: Endpoint, out: Path
) -> None:
    steps: list[tuple[int, int]] = []
    judge(out, endpoint.settings, lambda *step: steps.append(step))
    assert grades(out) == {"a": 2, "b": 2, "c": 0}
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert {request["path"] for request in endpoint.asked} == {"/v1/chat/completions"}
    assert {(r["model"], r["temperature"]) for r in endpoint.asked} == {("m", 0)}
    assert endpoint.keys == {f"Bearer {KEY}"}
    values = load_run(out).scores
    assert [values[key].values.get("judge") for key in "abcde"] == [1.0, 1.0, 0.0, None, None]


def test_the_prompt_has_all_four_and_fills_in_nothing_twice(endpoint: Endpoint, out: Path) -> None:
    judge(out, endpoint.settings)
    prompts = {request["messages"][0]["content"] for request in endpoint.asked}
    (prompt,) = [p for p in prompts if "问甲" in p]
    assert "参考 {{answer}}" in prompt
    assert "- 点" in prompt
    assert "答 a：点" in prompt
    assert "变量" not in prompt


def test_what_is_graded_is_not_asked_again(endpoint: Endpoint, out: Path) -> None:
    (out / "judge.jsonl").write_text('{"id": "a", "grade": 1, "reason": ""}\n{"id": "b", "gra')
    judge(out, endpoint.settings)
    assert len(endpoint.asked) == 1
    assert grades(out) == {"a": 1, "b": 2, "c": 0}


def test_a_busy_endpoint_is_asked_again(endpoint: Endpoint, out: Path) -> None:
    endpoint.replies = [(429, ""), (503, "")]
    judge(out, endpoint.settings)
    assert grades(out) == {"a": 2, "b": 2, "c": 0}
    assert len(endpoint.asked) == 4


def test_words_that_are_no_grade_leave_the_question_out(
    endpoint: Endpoint, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (out / "judge.jsonl").write_text('{"id": "b", "grade": 1}\n')
    endpoint.replies = [(200, "很好"), (200, '{"grade": 3}'), (200, "odd")]
    with caplog.at_level(logging.DEBUG):
        judge(out, endpoint.settings)
    assert grades(out) == {"b": 1, "c": 0}
    assert "没有给 a 可用的评分" in caplog.text
    assert KEY not in caplog.text
    assert "评分" not in summary(load_run(out))


def test_an_endpoint_that_cannot_be_used_is_one_sentence_without_the_key(
    endpoint: Endpoint, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.replies = [(401, "")] * 9
    with caplog.at_level(logging.DEBUG), pytest.raises(QAError) as error:
        judge(out, endpoint.settings)
    assert str(error.value).startswith("裁判模型的接口答以 HTTP 401；")
    assert KEY not in caplog.text + str(error.value) + str(endpoint.settings)


def test_an_endpoint_that_is_not_there_is_said(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_ATTEMPTS", 1)
    nowhere = JudgeSettings(api_base="http://127.0.0.1:9/v1", model="m")
    with pytest.raises(QAError, match=r"^连不上裁判模型的接口（ConnectError）；"):
        judge(out, nowhere)


def test_the_endpoint_is_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_BASE", "API_KEY", "MODEL"):
        monkeypatch.delenv(f"QA_JUDGE_{name}", raising=False)
    with pytest.raises(SettingsError, match=r"设好 QA_JUDGE_API_BASE、QA_JUDGE_MODEL。$"):
        load_judge_settings()
    monkeypatch.setenv("QA_JUDGE_API_BASE", "http://127.0.0.1/v1")
    monkeypatch.setenv("QA_JUDGE_MODEL", "m")
    monkeypatch.setenv("QA_JUDGE_API_KEY", KEY)
    found = load_judge_settings()
    assert (found.model, found.api_key.get_secret_value()) == ("m", KEY)
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        (None, "读不了提示词 prompts/judge.md；"),
        ("变量\n---\n{{question}}", "提示词 prompts/judge.md 里应当用到且只用这些变量："),
        ("a\n---\n{{question}}{{reference}}{{points}}{{answer}}{{x}}", "提示词 prompts/judge.md"),
        ("{{question}}{{reference}}{{points}}{{answer}}", "提示词 prompts/judge.md"),
    ],
)
def test_a_prompt_that_cannot_be_filled_is_said(
    prompt: str | None,
    sentence: str,
    endpoint: Endpoint,
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "judge.md"
    if prompt:
        path.write_text(prompt, encoding="utf-8")
    monkeypatch.setattr(judging, "PROMPT", path)
    with pytest.raises(QAError) as error:
        judge(out, endpoint.settings)
    assert str(error.value).startswith(sentence)
    assert endpoint.asked == []


def test_agreement_of_the_judge_with_the_rules_by_hand(made_up: Callable[..., Run]) -> None:
    run = made_up(
        {
            "a": {"judge": 1.0, "points": 1.0},
            "b": {"judge": 0.5, "points": 0.4},
            "c": {"judge": 0.0, "points": 0.25},
            "d": {"judge": 1.0, "points": 1.0},
            "e": {"judge": 1.0},
        }
    )
    found = agreement(run)
    assert found is not None
    # Grades 2 1 0 2 and 2 1 1 2: one of four apart by one; by chance 22/16 of squared distance.
    assert (found.n, found.same) == (4, 0.75)
    assert found.kappa == pytest.approx(1 - (1 / 4) / (16 / 16))
    assert (found.judge, found.rules) == (0.625, 0.6625)
    assert agreement(made_up({"a": {"points": 1.0}})) is None
    alike = agreement(made_up({"a": {"judge": 1.0, "points": 1.0}}))
    assert alike is not None
    assert alike.kappa is None
