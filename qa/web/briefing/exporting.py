"""A briefing as a file to pass on: Word, slides, Markdown, PDF."""

from collections.abc import Callable

from starlette.responses import Response

from qa.briefing.model import Briefing
from qa.errors import NotFound
from qa.export.briefing import to_docx, to_markdown, to_pdf, to_pptx
from qa.web.exports import attachment

_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMS: dict[str, tuple[str, str, Callable[[Briefing], bytes]]] = {
    "docx": ("Word", f"{_OFFICE}.wordprocessingml.document", to_docx),
    "pptx": ("PPT", f"{_OFFICE}.presentationml.presentation", to_pptx),
    "md": ("Markdown", "text/markdown; charset=utf-8", lambda it: to_markdown(it).encode()),
    "pdf": ("PDF", "application/pdf", to_pdf),
}
"""By the ending of the file: what people call it, its media type, what makes it."""
BUTTONS = tuple((form, name) for form, (name, _, _) in _FORMS.items())


def exported(briefing: Briefing, form: str) -> Response:
    """The file.

    Raises:
        NotFound: there is no such form.
        QAError: it cannot be made here; the sentence says what to do.
    """
    if form not in _FORMS:
        raise NotFound("只能导出为 Word（.docx）、PPT（.pptx）、Markdown（.md）或 PDF（.pdf）。")
    _, media, made = _FORMS[form]
    return attachment(made(briefing), media, briefing.title, form)
