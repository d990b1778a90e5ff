"""A model behind somebody's OpenAI-compatible endpoint."""

from collections.abc import Sequence

from qa.llm.endpoint import Client, Endpoint, Generation
from qa.llm.model import Message, Model, Status, estimate_tokens
from qa.progress import Progress
from qa.settings import Settings


class HostedModel(Model):
    """Always ready; whether it answers shows when it is asked."""

    local = False
    prefill_tokens_per_s = None

    def __init__(self, settings: Settings, api_base: str, name: str) -> None:
        self.name = name
        self._client = Client(
            Endpoint(
                model=name,
                api_base=api_base,
                api_key=settings.llm_api_key,
                timeout_s=settings.llm_timeout_s,
                context=settings.llm_context,
                local=False,
            )
        )

    @property
    def status(self) -> Status:
        """Ready."""
        return Status("ready", self.name)

    def wait(self, progress: Progress) -> None:
        """Nothing to wait for."""

    def count_tokens(self, text: str) -> int:
        """By characters."""
        return estimate_tokens(text)

    def stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        grammar: str | None = None,
        stop: Sequence[str] = (),
    ) -> Generation:
        """See `Model.stream`; the grammar is left out."""
        return self._client.stream(messages, max_tokens, stop=stop)

    def warm_up(self, messages: Sequence[Message]) -> None:
        """Whether a prefix is kept is the host's affair."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
