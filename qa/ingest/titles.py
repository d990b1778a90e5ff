"""Where the title of a text stands, and what is printed above it."""

import re
from collections.abc import Sequence

from qa.ingest import forms
from qa.ingest.draft import Draft
from qa.ingest.provision import Part
from qa.ingest.readers import Line

_TOP_LINES, _MOST_TITLE_LINES, _LONGEST_TITLE = 40, 4, 80
_VERSION_MARK = re.compile(r"（\d{4}年\S{0,6}）$")
_MARKED = re.compile(r"^#\s")
_PROMULGATION = re.compile(
    r"令(?:第[\d一二三四五六七八九十百千零〇○]+号)?$|^[（(]?第[\d一二三四五六七八九十百千零〇○]+号[）)]?$"
    r"|[〔［\[（(]\d{4}[〕］\]）)]第?\d+号|文件$|公告(?:第?[\d〔〕]+号)?$|(?:^|的)公告$"
    r"|^(?:国家)?(?:主席|委员长|总理|省长|市长|部长|局长|主任|署长|院长|检察长|行长)\S{2,5}$"
    r"|^附件?(?:\d*|[一二三四五六七八九十]*)(?:[：:]|$)|[。；，：:]$|^[（(]|^\d{4}年|^现(?:将|予)"
    r"|^(?:公布|发布|施行|实施)日期"
)
"""An order, its number, its signature and day, a document's number, a letter's sentences."""


def title_of(lines: Sequence[Line]) -> str:
    """The title at the top: marked as such in Markdown, or the last line there that ends like one.

    An order or a covering letter above it is none, unless nothing else is there.
    """
    head = _head(lines)
    marked = [text for text in (line.text.strip() for line in head) if _MARKED.match(text)]
    if marked:
        return "".join(forms.tight(forms.unmarked(t)) for t in marked[: _MOST_TITLE_LINES - 1])
    found, run, first = "", "", ""
    for text in (forms.tight(forms.unmarked(line.text)) for line in head):
        if not text or _PROMULGATION.search(text) or len(text) > _LONGEST_TITLE:
            run = "" if text else run
            continue
        first = first or text
        run = run + text if len(run) + len(text) <= _LONGEST_TITLE else text
        if forms.ENDS_TITLE.search(run):
            found, run = _bare(run), ""
    printed = (forms.tight(forms.unmarked(line.text)) for line in lines)
    return (found or _bare(first) or next(filter(None, printed), ""))[:_LONGEST_TITLE]


def behind_title(lines: Sequence[Line], title: str) -> int:
    """The position behind the title at the top of a text; 0 where it is not printed there."""
    return place_of_title(lines, title).stop


def place_of_title(lines: Sequence[Line], title: str) -> range:
    """The positions of the lines that print the title, the last time that they do at the top.

    It may be broken into several lines, stand there twice, and go without what tells versions
    apart.
    """
    wanted = {forms.tight(title), _VERSION_MARK.sub("", forms.tight(title))}
    printed = [(n, forms.tight(forms.unmarked(line.text))) for n, line in enumerate(_head(lines))]
    top = [(n, text) for n, text in printed if text]
    first, end = 0, 0  # in `top`
    for start in reversed(range(len(top))):
        joined = ""
        for behind, (_, text) in enumerate(top[start : start + _MOST_TITLE_LINES], start + 1):
            joined += text
            titled = joined in wanted or _bare(joined) in wanted
            if titled and (not end or behind == first):
                first, end = start, end or behind
                break
    return range(top[first][0], top[end - 1][0] + 1) if end else range(0)


def front_of(lines: Sequence[Line], title: str) -> list[Draft]:
    """What is printed above the title, and the date in brackets below it: one provision, or none.

    An order with which a law was published, a covering letter, a document's number.
    """
    printed = place_of_title(lines, title)
    front = [line for line in lines[: printed.start] if forms.unmarked(line.text)]
    below = next((line for line in lines[printed.stop :] if line.text.strip()), None)
    if printed and below and forms.TITLE_NOTE.match(forms.unmarked(below.text)):
        front.append(below)
    parts = [Part(label="", text=forms.unmarked(line.text), line=line.number) for line in front]
    return [Draft("section", "题注", (), parts)] if parts else []


def _head(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines above the text itself."""
    seen = 0
    for position, line in enumerate(lines):
        text = forms.unmarked(line.text)
        if seen and any(form.match(text) for form in forms.BEGINNINGS):
            return lines[:position]
        seen += bool(text)
        if seen > _TOP_LINES:
            return lines[:position]
    return lines


def _bare(title: str) -> str:
    """Without the marks of a title around it."""
    whole = title.startswith("《") and title.endswith("》") and title.count("《") == 1
    return title[1:-1] if whole else title
