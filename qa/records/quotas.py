"""How much everybody has had within a minute, of what there is a quota of."""

from sqlalchemy import delete

from qa.records.store import Store
from qa.records.tables import QuotaRow


class Quotas:
    """One row for each person or address and kind of request, the same for all workers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def draw(self, whose: str, kind: str, *, minute: int, wanted: int, most: int) -> int:
        """Take `wanted` requests of a minute's `most`, or as many as are left; how many it is.

        minute: its number, by the clock of the worker; another minute begins anew.
        """
        with self._store.writing() as session:
            others = ~QuotaRow.minute.between(minute - 1, minute + 1)
            session.execute(delete(QuotaRow).where(others))
            row = session.get(QuotaRow, (whose, kind))
            if row is None:
                row = QuotaRow(whose=whose, kind=kind, minute=minute, had=0)
                session.add(row)
            elif row.minute != minute:
                row.minute, row.had = minute, 0
            drawn = max(0, min(wanted, most - row.had))
            row.had += drawn
            return drawn
