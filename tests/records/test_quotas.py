from qa.records.records import Records


def test_all_draw_from_one_quota_until_it_is_used_up_and_the_next_minute_has_another(
    url: str, records: Records
) -> None:
    def draw(of: Records, minute: int, wanted: int = 4, whose: str = "7") -> int:
        return of.quotas.draw(whose, "questions", minute=minute, wanted=wanted, most=10)

    other = Records.open(url)
    assert [draw(records, 5), draw(other, 5), draw(records, 5), draw(other, 5)] == [4, 4, 2, 0]
    assert draw(records, 5, whose="8") == 4
    assert draw(other, 6) == 4
    assert draw(other, 3) == 4  # the clock was set back
    other.close()


def test_what_somebody_had_is_forgotten_after_the_minute(records: Records) -> None:
    for minute, whose in ((1, "7"), (1, "10.0.0.7"), (9, "8")):
        records.quotas.draw(whose, "calls", minute=minute, wanted=1, most=1)
    with records._store.reading() as session:
        left = session.connection().exec_driver_sql("SELECT whose, had FROM quotas").fetchall()
    assert [tuple(row) for row in left] == [("8", 1)]
