"""Where the words of a file are printed, and which of them were not recognised for certain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.ingest import forms
from qa.ingest.formats.result import Doubt, Place, Read
from qa.ingest.provision import Part

_GOES_ON = 3
"""Lines behind the first one of a part that are looked at: a cut sentence takes two."""


@dataclass(frozen=True)
class Unsure:
    """A stretch of a part's text that recognition was not sure of; offsets as in a slice."""

    start: int
    end: int
    confidence: float


class Traces:
    """What reading a file has told of its lines, asked for by the parts of provisions."""

    @classmethod
    def of(cls, read: Read) -> "Traces":
        """Those of a file that was just read."""
        return cls({n: text for n, text, _ in read.lines}, read.places, read.uncertain)

    def __init__(
        self, lines: dict[int, str], places: Iterable[Place], doubts: Iterable[Doubt]
    ) -> None:
        """Take the lines by their numbers, and what belongs to them."""
        self._lines = lines
        self._places: dict[int, list[Place]] = defaultdict(list)
        self._doubts: dict[int, list[Doubt]] = defaultdict(list)
        for place in places:
            self._places[place.line].append(place)
        for doubt in doubts:
            self._doubts[doubt.line].append(doubt)

    def places(self, parts: Sequence[Part]) -> tuple[Place, ...]:
        """Where parts are printed, a place for each printed line, in their order."""
        begun = {part.line for part in parts}
        found: dict[Place, None] = {}
        for part in parts:
            for number in (part.line, *self._further(part, begun)):
                start, end = self._stretch(part, number)
                held = self._places.get(number, ())
                found.update((p, None) for p in held if p.start < end and start < p.end)
        return tuple(found)

    def unsure(self, part: Part) -> tuple[Unsure, ...]:
        """The stretches of its text that were not recognised for certain."""
        held = self._doubts.get(part.line)
        if not held:
            return ()
        line = self._lines.get(part.line, "")
        before = line.find(part.text)
        if before < 0:  # the part was joined from several lines: only its own first one is known
            before = len(line) - len(line.lstrip())
        spans = (
            Unsure(d.start - before, d.start - before + len(d.text), d.confidence) for d in held
        )
        return tuple(s for s in spans if 0 <= s.start < s.end <= len(part.text))

    def _further(self, part: Part, begun: set[int]) -> Iterable[int]:
        """The lines that were joined to the first one of a part."""
        whole = forms.tight(part.text)
        for number in range(part.line + 1, part.line + 1 + _GOES_ON):
            text = forms.tight(self._lines.get(number, ""))
            if number in begun or (text and text not in whole):
                return
            if text:
                yield number

    def _stretch(self, part: Part, number: int) -> tuple[int, int]:
        """The offsets of a part in a line: the whole of it, where it holds nothing else."""
        line = self._lines.get(number, "")
        start = line.find(part.text)
        return (start, start + len(part.text)) if start >= 0 else (0, len(line))
