"""The LLM that writes the answers, hosted or local, behind one interface."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qa.errors import LLMError, SettingsError
from qa.llm.gguf import wanted
from qa.progress import Progress
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.llm.endpoint import Generation

__all__ = ["LLMError", "Message", "Model", "Status", "open_model"]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with the model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Status:
    """How far the model has come. `done` of `total` in bytes, 0 where unknown."""

    stage: Literal["download", "load", "ready", "failed"]
    label: str
    done: int = 0
    total: int = 0
    fault: str | None = None
    """One sentence, when it is not to be had."""


class Model(ABC):
    """Writes answers; several threads may call it."""

    name: str
    local: bool
    prefill_tokens_per_s: float | None
    """How fast it reads a prompt, as measured; None where it was not."""

    @property
    @abstractmethod
    def status(self) -> Status:
        """How far it has come, for the page."""

    def ready(self) -> bool:
        """Whether it can write now."""
        return self.status.stage == "ready"

    @abstractmethod
    def wait(self, progress: Progress) -> None:
        """Return when it is ready. Raises `LLMError` when it will not be."""

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """Tokens of a text: exactly for a local model that is ready, else estimated."""

    @abstractmethod
    def stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        grammar: str | None = None,
        stop: Sequence[str] = (),
    ) -> "Generation":
        """The answer in words as they come, at temperature 0.

        Iterating raises `LLMError` with a sentence for the reader. Closing ends it at the
        server, too. `grammar` (GBNF) holds where the server knows it, which is the local one.
        """

    @abstractmethod
    def warm_up(self, messages: Sequence[Message]) -> None:
        """Let the model read what all prompts begin with, so that it need not read it again.

        Returns at once; it is done before the model is ready, and after each restart.
        """

    @abstractmethod
    def close(self) -> None:
        """Let it go: a local one ends its process."""


def open_model(settings: Settings) -> Model | None:
    """The model of the settings, None for `llm = "none"`.

    Returns at once: a local model is fetched and started in the background. Raises
    `SettingsError` when an endpoint lacks its model's name.
    """
    if settings.llm == "none":
        return None
    if not wanted(settings) and settings.llm_api_base:
        from qa.llm.hosted import HostedModel

        if not settings.llm_model:
            raise SettingsError(
                "设置了大模型的接口 QA_LLM_API_BASE，还需要用 QA_LLM_MODEL 写明模型的名称。"
            )
        return HostedModel(settings, settings.llm_api_base, settings.llm_model)
    from qa.llm.local import LocalModel

    return LocalModel(settings)


def estimate_tokens(text: str) -> int:
    """Tokens by characters, rather too many than too few."""
    wide = sum(ord(character) >= 0x2E80 for character in text)
    return round(0.8 * wide + 0.4 * (len(text) - wide)) + 1
