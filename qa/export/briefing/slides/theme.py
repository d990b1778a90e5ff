"""The look of the slides: colours, fonts and two layouts, made of python-pptx's own template.

微软雅黑 is what Windows has; a program without it takes 黑体 or the nearest sans-serif of its own.
"""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.opc.oxml import serialize_part_xml
from pptx.opc.package import Part, XmlPart
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Pptx
from pptx.slide import SlideLayout
from pptx.util import Emu, Pt

WIDTH, HEIGHT = 960, 540
"""Points: 16 to 9."""
LEFT, TOP, RIGHT, BOTTOM = 48, 104, 912, 484
"""What a slide says stands within these; a remark may stand beneath."""
NAVY, BLUE, INK, GREY, PALE, RULE, WARM, WHITE = (
    "1F3A5F",
    "2F6CA3",
    "222B36",
    "5B6770",
    "EEF2F7",
    "CBD5E1",
    "B5522B",
    "FFFFFF",
)
LATIN, CHINESE, CHINESE_ELSE = "Arial", "微软雅黑", "黑体"
COVER, INNER = "Title Slide", "Title Only"
COVER_HEIGHT = 220
TITLE_SIZE = 28
_COLOURS = {
    "dk2": NAVY,
    "lt2": PALE,
    "accent1": BLUE,
    "accent2": WARM,
    "accent3": "2F7D5B",
    "accent4": "7F9CC4",
    "accent5": GREY,
    "accent6": "B08A2E",
    "hlink": BLUE,
    "folHlink": GREY,
}
_PLACES = {
    (INNER, "title"): (LEFT, 36, RIGHT - LEFT, 48),
    (COVER, "ctrTitle"): (LEFT, 48, RIGHT - LEFT, COVER_HEIGHT - 72),
    (COVER, "subTitle"): (LEFT, COVER_HEIGHT + 16, RIGHT - LEFT, 80),
}


def set_look(deck: Pptx, title: str) -> None:
    """Size, layouts and the foot of each slide; to be done before there are slides."""
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for layout in [*deck.slide_layouts]:
        if layout.name not in (COVER, INNER):
            deck.slide_layouts.remove(layout)
    master = deck.slide_master
    _drop_feet(master)
    for shape in master.placeholders:
        top, high = (36, 48) if shape.placeholder_format.idx == 0 else (TOP, BOTTOM - TOP)
        shape.left, shape.top = Pt(LEFT), Pt(top)
        shape.width, shape.height = Pt(RIGHT - LEFT), Pt(high)
    for layout in deck.slide_layouts:
        _drop_feet(layout)
        _place(layout)
    cover, inner = (deck.slide_layouts.get_by_name(name) for name in (COVER, INNER))
    assert cover and inner
    _under(cover, _rectangle(90, (0, 0, WIDTH, COVER_HEIGHT), NAVY))
    _under(cover, _rectangle(91, (0, COVER_HEIGHT, WIDTH, 5), WARM))
    _under(inner, _rectangle(90, (0, 0, WIDTH, 10), NAVY))
    _under(inner, _rectangle(91, (LEFT, 88, RIGHT - LEFT, 1.2), RULE))
    _under(inner, _foot(92, (LEFT, 516, 700, 18), "l", title))
    _under(inner, _foot(93, (RIGHT - 120, 516, 120, 18), "r", None))
    for element in (deck.element, master.element):
        for each in element.iter():
            if "hangingPunct" in each.attrib:
                each.set("hangingPunct", "0")  # else marks hang over the edge that was measured
        for each in element.iter(qn("a:defRPr")):
            each.set("lang", "zh-CN")


def set_themes(deck: Pptx) -> None:
    """Colours and fonts of the slides and of their notes; to be done last."""
    for part in deck.part.package.iter_parts():
        if part.partname.startswith("/ppt/theme/"):
            _set_theme(part)


def rgb(colour: str) -> Any:
    """`1F3A5F` as python-pptx has it."""
    made: Any = RGBColor
    return made(*bytes.fromhex(colour))


def _set_theme(part: Part) -> None:
    theme: Any = part._element if isinstance(part, XmlPart) else parse_xml(part.blob)
    for name, value in _COLOURS.items():
        for element in theme.iter(qn(f"a:{name}")):
            element.clear()
            element.append(parse_xml(f'<a:srgbClr {nsdecls("a")} val="{value}"/>'))
    for tag in ("a:majorFont", "a:minorFont"):
        for fonts in theme.iter(qn(tag)):
            fonts.find(qn("a:latin")).set("typeface", LATIN)
            fonts.find(qn("a:ea")).set("typeface", CHINESE)
            for font in fonts.iter(qn("a:font")):
                if font.get("script") == "Hans":
                    font.set("typeface", CHINESE_ELSE)
    if not isinstance(part, XmlPart):
        part._blob = serialize_part_xml(theme)


def _drop_feet(sheet: Any) -> None:
    """Date, foot and number come as text of the layout instead: they need no filling in."""
    for shape in [*sheet.placeholders]:
        if shape.placeholder_format.type.name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
            shape.element.getparent().remove(shape.element)


def _place(layout: SlideLayout) -> None:
    placeholders: Any = layout.placeholders
    for shape in placeholders:
        kind = shape.element.find(f".//{qn('p:ph')}").get("type")
        left, top, wide, high = _PLACES[layout.name, kind]
        shape.left, shape.top, shape.width, shape.height = Pt(left), Pt(top), Pt(wide), Pt(high)
        body: Any = shape.text_frame._txBody.bodyPr
        for each in [*body]:
            body.remove(each)
        for side in ("lIns", "tIns", "rIns", "bIns"):
            body.set(side, "0")
        body.set("anchor", {"title": "ctr", "ctrTitle": "b", "subTitle": "t"}[kind])


def _under(layout: SlideLayout, element: Any) -> None:
    """Behind the placeholders."""
    layout.shapes._spTree.insert(2, element)


def _rectangle(number: int, place: tuple[float, ...], colour: str) -> Any:
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="Colour {number}"/>'
        f'<p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_frame(place)}'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        "</p:sp>"
    )


def _foot(number: int, place: tuple[float, ...], side: str, text: str | None) -> Any:
    """The text, or the slide's number where there is none."""
    look = f'<a:solidFill><a:srgbClr val="{GREY}"/></a:solidFill>'
    run = f'<a:rPr lang="zh-CN" sz="1200">{look}</a:rPr><a:t/>'
    kind = '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">' + run + "</a:fld>"
    element = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="Foot {number}"/>'
        f'<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_frame(place)}'
        '<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"'
        f' anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="{side}"/>'
        f"{kind if text is None else f'<a:r>{run}</a:r>'}</a:p></p:txBody></p:sp>"
    )
    element.find(f".//{qn('a:t')}").text = "‹#›" if text is None else text
    return element


def _frame(place: tuple[float, ...]) -> str:
    x, y, wide, high = (Emu(Pt(each)) for each in place)
    return (
        f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    )
