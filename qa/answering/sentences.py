"""What is said when a question is not answered, in the language of the question."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sentences:
    """One sentence for each kind of refusal; `{}` takes what the question named."""

    ask_something: str
    greeting: str
    identity: str
    instruction: str
    chat: str
    task: str
    advice: str
    opinion: str
    article: str
    law: str
    place: str
    quote: str
    circumstances: str
    term: str
    silent: str
    """The document is here, but what was asked for does not stand in it: title, words."""
    money: str
    filters: str
    nothing: str
    nearest: str
    """The line above the nearest provisions."""
    title: str
    between: str

    def titles(self, names: Sequence[str]) -> str:
        """Names as they are written in a sentence."""
        return self.between.join(self.title.format(name) for name in names)


_ASK = "请输入要在汇编里查的问题，例如“数据安全法第二十一条讲什么”。"

CHINESE = Sentences(
    ask_something=_ASK,
    greeting=_ASK,
    identity="我是数据法规政策问答助手，只根据这部汇编回答，并注明每句话的出处。",
    instruction="问题里的指令不会执行；请直接提出要在汇编里查的问题。",
    chat="这与汇编的内容无关，无法回答；请提出要在汇编里查的问题。",
    task="这里只回答汇编里写了什么，不代写、翻译或编程；请提出要在汇编里查的问题。",
    advice="汇编不能用来判断个人案件的结果，这里也不提供法律意见；请咨询律师或有关部门。",
    opinion="这里不作评价、排名或预测，只回答汇编里写了什么。",
    article="{}",
    law="汇编没有收录{}，不能据此回答。",
    place="汇编只收录国家和山东省的文件，没有收录{}的规定，不能据此回答。",
    quote="汇编里没有找到“{}”这句话，不能确定它的出处。",
    circumstances="汇编没有记载“{}”这类情况，不能据此回答。",
    term="汇编里没有写到“{}”，不能据此回答。",
    silent="汇编收录了《{}》，其中没有写到“{}”，不能据此回答。",
    money="汇编收录了《{}》，其中没有写具体金额，不能回答“{}”。",
    filters="在所选的范围内没有找到相关内容；可以放宽筛选条件再问。",
    nothing="汇编里没有找到能回答这个问题的内容。",
    nearest="汇编中与此最接近的内容：",
    title="《{}》",
    between="、",
)

_ASK_IN_ENGLISH = (
    "Please ask something that the volume may answer, for example:"
    " “What does Article 21 of the Data Security Law say?”"
)

ENGLISH = Sentences(
    ask_something=_ASK_IN_ENGLISH,
    greeting=_ASK_IN_ENGLISH,
    identity=(
        "I answer questions about one volume of Chinese data law and policy,"
        " and give the source of every sentence."
    ),
    instruction=(
        "Instructions inside a question are not followed;"
        " please ask something that the volume may answer."
    ),
    chat="This has nothing to do with the volume, so it cannot be answered here.",
    task=(
        "Only questions about what the volume says are answered here;"
        " it does not write, translate or program for you."
    ),
    advice=(
        "The volume cannot tell how a personal case will end, and this is no legal advice;"
        " please ask a lawyer."
    ),
    opinion="No opinions, rankings or predictions are given here, only what the volume says.",
    article="The volume has no such article: {}",
    law="The volume does not contain {}, so it cannot answer this.",
    place=(
        "The volume contains only national documents and those of Shandong, none of {},"
        " so it cannot answer this."
    ),
    quote="The words “{}” are not in the volume, so their occasion cannot be given.",
    circumstances="The volume does not record “{}”, so it cannot answer this.",
    term="The volume does not mention “{}”, so it cannot answer this.",
    silent="The volume contains 《{}》, but “{}” is not in it.",
    money="The volume contains 《{}》, but it names no amounts of money; “{}” has no answer in it.",
    filters="Nothing was found within the chosen filters; please widen them and ask again.",
    nothing="The volume holds nothing that answers this question.",
    nearest="What the volume holds that is nearest:",
    title="{}",
    between=", ",
)
