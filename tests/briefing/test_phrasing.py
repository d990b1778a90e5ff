"""What of a model's words may stand in a briefing; the model here is an endpoint that dies."""

from collections.abc import Iterator

import pytest

from qa.answering.relevance import Relevance
from qa.answering.writer import Writer
from qa.assistant import Assistant
from qa.briefing.model import Part, Point, PointGroup, Points
from qa.briefing.phrasing import Phraser, is_gain
from qa.briefing.request import Request
from qa.briefing.wording import source
from qa.index.embedding import Embedder
from qa.ingest.provision import Provision
from qa.llm.hosted import HostedModel
from qa.settings import Settings
from tests.llm.faulty import Fault, Faulty, Handler, faulty, half_a_stream

SHORT = (
    "非经中华人民共和国主管机关批准，境内的组织、个人不得向外国司法或者执法机构提供"
    "存储于中华人民共和国境内的数据。"
)


@pytest.fixture(scope="module")
def article(assistant: Assistant) -> Provision:
    """On data for foreign courts: who decides, and what is forbidden without leave."""
    held = assistant.reading.provisions("dsl")
    return next(p for p in held if p.locator == "第三十六条")


@pytest.fixture(scope="module")
def printed(article: Provision) -> Point:
    text = article.text.split("　")[-1].split(" ", 1)[-1]
    return Point(text, (source(article, text),))


def says(text: str) -> Fault:
    def fault(handler: Handler) -> None:
        handler.begin()
        handler.say(text)
        handler.say("", "stop")
        handler.end()

    return fault


@pytest.fixture
def dies_after_one() -> Iterator[Faulty]:
    with faulty(says(SHORT), half_a_stream) as endpoint:
        yield endpoint


def parts(point: Point) -> tuple[Part, ...]:
    groups = (PointGroup("主体与职责", (point,)), PointGroup("禁止", (point,)))
    return (Part("要点", "要点", Points(groups)),)


def phraser(
    address: str, assistant: Assistant, embedder: Embedder, printed: Point, seconds: float
) -> Phraser:
    settings = Settings(llm_api_base=address, llm_model="some-model")
    writer = Writer(HostedModel(settings, address, "some-model"), Relevance(embedder), settings)
    held = {s.provision_id: assistant.provision(s.provision_id) for s in printed.sources}
    return Phraser(writer, held, seconds)


@pytest.mark.parametrize(
    ("said", "may_stand"),
    [
        (SHORT, True),
        (SHORT.replace("不得", "可以"), False),
        (SHORT.replace("非经", "非经 30 日内"), False),
        (SHORT.replace("境内的组织", "《民法典》规定的组织"), False),
        ("主管机关处理外国司法或者执法机构关于提供数据的请求。", False),  # the prohibition is lost
        (SHORT.removesuffix("。"), False),
        ("不得提供。", False),
    ],
)
def test_shorter_words_stand_only_where_they_say_the_same(
    said: str, may_stand: bool, article: Provision, printed: Point
) -> None:
    assert is_gain(said, printed.text, (article,)) is may_stand


def test_what_is_no_shorter_does_not_stand(article: Provision, printed: Point) -> None:
    assert not is_gain(printed.text, printed.text, (article,))


def test_a_model_that_dies_midway_leaves_the_rest_as_printed_and_a_notice(
    dies_after_one: Faulty, assistant: Assistant, embedder: Embedder, printed: Point
) -> None:
    told: list[str] = []
    made = phraser(dies_after_one.address, assistant, embedder, printed, 60)(
        parts(printed), lambda kind, done, count: told.append(kind)
    )
    content = made.parts[0].content
    assert isinstance(content, Points)
    first, second = (group.points for group in content.groups)
    assert first == (Point(SHORT, printed.sources),)
    assert second == (printed,)
    assert (told, made.phrased, made.tried) == (["要点", "要点"], 1, 2)
    assert not made.notice.startswith("较长")
    assert "1 处由大模型（some-model）" in made.notice


def test_without_time_nothing_is_asked_for(
    dies_after_one: Faulty, assistant: Assistant, embedder: Embedder, printed: Point
) -> None:
    before = parts(printed)
    made = phraser(dies_after_one.address, assistant, embedder, printed, 0)(
        before, lambda *step: None
    )
    assert (made.parts, made.tried) == (before, 0)
    assert dies_after_one.requests == []


def test_without_a_model_the_briefing_is_made_and_says_so(assistant: Assistant) -> None:
    made = assistant.brief(Request(topic="数字乡村", parts=("指标",)), mode="llm")
    assert any("没有启用大模型" in notice for notice in made.notices)
