from qa.export.markup import Block, Run, blocks, clean


def test_the_blocks_of_an_answer_are_told_apart() -> None:
    text = "## 标题\n\n一段**要紧**的话[1]。\n\n- 甲\n- 乙\n  - 丙\n\n3. 丁\n\n> 原文[2]\n> 续"
    assert [*blocks(text, {1, 2})] == [
        Block("heading", (Run("标题"),), 2),
        Block(
            "text", (Run("一段"), Run("要紧", True), Run("的话"), Run("[1]", cites=1), Run("。"))
        ),
        Block("bullet", (Run("甲"),)),
        Block("bullet", (Run("乙"),)),
        Block("bullet", (Run("丙"),), 1),
        Block("numbered", (Run("丁"),), 0, "3."),
        Block("quote", (Run("原文"), Run("[2]", cites=2), Run("\n续"))),
    ]


def test_a_number_that_nothing_is_cited_by_is_only_text() -> None:
    assert [*blocks("见[7]", {1})] == [Block("text", (Run("见[7]"),))]


def test_a_citation_inside_strong_text_stays_one() -> None:
    (block,) = blocks("**应当报告[1]**", {1})
    assert block.runs == (Run("应当报告", True), Run("[1]", True, 1))


def test_only_what_nobody_can_see_is_taken_away() -> None:
    assert (
        clean("甲\x00乙\r\n丙\t丁\u202e戊\ud800己\ufeff　庚\U00020000")
        == "甲乙\n丙\t丁戊己　庚\U00020000"
    )
