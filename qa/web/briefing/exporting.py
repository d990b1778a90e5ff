"""A briefing as a file to pass on: Word, slides, Markdown, PDF."""

from starlette.responses import Response

from qa.briefing.model import Briefing
from qa.errors import NotFound
from qa.web.exports import attachment

_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMS = {
    "docx": ("Word", f"{_OFFICE}.wordprocessingml.document"),
    "pptx": ("PPT", f"{_OFFICE}.presentationml.presentation"),
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    "pdf": ("PDF", "application/pdf"),
}
"""By the ending of the file: what people call it, and its media type."""
BUTTONS = tuple((form, name) for form, (name, _) in _FORMS.items())


def exported(briefing: Briefing, form: str) -> Response:
    """The file.

    Raises:
        NotFound: there is no such form.
        QAError: it cannot be made here; the sentence says what to do.
    """
    if form not in _FORMS:
        raise NotFound("只能导出为 Word（.docx）、PPT（.pptx）、Markdown（.md）或 PDF（.pdf）。")
    _, media = _FORMS[form]
    return attachment(_made(briefing, form), media, briefing.title, form)


def _made(briefing: Briefing, form: str) -> bytes:
    # the libraries of Word and slides are slow to load, and few who open the site need them
    from qa.export.briefing import to_docx, to_markdown, to_pdf, to_pptx

    match form:
        case "docx":
            return to_docx(briefing)
        case "pptx":
            return to_pptx(briefing)
        case "md":
            return to_markdown(briefing).encode()
        case _:
            return to_pdf(briefing)
