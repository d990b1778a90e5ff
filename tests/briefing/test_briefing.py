import time
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering.checked import is_supported
from qa.assistant import Assistant
from qa.briefing import parts
from qa.briefing.briefer import _ids
from qa.briefing.model import (
    Briefing,
    Contrast,
    Indicators,
    Point,
    Points,
    Questions,
    Quiz,
    Source,
    Speeches,
    Texts,
    Timeline,
    from_json,
    to_json,
)
from qa.briefing.plan import FOLDER
from qa.briefing.request import Request
from qa.briefing.work import Work
from qa.errors import BriefingError
from qa.ingest.provision import Provision
from tests.briefing.measure import held

SECONDS = 10


TOPICS = ("公共数据开放", "个人信息保护", "数字经济")


@pytest.fixture(scope="module")
def made(assistant: Assistant) -> dict[str, Briefing]:
    return {topic: assistant.brief(Request(topic=topic)) for topic in TOPICS}


@pytest.fixture(scope="module")
def briefing(made: dict[str, Briefing]) -> Briefing:
    return made["公共数据开放"]


def sources(value: object) -> list[Source]:
    return [each for each in held(value) if isinstance(each, Source)]


def test_a_topic_is_written_in_time_and_every_part_stands(assistant: Assistant) -> None:
    told: list[tuple[str, int, int]] = []
    started = time.perf_counter()
    made = assistant.brief(Request(topic="数据安全"), lambda *step: told.append(step))
    assert time.perf_counter() - started < SECONDS
    assert not any(part.failed for part in made.parts)
    assert told[-1] == ("", 10, 10)
    assert {name for name, _, _ in told[:-1]} == {part.kind for part in made.parts}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_citation_is_verbatim_and_every_statement_passes_the_check_of_answers(
    assistant: Assistant, made: dict[str, Briefing], topic: str
) -> None:
    cited = sources(made[topic].parts)
    assert len(cited) > 40
    for source in cited:
        text = assistant.provision(source.provision_id).text
        assert all(line in text for line in source.quote.split("\n")), source
    stated = [each for each in held(made[topic].parts) if isinstance(each, Point)]
    assert len(stated) > 15
    assert [each for each in stated if not assistant.check(each.text, each.sources)] == []


def test_points_pass_the_check_of_answers(assistant: Assistant, briefing: Briefing) -> None:
    content = briefing.parts[0].content
    assert isinstance(content, Points)
    points = [point for group in content.groups for point in group.points]
    assert 5 <= len(points) <= 12
    for point in points:
        cited: tuple[Provision, ...] = tuple(
            assistant.provision(source.provision_id) for source in point.sources
        )
        assert is_supported(point.text, cited)
    told = {group.subtopic: group.points for group in content.groups}
    assert any("是指" in point.text for point in told["定义"])
    assert any("不得" in point.text for point in told["禁止"])


def test_full_texts_come_by_rank_of_law_with_misprints_noted(briefing: Briefing) -> None:
    part = briefing.part("条文原文")
    assert part and isinstance(part.content, Texts)
    ranks = ["法律", "行政法规", "地方性法规", "省政府规章", "国家政策文件", "省政策文件"]
    levels = [ranks.index(group.level) for group in part.content.documents]
    assert levels == sorted(levels)
    notes = {p.locator: p.notes for group in part.content.documents for p in group.provisions}
    assert "多一“件”字" in "".join(notes["第八条"])


def test_national_and_provincial_words_stand_on_their_sides(
    assistant: Assistant, briefing: Briefing
) -> None:
    part = briefing.part("国家与山东对照")
    assert part and isinstance(part.content, Contrast) and len(part.content.rows) > 3

    def region(source: Source) -> str:
        return assistant.document(assistant.provision(source.provision_id).document_id).region

    for row in part.content.rows:
        assert {region(s) for s in sources(row.left)} <= {"国家"}
        assert {region(s) for s in sources(row.right)} <= {"山东"}


def test_the_timeline_has_effect_and_targets_in_order(briefing: Briefing) -> None:
    part = briefing.part("时间线")
    assert part and isinstance(part.content, Timeline)
    events = {(e.date, e.sort): e.text for e in part.content.events}
    assert events["2022-04-01", "施行"] == "《山东省公共数据开放办法》施行"
    assert events["2025", "目标"].startswith("到 2025 年")
    years = [event.year for event in part.content.events]
    assert years == sorted(years)


def test_indicators_are_numbers_for_a_chart(briefing: Briefing) -> None:
    part = briefing.part("指标")
    assert part and isinstance(part.content, Indicators)
    rows = {row.name: row for table in part.content.tables for row in table.rows}
    values = [(v.year, v.number) for v in rows["公共数据开放率"].values]
    assert values == [(2020, 9.8), (2022, 20.0), (2025, 30.0)]
    assert rows["公共数据开放率"].unit == "%"


def test_questions_are_answered_with_citations(briefing: Briefing) -> None:
    part = briefing.part("常见问答")
    assert part and isinstance(part.content, Questions)
    assert 5 <= len(part.content.items) <= 10
    assert all(point.sources for item in part.content.items for point in item.answer)


@pytest.mark.parametrize("topic", TOPICS)
def test_exactly_one_option_of_a_choice_is_right(
    assistant: Assistant, made: dict[str, Briefing], topic: str
) -> None:
    part = made[topic].part("自测题")
    assert part and isinstance(part.content, Quiz)
    content = part.content
    forms = [item.form for item in content.items]
    assert {"单选", "判断", "问答"} == {*forms}
    for item in content.items:
        printed = assistant.provision(item.source.provision_id).text.replace("\n", "")
        if item.form == "单选":
            gap = item.stem.partition("规定：“")[2].rpartition("”")[0]
            filled = [
                gap.replace("（　　）", option) if "（　　）" in gap else option
                for option in item.options
            ]
            assert [n for n, text in enumerate(filled) if text in printed] == [item.key], item
        elif item.form == "判断":
            said = item.stem.partition("规定：")[2]
            assert (said in printed) == (item.key == 0), item


def test_speeches_come_on_request_with_date_and_occasion(assistant: Assistant) -> None:
    content = assistant.brief(Request(topic="网络安全", parts=("讲话摘编",))).parts[0].content
    assert isinstance(content, Speeches)
    assert all(quote.occasion.startswith("20") for quote in content.quotes)


def test_a_draft_comes_back_as_it_was_kept(briefing: Briefing) -> None:
    assert from_json(to_json(briefing)) == briefing
    with pytest.raises(BriefingError, match="重新生成"):
        from_json('{"title": 1}')


def test_a_part_that_breaks_leaves_a_note_and_the_rest_stands(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(work: Work) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("qa.briefing.briefer.WRITERS", {**parts.WRITERS, "时间线": breaks})
    made = assistant.brief(Request(topic="数字乡村", parts=("时间线", "要点")))
    assert made.parts[0].failed
    assert "没有写成" in made.parts[0].note
    assert made.parts[1].content


def test_ticked_provisions_and_no_others_are_printed_in_full(assistant: Assistant) -> None:
    outline = assistant.outline(Request(topic="数据出境"))
    ticked = tuple(each.provision_id for each in outline.provisions[:3])
    request = Request(topic="数据出境", provisions=ticked, parts=("要点", "条文原文"))
    made = assistant.brief(request)
    assert {*_ids(made.parts[1].content)} == {*ticked}
    with pytest.raises(BriefingError, match="最多收 120 条"):
        assistant.brief(replace(request, provisions=tuple(map(str, range(200)))))


def test_a_trainers_own_template_is_used(assistant: Assistant, tmp_path: Path) -> None:
    text = (FOLDER / "法律专题培训.toml").read_text(encoding="utf-8")
    own = tmp_path / "我的.toml"
    own.write_text(text.partition("\n[[part]]")[0] + '[[part]]\nkind = "指标"\n', encoding="utf-8")
    made = assistant.brief(Request(topic="数字政府", template=str(own)))
    assert [part.kind for part in made.parts] == ["指标"]
    own.write_text('name = "x"', encoding="utf-8")
    with pytest.raises(BriefingError, match=r"我的\.toml"):
        assistant.brief(Request(topic="数字政府", template=str(own)))


def test_compared_documents_stand_side_by_side(assistant: Assistant) -> None:
    request = Request(compare=("数据安全法", "个保法"), parts=("国家与山东对照",))
    content = assistant.brief(request).parts[0].content
    assert isinstance(content, Contrast)
    assert (content.left, content.right) == ("数据安全法", "个人信息保护法")
    assert content.rows[0].subject == "定义"


@pytest.mark.parametrize("topic", ["算力", "人脸识别", "数据要素", "电子证照"])
def test_what_is_in_print_is_a_topic(assistant: Assistant, topic: str) -> None:
    assert assistant.outline(Request(topic=topic)).provisions


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Request(topic="  "), "主题是空的"),
        (Request(topic="婚姻家庭"), "没有关于“婚姻家庭”的内容.*最接近的是《"),
        (Request(department="省科技局"), "没有“省科技局”这个部门.*省科技厅"),
        (Request(document="民法典"), "没有收录“民法典”"),
        (Request(compare=("数据安全法", "dsl")), "请换一份"),
        (Request(topic="数据安全", template="周报"), "没有叫“周报”的模板.*单部法律解读"),
        (Request(topic="数据安全", provisions=("不存在",)), "请重新选择"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(
    assistant: Assistant, request_: Request, sentence: str
) -> None:
    with pytest.raises(BriefingError, match=sentence):
        assistant.brief(request_)
