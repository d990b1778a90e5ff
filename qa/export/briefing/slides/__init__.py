"""A briefing as slides to show: short on the slide, the articles in full in its notes."""

from qa.briefing.model import Briefing
from qa.export.briefing.slides.cover import add_agenda, add_cover, fill_agenda
from qa.export.briefing.slides.deck import Deck
from qa.export.briefing.slides.notes import Notes
from qa.export.briefing.slides.parts import add_part
from qa.export.briefing.titling import made


def to_pptx(briefing: Briefing) -> bytes:
    """The file's bytes."""
    deck = Deck(briefing.title, made(briefing))
    add_cover(deck, briefing)
    agenda = add_agenda(deck)
    notes = Notes(briefing)
    begins: list[int] = []
    for part in briefing.parts:
        deck.begin(part.title)
        begins.append(deck.count)
        add_part(deck, part, notes)
    fill_agenda(deck, agenda, briefing.parts, begins)
    return deck.saved()
