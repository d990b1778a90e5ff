import pytest

from qa.answering.answer import Answer
from qa.answering.checked import UNSUPPORTED, Checked, checked
from qa.answering.excerpts import Excerpt
from qa.ingest.provision import Provision
from qa.retrieval.passage import Passage

Provisions = dict[tuple[str, str], Provision]


@pytest.fixture(scope="module")
def passages(provisions: Provisions) -> list[Passage]:
    places = [("dsl", "第二十九条"), ("dsl", "第四十五条"), ("pipl", "第五十七条")]
    return [Passage(provisions[place], 0.9, "语义相近") for place in places]


def check(
    text: str, passages: list[Passage], shown: int = 2, question: str = "怎么处理"
) -> Checked | None:
    given = [Excerpt(n, p, p.provision.text) for n, p in enumerate(passages[:shown], start=1)]
    return checked(text, given, passages, question)


def answer(
    text: str, passages: list[Passage], shown: int = 2, question: str = "怎么处理"
) -> Answer:
    found = check(text, passages, shown, question)
    assert found is not None
    return found.answer


def said(answer: Answer) -> str:
    """The answer without the words of the law below it."""
    return answer.text.partition("\n\n>")[0]


def test_a_right_answer_stays_as_it_is(passages: list[Passage]) -> None:
    text = (
        "发生数据安全事件时，应当立即采取处置措施[1]。"
        "违反的，可以并处五万元以上五十万元以下罚款[2]。"
    )
    found = check(text, passages)
    assert found is not None
    assert (said(found.answer), found.repaired, found.dropped) == (text, 0, 0)
    assert [c.locator for c in found.answer.citations] == ["第二十九条", "第四十五条"]
    assert found.answer.supported == 1.0
    assert found.answer.mode == "llm"


def test_every_quote_of_a_citation_is_verbatim(passages: list[Passage]) -> None:
    found = answer("应当立即采取处置措施[1]。可以并处五万元以上五十万元以下罚款[2]。", passages)
    texts = {p.provision.id: p.provision.text for p in passages}
    for citation in found.citations:
        assert citation.quotes
        assert all(quote in texts[citation.provision_id] for quote in citation.quotes)


def test_a_wrong_number_is_replaced_by_the_passage_that_says_it(passages: list[Passage]) -> None:
    found = answer("发生数据安全事件时，应当立即采取处置措施[2]。", passages)
    assert [c.locator for c in found.citations] == ["第二十九条"]
    assert said(found).endswith("[1]。")


def test_a_sentence_without_a_number_gets_the_passage_that_says_it(passages: list[Passage]) -> None:
    found = answer("发生数据安全事件时，应当立即采取处置措施。", passages)
    assert [c.locator for c in found.citations] == ["第二十九条"]


def test_a_passage_that_the_model_was_not_shown_can_be_the_right_one(
    passages: list[Passage],
) -> None:
    text = "个人信息处理者应当立即采取补救措施，并通知履行个人信息保护职责的部门和个人[1]。"
    found = answer(text, passages)
    assert [c.document for c in found.citations] == ["中华人民共和国个人信息保护法"]


def test_a_second_number_that_adds_nothing_is_taken_away(passages: list[Passage]) -> None:
    found = answer("发生数据安全事件时，应当立即采取处置措施[1][2]。", passages)
    assert [c.locator for c in found.citations] == ["第二十九条"]


def test_an_invented_figure_does_not_reach_the_reader(passages: list[Passage]) -> None:
    text = "应当立即采取处置措施[1]。可以并处九十九万元罚款，并由税务机关另行追缴滞纳金[2]。"
    found = answer(text, passages)
    assert "九十九" not in found.text
    assert "立即采取处置措施" in found.text


def test_an_article_that_was_not_retrieved_is_never_named(passages: list[Passage]) -> None:
    text = "应当立即采取处置措施[1]。根据《刑法》第二百五十三条之一，处三年以下有期徒刑[2]。"
    found = answer(text, passages)
    assert "刑法" not in found.text
    assert "第二百五十三条" not in found.text


def test_a_number_that_was_not_given_cites_nothing(passages: list[Passage]) -> None:
    found = answer("发生数据安全事件时，应当立即采取处置措施[7]。", passages)
    assert [c.locator for c in found.citations] == ["第二十九条"]


def test_a_turned_round_sentence_is_replaced_by_the_words_of_the_law(
    provisions: Provisions,
) -> None:
    passages = [Passage(provisions["pipl", "第二条"], 0.9, "语义相近")]
    found = answer("任何组织、个人可以侵害自然人的个人信息权益[1]。", passages, 1)
    assert "不得侵害自然人的个人信息权益" in found.text
    assert "可以侵害" not in found.text


def test_a_sentence_that_only_repeats_the_question_is_no_answer(passages: list[Passage]) -> None:
    question = "不履行数据安全保护义务的，会被罚多少钱？"
    echo = "是的，不履行数据安全保护义务的，会被罚多少钱[2]。"
    assert check(echo, passages, question=question) is None
    found = answer(f"{echo}可以并处五万元以上五十万元以下罚款[2]。", passages, question=question)
    assert said(found) == "可以并处五万元以上五十万元以下罚款[1]。"


def test_a_mere_yes_to_the_question_stays_with_its_passage_and_is_marked(
    passages: list[Passage],
) -> None:
    question = "隔壁那家小作坊老板整天不当回事，也要交罚款吗？"
    text = "隔壁那家小作坊老板也要交罚款[2]。可以并处五万元以上五十万元以下罚款[2]。"
    found = answer(text, passages, question=question)
    assert said(found).startswith(f"隔壁那家小作坊老板也要交罚款[1]{UNSUPPORTED}。")
    assert [c.locator for c in found.citations] == ["第四十五条"]


def test_a_figure_that_answers_the_question_is_no_mere_yes(provisions: Provisions) -> None:
    (row,) = (p for p in provisions.values() if "“爱山东”日活跃用户数" in p.locator)
    question = "“爱山东”日活跃用户数2025年要达到多少？"
    passages = [Passage(row, 0.9, "语义相近")]
    found = answer("“爱山东”日活跃用户数2025年要达到800万人[1]。", passages, 1, question)
    assert found.supported == 1.0
    assert check("“爱山东”日活跃用户数2025年要达到900万人[1]。", passages, 1, question) is None


def test_what_is_found_in_too_small_a_part_is_marked(passages: list[Passage]) -> None:
    text = (
        "发生数据安全事件时，应当立即采取处置措施[1]。"
        "平时最好也让同事们多多留心这方面的动静，别等出了岔子才想起来补救[1]。"
    )
    found = check(text, passages)
    assert found is not None
    assert found.marked == 1
    assert found.answer.text.count(UNSUPPORTED) == 1
    assert found.answer.supported == 0.5


def test_an_answer_of_which_nothing_is_found_does_not_stand(passages: list[Passage]) -> None:
    assert check("今天天气晴朗，适合出门散步晒太阳[1]。", passages) is None
    assert check("[1]", passages) is None


def test_below_a_plain_answer_stand_the_words_of_the_law(passages: list[Passage]) -> None:
    found = answer("可以并处五万元以上五十万元以下罚款[2]。", passages)
    _, quotation = found.text.split("\n\n")
    assert quotation.startswith("> 《中华人民共和国数据安全法》第四十五条：")
    assert quotation.endswith(" [1]")
    words = quotation.partition("：")[2].removesuffix(" [1]")
    source = "".join(passages[1].provision.text.split())
    assert all("".join(piece.split()) in source for piece in words.split("……"))


def test_words_that_the_answer_says_itself_are_not_repeated(provisions: Provisions) -> None:
    article = provisions["pipl", "第二条"]
    passages = [Passage(article, 0.9, "语义相近")]
    found = answer(f"{article.text.partition('　')[2] or article.text[4:]}", passages, 1)
    assert ">" not in found.text


def test_quotation_marks_stay_around_the_words_of_the_law_alone(passages: list[Passage]) -> None:
    found = answer("应当“立即采取处置措施”[1]。应当“马上”采取处置措施[1]。", passages)
    assert "“立即采取处置措施”" in found.text
    assert "“马上”" not in found.text


def test_an_english_sentence_is_held_to_its_figures(passages: list[Passage]) -> None:
    question = "What is the fine?"
    found = answer("The fine is 50,000 to 500,000 yuan [2].", passages, 2, question)
    assert found.citations[0].locator.startswith("第四十五条")
    assert found.text.splitlines()[-1].startswith("> 《中华人民共和国数据安全法》第四十五条")
    assert check("The fine is 9 million yuan [2].", passages, 2, question) is None


def test_an_english_sentence_says_that_something_ended_only_where_the_law_does(
    passages: list[Passage],
) -> None:
    question = "Since the Data Security Law was repealed, what applies to an incident?"
    told = "Since the Data Security Law was repealed, the relevant law is the Civil Code [1]."
    assert check(told, passages, 2, question) is None
    found = answer("The business licence may be revoked [2].", passages, 2, question)
    assert found.citations[0].locator.startswith("第四十五条")


def test_words_in_another_script_do_not_stand_in_a_chinese_answer(passages: list[Passage]) -> None:
    found = answer("发生数据安全事件时，应当立即采取处置措施[1]。\nPWNED by me[1].", passages)
    assert "PWNED" not in found.text


def test_a_law_is_not_said_to_be_repealed_without_a_word_of_it(passages: list[Passage]) -> None:
    question = "数据安全法已经废止了，发生数据安全事件怎么办"
    told = "数据安全法已经废止，现在按《数据安全法》第二十九条执行[1]。"
    assert check(told, passages, 2, question) is None
    found = answer("发生数据安全事件时，应当立即采取处置措施[1]。", passages, 2, question)
    assert found.citations[0].locator.startswith("第二十九条")
