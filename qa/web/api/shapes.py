"""The shapes of the API's own requests and answers, as its description shows them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_MOST_TURNS = 50
_LONGEST_TURN = 20_000


class Strict(BaseModel):
    """Refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


Levels = Annotated[
    list[str], Field(default_factory=list, max_length=20, description="只查这些层级，例如 法律")
]
Regions = Annotated[
    list[str], Field(default_factory=list, max_length=20, description="只查国家或山东")
]
Documents = Annotated[
    list[str],
    Field(default_factory=list, max_length=100, description="只查这些文件：id、全称或简称都可以"),
]
Years = Annotated[
    list[int],
    Field(
        default_factory=list,
        max_length=50,
        description="只查这些年的：按发布年份，讲话和清单所列文件按各自的年份",
    ),
]
AsOf = Annotated[
    str | None,
    Field(
        max_length=10,
        description="按这一天施行的文本，例如 2024-06-01；不写为现行的。旧文本只在这样问时查到",
        examples=["2024-06-01"],
    ),
]
TopK = Annotated[int | None, Field(ge=1, le=100, description="最多返回几条；不写按系统设置")]


class TurnBody(Strict):
    """之前对话中的一句。"""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=_LONGEST_TURN)


History = Annotated[
    list[TurnBody],
    Field(default_factory=list, max_length=_MOST_TURNS, description="之前的对话，先问的在前"),
]


class SearchQuery(Strict):
    """The parameters of a search by address."""

    q: str = Field(description="要查的话")
    top_k: TopK = None
    level: Levels
    region: Regions
    document: Documents
    year: Years
    as_of: AsOf = None


class SearchBody(Strict):
    """要查的话，以及检索的范围。"""

    question: str = Field(description="要查的话", examples=["重要数据出境"])
    history: History
    top_k: TopK = None
    level: Levels
    region: Regions
    document: Documents
    year: Years
    as_of: AsOf = None


class AskBody(Strict):
    """要问的话，以及怎样回答。"""

    question: str = Field(description="要问的话", examples=["个人信息泄露了单位要做什么"])
    history: History
    level: Levels
    region: Regions
    document: Documents
    year: Years
    as_of: AsOf = None
    mode: Literal["auto", "llm", "extract"] = Field(
        "auto", description="auto 有大模型用大模型，llm 必由大模型作答，extract 只摘录原文"
    )
    stream: bool | None = Field(
        None,
        description="true 逐步发来（server-sent events），false 一次返回 JSON；"
        "不写则按请求头 Accept，默认逐步发来",
    )


class PassageJson(Strict):
    """一条候选依据。"""

    provision_id: str
    document: str = Field(description="文件全称")
    locator: str = Field(description="条款或段落的位置")
    text: str = Field(description="原文，逐字")
    score: float = Field(description="(0, 1]；1 为直接命中")
    why: str = Field(description="命中原因")
    page: int | None = Field(None, description="原件的第几页；原件没有分页时不写")


class SearchJson(Strict):
    """检索结果，与 qa search --json 相同。"""

    question: str
    passages: list[PassageJson]
    missing: list[str] = Field(description="问到而并不存在的条款，一条一句")
    timings_ms: dict[str, float] = Field(description="各步用时，毫秒")


class CitationJson(Strict):
    """回答里的一处引用。"""

    n: int = Field(description="回答里方括号中的编号")
    provision_id: str
    document: str
    locator: str
    quote: str = Field(description="所引原文，逐字；多处以换行分隔")
    page: int | None = Field(None, description="所引原文在原件的第几页；原件没有分页时不写")


class AnswerJson(Strict):
    """一个回答，或说明理由的拒答。"""

    text: str = Field(description="Markdown，引用写作 [n]")
    citations: list[CitationJson]
    refused: bool
    refusal_reason: str | None
    mode: Literal["llm", "extract"]
    notices: list[str] = Field(description="已修改、会签稿、勘误等提示")
    model: str | None
    supported: float | None = Field(description="核对到依据的句子所占比例，[0, 1]")


class AskJson(Strict):
    """回答及其依据，与 qa ask --json 相同。"""

    question: str
    answer: AnswerJson
    passages: list[PassageJson]
    timings_ms: dict[str, float]
    tokens: dict[str, int]


class DocumentJson(Strict):
    """目录里的一份文件；null 表示汇编没有写明。"""

    id: str
    title: str
    names: list[str] = Field(description="简称")
    level: str
    region: str
    issuer: str | None
    issued: str | None = Field(description="首次发布：年、年月或年月日")
    changed: str | None = Field(description="这份文本最近一次修改")
    effective: str | None = Field(description="这份文本开始施行")
    draft: bool
    status: str | None = Field(description="amended 已修改，repealed 已废止")
    note: str | None = Field(description="给读者的一句说明")
    version_of: str | None = Field(description="它是哪份文件的新文本：那份文件的 id")
    superseded: str | None = Field(description="从这一天起不再施行")
    url: str


class PlaceJson(Strict):
    """文件里的一处条文，不含原文。"""

    provision_id: str
    locator: str
    kind: str
    headings: list[str]
    url: str


class WholeDocumentJson(DocumentJson):
    """一份文件，附全部条文的位置。"""

    provisions: list[PlaceJson]


class PartJson(Strict):
    """条文里可以单独指明的一款、一项或一格。"""

    label: str
    text: str


class ErratumJson(Strict):
    """汇编的一处印刷错误；原文照旧。"""

    printed: str
    correct: str | None
    note: str


class ProvisionJson(Strict):
    """一条条文的全部内容。"""

    provision_id: str
    document_id: str
    document: str
    kind: str
    locator: str
    headings: list[str]
    text: str = Field(description="原文，逐字")
    page: int | None = Field(description="在原件的第几页；null 表示原件没有分页")
    parts: list[PartJson]
    departments: list[str]
    date: str | None
    errata: list[ErratumJson]
    notices: list[str] = Field(description="所在文件的提示")
    previous: str | None = Field(description="前一条的 provision_id")
    next: str | None = Field(description="后一条的 provision_id")
    url: str


class FaultJson(BaseModel):
    """没有做成；一句话说明原因。"""

    error: str


_WAIT = {"Retry-After": {"description": "秒", "schema": {"type": "integer"}}}
FAULTS: dict[int, dict[str, object]] = {
    400: {"model": FaultJson, "description": "这个问题不能处理，例如太长"},
    401: {"model": FaultJson, "description": "没有密钥，或密钥不可用"},
    403: {"model": FaultJson, "description": "一次性密码还没有换掉，或用户已停用"},
    404: {"model": FaultJson, "description": "没有这份文件或这条条文"},
    413: {"model": FaultJson, "description": "发来的内容太长"},
    422: {"model": FaultJson, "description": "字段不对"},
    429: {"model": FaultJson, "description": "问得太多；过 Retry-After 秒再试", "headers": _WAIT},
    500: {"model": FaultJson, "description": "意外的错误"},
}
_ANYWHERE = (401, 403, 413, 429, 500)


def faults(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The description of the errors with these statuses, and of those that may come anywhere."""
    return {status: {**FAULTS[status]} for status in sorted({*statuses, *_ANYWHERE})}


def events(*names: str) -> dict[str, object]:
    """The description of server-sent events; `names`: the kinds that they have, if any."""
    kinds = {"event": {"enum": [*names]}} if names else {}
    data = {"type": "string", "contentMediaType": "application/json"}
    one = {"type": "object", "required": [*kinds, "data"], "properties": {**kinds, "data": data}}
    return {"text/event-stream": {"itemSchema": one}}
