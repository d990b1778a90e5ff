"""法规库: the volume to read, to search word for word, and to compare."""

from qa.web.library.routes import library_router

__all__ = ["library_router"]
