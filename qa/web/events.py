"""How the pages' events are registered."""

from typing import Any

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Not part of any API, and without Gradio's own veil over what is being renewed."""
