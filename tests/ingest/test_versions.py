"""Two texts of a law compared."""

from qa.ingest.provision import Part, Provision
from qa.ingest.versions import Change, difference


def articles(*texts: str) -> list[Provision]:
    held = []
    for text in texts:
        locator = text.partition(" ")[0]
        held.append(
            Provision(
                id=locator,
                document_id="d",
                document="法",
                kind="article",
                locator=locator,
                headings=(),
                parts=(Part(label="", text=text, line=1),),
                text=text,
                search_text=text,
            )
        )
    return held


def told(change: Change) -> tuple[str, str | None, str | None]:
    return (
        change.kind,
        change.old and change.old.locator,
        change.new and change.new.locator,
    )


def test_articles_are_matched_although_they_are_renumbered() -> None:
    old = articles(
        "第一条 为了保护湖泊，制定本法。",
        "第二条 湖泊的水位每日观测一次，并向社会公布。",
        "第三条 禁止在湖泊内倾倒垃圾和渣土。",
        "第四条 违反本法的，处一万元罚款，情节严重的处五万元罚款。",
    )
    new = articles(
        "第一条 为了保护湖泊，制定本法。",
        "第二条 县级人民政府设立湖长，负责湖泊的日常管理。",
        "第三条 湖泊的水位每日观测一次，并向社会公布。",
        "第四条 违反本法的，处二万元罚款，情节严重的处十万元罚款。",
    )
    changes = difference(old, new)
    assert [told(change) for change in changes] == [
        ("same", "第一条", "第一条"),
        ("added", None, "第二条"),
        ("moved", "第二条", "第三条"),
        ("deleted", "第三条", None),
        ("changed", "第四条", "第四条"),
    ]
    words = changes[-1].words
    assert "".join(w.text for w in words if w.edit != "insert") == old[-1].text.split(" ")[1]
    assert "".join(w.text for w in words if w.edit != "delete") == new[-1].text.split(" ")[1]
    assert [w.text for w in words if w.edit == "insert"] == ["二", "十"]


def test_a_law_against_itself_has_no_difference() -> None:
    held = articles("第一条 甲。", "第二条 甲。", "第三条 乙。")
    assert {change.kind for change in difference(held, held)} == {"same"}
    assert difference([], []) == ()
