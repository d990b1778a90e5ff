"""How the pages' events are registered, and whose they are."""

from typing import Any

import gradio as gr

from qa.records.accounts import User

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Not part of any API, and without Gradio's own veil over what is being renewed."""


def user_of(request: gr.Request) -> User:
    """Who caused an event; the gate let nobody in without."""
    assert request.request is not None
    user: User = request.request.state.user
    return user
