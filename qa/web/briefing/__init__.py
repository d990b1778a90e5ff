"""The page 简报: from a topic to a briefing that can be handed out."""

from qa.web.briefing.routes import briefing_router

__all__ = ["briefing_router"]
