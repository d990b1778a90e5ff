import logging
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from qa.errors import LLMError, SettingsError
from qa.llm.hosted import HostedModel
from qa.llm.local import LocalModel
from qa.llm.model import Model, open_model
from qa.settings import Settings
from tests.llm import faulty as server
from tests.llm.conftest import ONE_SENTENCE, words
from tests.llm.faulty import Fault, faulty

KEY = "sk-very-secret-0123456789"
CLOSED = "http://127.0.0.1:9/v1"

Opened = Callable[..., Model]


@pytest.fixture
def hosted() -> Iterator[Opened]:
    """Opens the model of an endpoint, and closes it when the test is over."""
    opened: list[Model] = []

    def at(address: str, timeout_s: float = 30.0) -> Model:
        settings = Settings(
            llm_api_base=address,
            llm_api_key=SecretStr(KEY),
            llm_model="some-model",
            llm_timeout_s=timeout_s,
        )
        model = open_model(settings)
        assert isinstance(model, HostedModel)
        opened.append(model)
        return model

    yield at
    for model in opened:
        model.close()


def test_the_endpoint_gets_its_key_the_messages_and_temperature_zero(hosted: Opened) -> None:
    with faulty(server.fine) as told:
        model = hosted(told.address)
        assert (model.ready(), model.local, model.name) == (True, False, "some-model")
        assert words(model, ONE_SENTENCE, 50) == "数据安全"
    (request,) = told.requests
    assert request["messages"] == [{"role": m.role, "content": m.content} for m in ONE_SENTENCE]
    assert (request["model"], request["temperature"], request["max_tokens"]) == (
        "some-model",
        0.0,
        50,
    )
    assert request["stream"] is True
    assert told.keys == [f"Bearer {KEY}"]


def test_a_grammar_is_kept_from_servers_that_do_not_know_it(hosted: Opened) -> None:
    with faulty(server.fine) as told:
        list(hosted(told.address).stream(ONE_SENTENCE, 5, grammar='root ::= "a"', stop=["。"]))
    assert "grammar" not in told.requests[0]
    assert told.requests[0]["stop"] == ["。"]


@pytest.mark.parametrize(
    ("fault", "attempts", "sentence"),
    [
        (server.status(401), 1, "拒绝了密钥（401）；请检查设置 QA_LLM_API_KEY"),
        (server.status(403), 1, "拒绝了密钥（403）"),
        (server.status(404), 1, "没有这个模型或地址（404）；请检查设置 QA_LLM_MODEL"),
        (server.status(400), 1, "不接受这次请求（400）"),
        (server.status(429), 3, "请求过多或额度用完（429），重试后仍未成功"),
        (server.status(500), 3, "接口出错（500），重试后仍未成功"),
        (server.drop, 3, "连不上大模型的接口；请检查网络和设置 QA_LLM_API_BASE"),
        (server.half_a_stream, 1, "在中途断开"),
        (server.half_an_answer, 1, "在中途断开"),
        (server.nothing, 1, "没有给出任何内容"),
        (server.garbage, 1, "大模型的接口"),
    ],
)
def test_each_fault_of_an_endpoint_is_one_clear_sentence_without_the_key(
    fault: Fault,
    attempts: int,
    sentence: str,
    hosted: Opened,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with faulty(fault) as told:
        with pytest.raises(LLMError) as error:
            words(hosted(told.address), ONE_SENTENCE)
        assert len(told.requests) == attempts
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert KEY not in "".join(traceback.format_exception(error.value))
    assert KEY not in caplog.text


@pytest.mark.parametrize("fault", [server.hang, server.hang_with_pings])
def test_an_endpoint_that_hangs_is_given_up_in_time(fault: Fault, hosted: Opened) -> None:
    with faulty(fault) as told:
        start = time.monotonic()
        with pytest.raises(LLMError, match=r"长时间没有回应.*QA_LLM_TIMEOUT_S"):
            words(hosted(told.address, timeout_s=1.0), ONE_SENTENCE)
        assert 0.9 < time.monotonic() - start < 4
        assert len(told.requests) == 1


def test_a_closed_port_is_said(hosted: Opened) -> None:
    with pytest.raises(LLMError, match="连不上大模型的接口"):
        words(hosted(CLOSED), ONE_SENTENCE)


@pytest.mark.parametrize("first", [server.status(429), server.status(503), server.drop])
def test_an_endpoint_that_recovers_is_asked_again(first: Fault, hosted: Opened) -> None:
    with faulty(first, server.fine) as told:
        assert words(hosted(told.address), ONE_SENTENCE) == "数据安全"
        assert len(told.requests) == 2


def test_words_that_came_before_the_fault_are_not_asked_for_again(hosted: Opened) -> None:
    heard: list[str] = []
    with faulty(server.half_a_stream, server.fine) as told:
        with pytest.raises(LLMError, match="中途断开"):
            heard.extend(hosted(told.address).stream(ONE_SENTENCE, 5))
        assert len(told.requests) == 1


@pytest.mark.parametrize("how", ["close", "forget"])
def test_an_answer_nobody_wants_any_more_is_ended_at_the_server(how: str, hosted: Opened) -> None:
    with faulty(server.endless) as told:
        answer = hosted(told.address).stream(ONE_SENTENCE, 500)
        assert next(answer) == "数据"
        if how == "close":
            answer.close()
            assert list(answer) == []
        else:
            del answer
        assert told.cut.wait(2)


def test_a_key_never_shows_in_the_settings() -> None:
    settings = Settings(llm_api_key=SecretStr(KEY))
    assert KEY not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_the_settings_say_whose_model_writes(local_settings: Settings) -> None:
    assert open_model(Settings(llm="none", llm_api_base=CLOSED)) is None
    with pytest.raises(SettingsError, match="QA_LLM_MODEL"):
        open_model(Settings(llm_api_base=CLOSED))
    model = open_model(local_settings.model_copy(update={"llm_api_base": CLOSED}))
    assert isinstance(model, LocalModel)
    model.close()
