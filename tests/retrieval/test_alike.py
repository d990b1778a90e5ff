import random

from qa.index.embedding import Embedder
from qa.retrieval.alike import alike

SUBJECTS = (
    ("今天天气怎么样", "明天会下雨吗，天气如何", "济南今天天气好不好"),
    ("劳动合同法里试用期最长多久", "劳动合同的试用期最长是几个月", "劳动合同法对试用期的规定"),
    ("个人所得税法的起征点是多少", "个人所得税起征点现在是多少", "个税的起征点"),
    ("道路交通安全法对醉驾怎么处罚", "醉驾怎么处罚", "醉酒驾驶怎么处罚"),
)
ALONE = ("刑法怎么规定盗窃罪", "公司的注册资本最低要多少")
QUESTIONS = [question for subject in SUBJECTS for question in subject] + [*ALONE]


def grouped(questions: list[str], embedder: Embedder) -> set[frozenset[str]]:
    found = alike(questions, embedder)
    assert sorted(n for group in found for n in group) == list(range(len(questions)))
    sizes = [len(group) for group in found]
    assert sizes == sorted(sizes, reverse=True)
    return {frozenset(questions[n] for n in group) for group in found}


def test_questions_about_the_same_come_together_in_whatever_order(embedder: Embedder) -> None:
    wanted = {frozenset(subject) for subject in SUBJECTS} | {frozenset({one}) for one in ALONE}
    for seed in range(3):
        shuffled = random.Random(seed).sample(QUESTIONS, len(QUESTIONS))
        assert grouped(shuffled, embedder) == wanted


def test_a_question_asked_twice_is_one_subject(embedder: Embedder) -> None:
    assert alike([], embedder) == ()
    assert alike(["今天天气怎么样"] * 2 + ["刑法怎么规定盗窃罪"], embedder) == ((0, 1), (2,))
