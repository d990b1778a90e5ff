"""A briefing as slides: what is in the file, and how LibreOffice shows it."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from PIL import ImageFont
from pptx import Presentation
from pptx.util import Pt
from pypdf import PdfReader

from qa.assistant import Assistant
from qa.briefing.model import (
    Briefing,
    Duties,
    Indicators,
    Part,
    Point,
    PointGroup,
    Points,
    Quiz,
    Texts,
    Timeline,
)
from qa.briefing.request import Request
from qa.export.briefing import to_pptx

WIDTH, HEIGHT, FOOT = 960, 540, 516
"""Points."""


@dataclass(frozen=True)
class Shown:
    briefing: Briefing
    slides: list[Any]
    pages: list[Any]


def opened(briefing: Briefing) -> list[Any]:
    return [*Presentation(BytesIO(to_pptx(briefing))).slides]


def endless(briefing: Briefing) -> Briefing:
    """Titles, points and tasks far longer and more than any slide has room for."""
    long = "数据处理者应当按照规定开展风险评估并报送报告。" * 30
    part = briefing.part("要点")
    assert part and isinstance(part.content, Points)
    source = part.content.groups[0].points[0].sources[0]
    point = Point(long + "无标点" * 200, (source,))
    points = Points((PointGroup("义务", (point, part.content.groups[0].points[0])),))
    duties = briefing.part("责任分工")
    assert duties and isinstance(duties.content, Duties)
    row = duties.content.rows[0]
    rows = (replace(row, task=long, group=long), *(replace(row, task=f"{n}") for n in range(90)))
    return replace(
        briefing,
        title="很长的标题" * 40,
        notices=(long,),
        parts=(
            Part("要点", "各方的义务" * 20, points),
            Part("责任分工", "责任分工", replace(duties.content, rows=rows)),
            Part("指标", "指标", None, "汇编里没有这一主题的指标。"),
        ),
    )


@pytest.fixture(scope="module")
def decks(
    assistant: Assistant, briefing: Briefing, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Shown]:
    """Printed by LibreOffice in one run."""
    folder = tmp_path_factory.mktemp("slides")
    made = {
        "topic": briefing,
        "department": assistant.brief(Request(department="省商务厅")),
        "compare": assistant.brief(Request(compare=("数据安全法", "个人信息保护法"))),
        "endless": endless(briefing),
    }
    for name, each in made.items():
        (folder / f"{name}.pptx").write_bytes(to_pptx(each))
    files = [str(folder / f"{name}.pptx") for name in made]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    form = ["--headless", "--convert-to", "pdf:impress_pdf_Export", "--outdir", str(folder)]
    command = ["soffice", profile, *form, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {
        name: Shown(
            each,
            [*Presentation(str(folder / f"{name}.pptx")).slides],
            [*PdfReader(folder / f"{name}.pdf").pages],
        )
        for name, each in made.items()
    }


def dense(text: str) -> str:
    return re.sub(r"\s", "", text)


def title(slide: Any) -> str:
    return str(slide.shapes.title.text_frame.text)


def read_out(slide: Any) -> str:
    return dense(slide.notes_slide.notes_text_frame.text) if slide.has_notes_slide else ""


def said(slide: Any) -> str:
    return dense("".join(f.text for f, *_ in frames(slide)))


def frames(slide: Any) -> Iterator[tuple[Any, float, float]]:
    """Texts with the width and height that they have."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame, shape.width / 12700, shape.height / 12700
        elif shape.has_table:
            table = shape.table
            columns = [column.width / 12700 for column in table.columns]
            for row in table.rows:
                for n, cell in enumerate(row.cells):
                    if not cell.is_spanned:
                        span = cell.span_width if cell.is_merge_origin else 1
                        wide = sum(columns[n : n + span])
                        inside = wide - (cell.margin_left + cell.margin_right) / 12700
                        yield cell.text_frame, inside, row.height / 12700 - 8


@pytest.fixture(scope="module")
def font() -> ImageFont.FreeTypeFont:
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Noto Sans CJK SC:lang=zh-cn"],
        check=True,
        capture_output=True,
        text=True,
    )
    return ImageFont.truetype(found.stdout, 100)


def height(frame: Any, width: float, font: ImageFont.FreeTypeFont) -> float:
    """As the font's own widths and the file's own line spacing make it."""
    taken = 0.0
    for paragraph in frame.paragraphs:
        sizes = {run.font.size.pt for run in paragraph.runs}
        if not sizes:
            continue
        (size,) = sizes
        lines, used = 1, 0.0
        for sign in "".join(run.text for run in paragraph.runs):
            wide = font.getlength(sign) * size / 100
            lines, used = (lines + 1, wide) if used + wide > width + 0.01 else (lines, used + wide)
        taken += lines * paragraph.line_spacing.pt
    return taken


def test_each_slide_is_a_page_with_text_and_without_lost_signs(decks: dict[str, Shown]) -> None:
    for name, shown in decks.items():
        assert len(shown.pages) == len(shown.slides) > 4, name
        for number, page in enumerate(shown.pages, start=1):
            text = dense(page.extract_text())
            assert not re.search("[\ufffd\u25a1\x00]", text), (name, number)
            assert len(text) > len(dense(title(shown.slides[number - 1]))) + 12, (name, number)


def test_no_text_is_larger_than_its_place(
    decks: dict[str, Shown], font: ImageFont.FreeTypeFont
) -> None:
    for name, shown in decks.items():
        for number, slide in enumerate(shown.slides, start=1):
            for shape in slide.shapes:
                assert shape.left >= 0 and shape.top >= 0, (name, number)
                assert shape.left + shape.width <= Pt(WIDTH), (name, number)
                low = FOOT if number > 1 else HEIGHT
                assert shape.top + shape.height <= Pt(low), (name, number, shape.name)
                if shape.has_table:
                    rows = sum(row.height for row in shape.table.rows)
                    assert shape.top + rows <= Pt(FOOT), (name, number)
            for frame, width, room in frames(slide):
                assert height(frame, width, font) <= room + 0.5, (name, number, frame.text[:40])
                for run in (run for p in frame.paragraphs for run in p.runs):
                    assert run.font.size.pt >= 14


def test_nothing_is_printed_beyond_the_foot_of_a_slide(decks: dict[str, Shown]) -> None:
    for name, shown in decks.items():
        for number, page in enumerate(shown.pages[1:], start=2):
            low: list[str] = []

            def visit(text: str, cm: Any, tm: Any, *_: Any, low: list[str] = low) -> None:
                y = tm[5] * cm[3] + cm[5]
                if text.strip() and y < HEIGHT - FOOT:
                    low.append(text)

            page.extract_text(visitor_text=visit)
            foot = dense("".join(low)).removesuffix("……")
            assert foot.replace(str(number), "", 1) in dense(shown.briefing.title + "……"), name


def test_tables_charts_and_the_timeline_can_be_edited_where_they_stand(
    decks: dict[str, Shown],
) -> None:
    shown = decks["topic"]
    kept = {
        kind: [s for s in shown.slides if title(s).startswith(kind)]
        for kind in ("时间线", "指标", "责任分工", "罚则一览", "国家与山东对照", "延伸阅读")
    }
    for kind, slides in kept.items():
        tables = [s.table for slide in slides for s in slide.shapes if s.has_table]
        assert tables, kind
        assert all(table.first_row for table in tables)
    timeline, indicators = (shown.briefing.part(kind) for kind in ("时间线", "指标"))
    assert timeline and isinstance(timeline.content, Timeline)
    drawn = dense("".join(said(slide) for slide in kept["时间线"][:3]))
    assert all(dense(event.when) in drawn for event in timeline.content.events)
    assert indicators and isinstance(indicators.content, Indicators)
    charts = [s.chart for slide in kept["指标"] for s in slide.shapes if s.has_chart]
    values = [(*chart.plots[0].series[0].values,) for chart in charts]
    for row in (row for table in indicators.content.tables for row in table.rows):
        numbers = tuple(value.number for value in row.values if value.number is not None)
        assert len(numbers) < 2 or numbers in values
    assert not any(shape.shape_type == 13 for slide in shown.slides for shape in slide.shapes)


def test_the_notes_hold_the_articles_and_the_key(decks: dict[str, Shown]) -> None:
    shown = decks["topic"]
    texts, points, quiz = (shown.briefing.part(kind) for kind in ("条文原文", "要点", "自测题"))
    assert texts and isinstance(texts.content, Texts)
    full = "".join(read_out(s) for s in shown.slides if title(s).startswith("条文原文"))
    for group in texts.content.documents:
        for article in group.provisions:
            assert dense("".join(article.paragraphs)) in full, article.locator
    assert points and isinstance(points.content, Points)
    for group in points.content.groups:
        slides = [s for s in shown.slides if title(s).startswith(f"要点：{group.subtopic}")]
        read = "".join(map(read_out, slides))
        for point in group.points:
            assert dense(point.text) in "".join(map(said, slides))
            assert all(dense(source.quote) in read for source in point.sources)
    assert quiz and isinstance(quiz.content, Quiz)
    asked = [s for s in shown.slides if title(s).startswith("自测题")]
    for number, item in enumerate(quiz.content.items, start=1):
        if item.key is not None:
            key = item.options[item.key] if item.form == "判断" else "ABCD"[item.key]
            assert f"第{number}题答案：{key}" in "".join(map(read_out, asked))
    assert title(asked[-1]).startswith("自测题：答案与依据")


def test_the_agenda_leads_to_each_part_and_the_sections_are_named(decks: dict[str, Shown]) -> None:
    for shown in decks.values():
        agenda = next(slide for slide in shown.slides if title(slide) == "目录")
        targets = [
            shape.click_action.target_slide
            for shape in agenda.shapes
            if shape.click_action.target_slide is not None
        ]
        for part, target in zip(shown.briefing.parts, targets, strict=True):
            assert title(target).startswith(part.title[:20])
    deck = Presentation(BytesIO(to_pptx(decks["department"].briefing)))
    names = [e.get("name") for e in deck.element.iter() if str(e.tag).endswith("}section")]
    briefing = decks["department"].briefing
    assert names == [briefing.title, *(part.title for part in briefing.parts)]
    theme = next(
        part for part in deck.part.package.iter_parts() if part.partname == "/ppt/theme/theme1.xml"
    )
    assert "微软雅黑" in theme.blob.decode()


def test_a_deck_stays_usable_whatever_there_is(decks: dict[str, Shown]) -> None:
    shown = decks["endless"]
    assert len(shown.slides) < 30
    texts = [said(slide) for slide in shown.slides]
    left = re.search(r"责任分工〔续〕.*其余(\d+)项见Word版。", "\n".join(texts))
    assert left
    rows = [
        row
        for slide in shown.slides
        if title(slide).startswith("责任分工")
        for shape in slide.shapes
        if shape.has_table
        for row in [*shape.table.rows][1:]
        if not row.cells[0].is_merge_origin
    ]
    assert len(rows) + int(left[1]) == 91
    assert "汇编里没有这一主题的指标。" in texts[-1]
    whole = "".join(texts)
    assert whole.count("无标点") == 200
