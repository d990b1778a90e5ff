"""A briefing as a file to hand out: Word, slides, Markdown, PDF."""

from qa.export.briefing.markdown import to_markdown
from qa.export.briefing.pdf import to_pdf
from qa.export.briefing.slides import to_pptx
from qa.export.briefing.word import to_docx

__all__ = ["to_docx", "to_markdown", "to_pdf", "to_pptx"]
