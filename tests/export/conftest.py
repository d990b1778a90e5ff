"""One rich briefing for all tests of its exports."""

import datetime
from dataclasses import replace

import pytest

from qa.assistant import Assistant
from qa.briefing.model import PART_KINDS, Briefing
from qa.briefing.request import Request


@pytest.fixture(scope="session")
def briefing(assistant: Assistant) -> Briefing:
    """Every part of it has content."""
    made = assistant.brief(Request(topic="公共数据开放", parts=PART_KINDS))
    assert all(part.content for part in made.parts)
    return replace(made, made=datetime.date(2026, 3, 9).isoformat())
