from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.llm.gguf import ensure_gguf
from qa.llm.local import LocalModel
from qa.llm.model import Message, Model
from qa.settings import Settings

ONE_SENTENCE = [
    Message("system", "你是法规问答助手，用一句话回答。"),
    Message("user", "重要数据的处理者应当按照规定向谁报送风险评估报告？"),
]
LONG = [Message("user", "写一篇很长的文章，逐条介绍中国的数据安全制度，至少一千字。")]


@pytest.fixture(scope="session")
def weights(settings: Settings) -> Path:
    """The real model, from the cache; fetched first where it is missing."""
    return ensure_gguf(settings, lambda *_: None)


@pytest.fixture(scope="session")
def local_settings(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The real model, small slots so that it starts quickly, logs in a folder of their own."""
    return Settings(
        llm="local",
        llm_gguf=str(weights),
        llm_context=1024,
        cache_dir=tmp_path_factory.mktemp("cache"),
    )


@pytest.fixture(scope="session")
def model(local_settings: Settings) -> Iterator[LocalModel]:
    """The real model in a server of its own, shared by the tests; ready."""
    opened = LocalModel(local_settings)
    opened.wait(lambda *_: None)
    yield opened
    opened.close()


def words(model: Model, messages: list[Message], max_tokens: int = 24) -> str:
    return "".join(model.stream(messages, max_tokens))
