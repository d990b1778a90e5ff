"""What was asked and found, as a paper to pass on: Word and Markdown."""

from qa.export.markdown import to_markdown
from qa.export.paper import Paper, Quoted, Section
from qa.export.word import to_docx

__all__ = ["Paper", "Quoted", "Section", "to_docx", "to_markdown"]
