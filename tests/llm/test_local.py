import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from qa.errors import LLMError
from qa.llm.local import LocalModel
from qa.llm.model import Message
from qa.llm.server import LocalServer
from qa.settings import Settings
from tests.llm.conftest import LONG, ONE_SENTENCE, words

PARENT = """
import sys, time
from pathlib import Path
from qa.llm.server import LocalServer
from qa.settings import Settings
server = LocalServer(Path(sys.argv[1]), Settings(llm_context=1024, cache_dir=Path(sys.argv[2])))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""

pytestmark = pytest.mark.slow


def server(model: LocalModel) -> LocalServer:
    assert model._server is not None
    return model._server


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_words_come_one_after_the_other_and_the_same_each_time(model: LocalModel) -> None:
    parts = list(model.stream(ONE_SENTENCE, 24))
    assert len(parts) > 5
    assert re.search(r"[一-鿿]{4}", "".join(parts))
    assert words(model, ONE_SENTENCE) == "".join(parts)


def test_the_answer_ends_at_its_limit_and_at_a_stop_word(model: LocalModel) -> None:
    assert 0 < len(words(model, LONG, 5)) <= 40
    assert "，" not in "".join(model.stream(LONG, 60, stop=["，"]))


def test_a_grammar_forces_the_shape_of_the_answer(model: LocalModel) -> None:
    grammar = 'root ::= "答：" ("是" | "否") "[1]"'
    answer = "".join(model.stream(ONE_SENTENCE, 24, grammar=grammar))
    assert answer in ("答：是[1]", "答：否[1]")


def test_tokens_are_counted_by_the_model_itself(model: LocalModel) -> None:
    assert model.count_tokens("数据") == 1
    assert model.count_tokens("") == 0
    text = "国家建立数据分类分级保护制度。"
    assert 5 <= model.count_tokens(text) < len(text)


def test_the_reading_speed_is_known_once_it_is_ready(model: LocalModel) -> None:
    assert model.ready() and model.local
    assert model.prefill_tokens_per_s is not None and model.prefill_tokens_per_s > 1


def test_what_prompts_begin_with_is_read_only_once(local_settings: Settings) -> None:
    prefix = [Message("system", "资料如下。" + "国家建立数据分类分级保护制度。" * 12)]
    model = LocalModel(local_settings)
    try:
        model.warm_up(prefix)
        model.wait(lambda *_: None)
        body = {
            "messages": [
                {"role": "system", "content": prefix[0].content},
                {"role": "user", "content": "说“好”。"},
            ],
            "max_tokens": 1,
        }
        read = []
        for slot in range(local_settings.llm_slots):
            answer = model._post(server(model), "/v1/chat/completions", body | {"id_slot": slot})
            read.append(answer["timings"]["prompt_n"])
        assert max(read) < 30
    finally:
        model.close()


def test_a_closed_answer_stops_at_once_and_frees_its_slot(model: LocalModel) -> None:
    answers = [model.stream(LONG, 900) for _ in range(2)]
    for answer in answers:
        assert next(answer)
    start = time.monotonic()
    for answer in answers:
        answer.close()
        assert list(answer) == []
    assert time.monotonic() - start < 0.5
    # Both slots would be busy for a minute yet.
    assert words(model, ONE_SENTENCE, 2)
    assert time.monotonic() - start < 20


def test_an_answer_can_be_closed_while_another_thread_waits_for_its_words(
    model: LocalModel,
) -> None:
    answer = model.stream(LONG, 900)
    next(answer)
    rest: list[str] = []
    reader = threading.Thread(target=lambda: rest.extend(answer))
    reader.start()
    answer.close()
    reader.join(timeout=2)
    assert not reader.is_alive()


def test_two_ask_at_once_and_both_get_their_words(model: LocalModel) -> None:
    one, two = model.stream(LONG, 40), model.stream(ONE_SENTENCE, 40)
    first = [next(one), next(two)]
    assert all(first)
    assert "".join(one) and "".join(two)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/tokenize", "/completion"])
@pytest.mark.parametrize("key", [None, "wrong"])
def test_nobody_without_the_key_is_answered(model: LocalModel, path: str, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = httpx.post(server(model).address + path, json={"content": "x"}, headers=headers)
    assert answer.status_code == 401


def test_no_other_page_may_read_the_answers(model: LocalModel) -> None:
    address, key = server(model).address, server(model).key.get_secret_value()
    assert address.startswith("http://127.0.0.1:")
    foreign = {"Origin": "http://evil.example"}
    asked = httpx.options(
        f"{address}/v1/chat/completions",
        headers=foreign | {"Access-Control-Request-Method": "POST"},
    )
    told = httpx.get(f"{address}/v1/models", headers=foreign | {"Authorization": f"Bearer {key}"})
    for answer in (asked, told):
        assert answer.headers.get("Access-Control-Allow-Origin", "") == ""
        assert answer.headers.get("Access-Control-Allow-Headers", "") == ""
        assert answer.headers.get("Access-Control-Allow-Credentials", "false") == "false"


@pytest.mark.parametrize("path", ["/", "/slots", "/metrics"])
def test_there_is_nothing_to_look_at(model: LocalModel, path: str) -> None:
    headers = {"Authorization": f"Bearer {server(model).key.get_secret_value()}"}
    assert httpx.get(server(model).address + path, headers=headers).status_code in (404, 501)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_key_is_neither_an_argument_nor_in_the_log(model: LocalModel) -> None:
    pid, key = server(model).pid, server(model).key.get_secret_value()
    log = model._settings.cache_dir / "logs" / "llm.log"
    assert key not in Path(f"/proc/{pid}/cmdline").read_text()
    assert key not in Path(f"/proc/{pid}/environ").read_text()
    assert key not in log.read_text(encoding="utf-8")
    assert key not in repr(server(model)._configuration)


def test_a_killed_process_ends_the_answer_with_a_sentence_and_is_started_again(
    model: LocalModel,
) -> None:
    answer = model.stream(LONG, 900)
    next(answer)
    killed = server(model).pid
    assert killed is not None
    start = time.monotonic()
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(LLMError, match=r"^本机大模型的进程意外中断，正在重新启动"):
        list(answer)
    assert time.monotonic() - start < 2
    with pytest.raises(LLMError, match="本机大模型"):
        list(model.stream(ONE_SENTENCE, 5))
    model.wait(lambda *_: None)
    assert server(model).pid != killed
    assert words(model, ONE_SENTENCE)


def test_a_process_that_dies_again_and_again_is_given_up(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[LocalServer] = []

    def start(self: LocalServer) -> None:
        self._process = subprocess.Popen(["false"], text=True)
        self.address = "http://127.0.0.1:9"
        started.append(self)

    monkeypatch.setattr(LocalServer, "start", start)
    model = LocalModel(local_settings)
    try:
        with pytest.raises(LLMError, match="反复中断，已停用"):
            model.wait(lambda *_: None)
        assert len(started) == 4
    finally:
        model.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_dies_with_its_parent_however_that_went(weights: Path, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(weights), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


def test_a_damaged_model_is_said_with_where_to_look(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(4096))
    model = LocalModel(Settings(llm_gguf=str(damaged), cache_dir=tmp_path))
    try:
        with pytest.raises(LLMError, match=r"启动失败：模型文件可能已损坏.*llm\.log"):
            model.wait(lambda *_: None)
        assert model.status.stage == "failed"
        with pytest.raises(LLMError, match="启动失败"):
            model.stream(ONE_SENTENCE, 5)
    finally:
        model.close()
