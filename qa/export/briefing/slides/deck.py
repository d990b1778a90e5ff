"""A presentation that is being made: slides with a title and notes, and text put onto them."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from qa.export.briefing.sheet import Line, Words, plain
from qa.export.briefing.slides import theme
from qa.export.briefing.slides.measure import LEADING, held, wrapped
from qa.export.markup import clean, one_line

SMALL = 14
"""Points: the least that can be read from the last row."""
CONTINUED = "〔续〕"
_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"


@dataclass(frozen=True)
class Paragraph:
    """Text of one look."""

    line: Line
    size: float
    colour: str = theme.INK
    strong: bool = False
    above: float = 0
    """Points between it and what stands above it."""

    @property
    def text(self) -> str:
        """Without its looks."""
        return "".join(piece.text for piece in self.line if isinstance(piece, Words))

    def height(self, width: float) -> float:
        """Points, in a column of this width."""
        return len(wrapped(self.text, self.size, width)) * self.size * LEADING + self.above


def paragraphs(
    text: str, size: float, colour: str = theme.INK, *, strong: bool = False, above: float = 0
) -> list[Paragraph]:
    """One for each line of a text."""
    lines = text.split("\n") if text else []
    return [Paragraph(plain(line), size, colour, strong, above) for line in lines]


class Deck:
    """Slides, one after another."""

    def __init__(self, title: str, made: datetime.date) -> None:
        self._deck = Presentation()
        self.title = one_line(title)
        theme.set_look(self._deck, held(self.title, 12, 700, 1))
        about = self._deck.core_properties
        about.title, about.author, about.language = self.title[:255], "", "zh-CN"
        about.last_modified_by = about.keywords = ""
        about.created = about.modified = datetime.datetime.combine(made, datetime.time())
        self._sections: list[tuple[str, list[int]]] = [(self.title, [])]

    @property
    def count(self) -> int:
        """Slides so far: the position of the next one."""
        return len(self._deck.slides)

    def begin(self, section: str) -> None:
        """What follows belongs to another section."""
        self._sections.append((one_line(section), []))

    def cover(self, size: float, title: str) -> Slide:
        """The first slide."""
        slide = self._added(theme.COVER)
        self._title(slide, title, size, theme.WHITE)
        return slide

    def slide(self, title: str, notes: Iterable[str] = (), *, continued: bool = False) -> Slide:
        """A slide with its title on one line, and what is read out from its notes."""
        slide = self._added(theme.INNER)
        mark = CONTINUED if continued else ""
        room = theme.RIGHT - theme.LEFT - len(mark) * theme.TITLE_SIZE
        text = held(one_line(title), theme.TITLE_SIZE, room, 1) + mark
        self._title(slide, text, theme.TITLE_SIZE, theme.NAVY)
        read = "\n\n".join(dict.fromkeys(filter(None, notes)))
        if read and (frame := slide.notes_slide.notes_text_frame):
            frame.text = clean(read)
        return slide

    def at(self, position: int) -> Slide:
        """A slide, counted from 0."""
        found: Slide = self._deck.slides[position]
        return found

    def saved(self) -> bytes:
        """The file's bytes."""
        theme.set_themes(self._deck)
        self._list_sections()
        stored = BytesIO()
        self._deck.save(stored)
        return stored.getvalue()

    def _added(self, layout: str) -> Slide:
        found = self._deck.slide_layouts.get_by_name(layout)
        assert found
        slide: Slide = self._deck.slides.add_slide(found)
        self._sections[-1][1].append(slide.slide_id)
        return slide

    def _title(self, slide: Slide, text: str, size: float, colour: str) -> None:
        shape = slide.shapes.title
        assert shape
        write(shape.text_frame, [Paragraph(plain(text), size, colour, strong=True)])

    def _list_sections(self) -> None:
        """Sections as PowerPoint's overview shows them; python-pptx has no words for them."""
        listed = "".join(_section(n, ids) for n, (_, ids) in enumerate(self._sections))
        extension: Any = parse_xml(
            '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            '<p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}">'
            f'<p14:sectionLst xmlns:p14="{_P14}">{listed}</p14:sectionLst></p:ext></p:extLst>'
        )
        for element, (name, _) in zip(
            extension.iter(f"{{{_P14}}}section"), self._sections, strict=True
        ):
            element.set("name", name)
        whole: Any = self._deck.element
        for old in whole.findall(qn("p:extLst")):
            whole.remove(old)
        whole.append(extension)


def _section(number: int, slides: Sequence[int]) -> str:
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))).upper()
    listed = "".join(f'<p14:sldId id="{each}"/>' for each in slides)
    return (
        f'<p14:section name="" id="{{{name}}}"><p14:sldIdLst>{listed}</p14:sldIdLst></p14:section>'
    )


def write(frame: Any, lines: Sequence[Paragraph], *, side: str = "l") -> None:
    """Put paragraphs into a frame, in place of what is in it."""
    frame.clear()
    frame.word_wrap = True
    for number, each in enumerate(lines):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
        paragraph.line_spacing = Pt(each.size * LEADING)
        paragraph.space_before, paragraph.space_after = Pt(each.above if number else 0), Pt(0)
        paragraph.alignment = {"l": PP_ALIGN.LEFT, "c": PP_ALIGN.CENTER, "r": PP_ALIGN.RIGHT}[side]
        for piece in each.line:
            if isinstance(piece, Words) and piece.text:
                run = paragraph.add_run()
                run.text = clean(piece.text)
                run.font.size = Pt(each.size)
                run.font.bold = each.strong or piece.strong
                run.font.color.rgb = theme.rgb(each.colour)
                run._r.get_or_add_rPr().set("lang", "zh-CN")


def text_box(
    slide: Slide,
    place: tuple[float, float, float, float],
    lines: Sequence[Paragraph],
    *,
    side: str = "l",
    anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
) -> Any:
    """A box without margins; its place is left, top, width, height."""
    box = slide.shapes.add_textbox(*map(Pt, place))
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = anchor
    write(frame, lines, side=side)
    return box


def shape(
    slide: Slide,
    place: tuple[float, float, float, float],
    colour: str,
    form: MSO_SHAPE = MSO_SHAPE.RECTANGLE,
    label: str = "",
) -> Any:
    """A plain shape of one colour, with a short white label."""
    drawn = slide.shapes.add_shape(form, *map(Pt, place))
    drawn.fill.solid()
    drawn.fill.fore_color.rgb = theme.rgb(colour)
    drawn.line.fill.background()
    drawn.shadow.inherit = False
    frame = drawn.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    if label:
        write(frame, [Paragraph(plain(label), SMALL, theme.WHITE, strong=True)], side="c")
        frame.word_wrap = False
    return drawn


def remark(slide: Slide, text: str) -> None:
    """Small, beneath what the slide says."""
    width = theme.RIGHT - theme.LEFT
    line = Paragraph(plain(held(text, SMALL, width, 1)), SMALL, theme.GREY)
    text_box(slide, (theme.LEFT, theme.BOTTOM + 6, width, SMALL * LEADING), [line])
