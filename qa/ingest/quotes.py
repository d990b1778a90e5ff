"""Excerpts of speeches: paragraphs, then the attribution they belong to."""

import re
from collections.abc import Sequence

from qa.ingest import forms
from qa.ingest.draft import Draft, Outline, numbered_apart
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_OF_A_SPEECH = re.compile(r"(上的|的)讲话$")


def read_quotes(blocks: Sequence[Block]) -> Outline:
    """A quote for each attribution; the attribution belongs to the text before it."""
    outline = Outline()
    year = ""
    parts: list[Part] = []
    for block in blocks:
        if not outline.drafts and not parts and forms.TITLE_NOTE.match(block.text):
            continue
        if forms.YEAR.match(block.text):
            year = block.text
        elif match := forms.ATTRIBUTION.match(block.text):
            day = forms.tight(match[1])
            occasion = _OF_A_SPEECH.sub("", match[5].strip().removeprefix("在").strip())
            date = f"{int(match[2]):04}-{int(match[3]):02}-{int(match[4]):02}"
            quote = Draft("quote", f"{day} {occasion}".strip(), (year,) if year else (), date=date)
            quote.parts = [
                part.model_copy(update={"label": f"第{n}段" if len(parts) > 1 else ""})
                for n, part in enumerate(parts, start=1)
            ]
            quote.parts.append(Part(label="出处", text=block.text, line=block.line))
            outline.drafts.append(quote)
            parts = []
        else:
            parts.append(Part(label="", text=block.plain, line=block.line))
    numbered_apart(outline.drafts)
    return outline
