"""The shapes of OpenAI's chat completions, as far as they are read and written here."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from qa.web.api.shapes import faults


class TextPart(BaseModel):
    """消息的一部分；只读其中的文字。"""

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """一条消息。"""

    role: str
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """流式返回的选项。"""

    include_usage: bool | None = None


class ChatBody(BaseModel):
    """一次对话的请求；没有列出的参数一概忽略，因为各家客户端都会附上一些。"""

    messages: list[ChatMessage] = Field(max_length=2000)
    model: str | None = Field(None, max_length=200)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    as_of: str | None = Field(
        None, max_length=10, description="按这一天施行的文本回答，例如 2024-06-01；不写为现行的"
    )

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the count of tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)


class UrlCitation(BaseModel):
    """引用在文字中的位置，以及它的永久链接。"""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """一处引用。"""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """回答。"""

    role: Literal["assistant"]
    content: str
    refusal: str | None
    annotations: list[Annotation]


class Choice(BaseModel):
    """只有一个。"""

    index: int
    message: AssistantMessage
    logprobs: Any
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """词元数；只摘录原文时为 0。"""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatJson(BaseModel):
    """一次对话的结果。"""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class ModelJson(BaseModel):
    """一个模型。"""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str

    @classmethod
    def of(cls, name: str) -> "ModelJson":
        """The model of this name."""
        return cls(id=name, object="model", created=0, owned_by=name)


class ModelsJson(BaseModel):
    """可用的模型。"""

    object: Literal["list"]
    data: list[ModelJson]


class FaultDetail(BaseModel):
    """为什么没有做成。"""

    message: str
    type: str
    param: None
    code: None


class ChatFaultJson(BaseModel):
    """没有做成；一句话说明原因，按 OpenAI 的格式。"""

    error: FaultDetail


def chat_faults(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The description of these errors, and of those that may come anywhere."""
    described = faults(*statuses).items()
    return {status: {**told, "model": ChatFaultJson} for status, told in described}
