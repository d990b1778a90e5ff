"""What the writer of a part is given."""

from dataclasses import dataclass

from qa.briefing.desk import Desk
from qa.briefing.subject import Subject


@dataclass(frozen=True)
class Work:
    """One part to be written."""

    desk: Desk
    subject: Subject
    limit: int | None
    """At most so many entries; None: as many as there are."""
    cited: tuple[str, ...] = ()
    """Ids of the provisions that the parts written before cite, in their order."""

    def most(self, usual: int) -> int:
        """The limit, or what is usual where none is set."""
        return self.limit or usual
