"""What kind of request a question is, by its words alone."""

import re
from typing import Literal

Kind = Literal["greeting", "identity", "chat", "task", "advice", "opinion"]
"""The requests that are no questions on the volume."""

_CIVIL = re.compile(
    r"^(?:(?:你|您|大家)?好|在吗|早上好|上午好|中午好|下午好|晚上好|早安|晚安|谢谢|多谢|感谢|辛苦|麻烦"
    r"|再见|拜拜|测试|hi|hello|hey|thanks|thank you|bye|goodbye|good (?:morning|afternoon|evening)"
    r"|test)(?:你们?|您|了|的?帮助|的|there|呀|啊|吗|呢|[,，.。!！?？~～\s])*",
    re.IGNORECASE,
)
_LAUGHTER = re.compile(r"[哈呵嘿嘻嗯哦啊呀好的吧行了ok,，.。!！?？~～\s]+", re.IGNORECASE)
_IDENTITY = re.compile(
    r"你(?:到底|究竟)?(?:是|叫)(?:谁|什么(?:名字|人|东西|模型|ai)?|哪位|哪家的?|人还是|机器人)|你是.{0,10}(?:模型|\bai\b|gpt|公司(?:做|开发)|真人)"
    r"|(?:介绍|说说)(?:一下|下)?你?自己|你(?:都)?(?:能|会|可以)(?:做|干|帮我做|回答)(?:些|点)?(?:什么|啥)"
    r"|谁(?:开发|做|训练|发明)(?:了|的)你|你的?(?:名字|作者|开发者)"
    r"|who (?:are|made|built) you|what (?:are you|can you do|is your name)\b",
    re.IGNORECASE,
)
_CHAT = re.compile(
    r"天气|下雨|下雪|气温|(?:冷)?笑话|讲个?故事|唱(?:首|个)?歌|好吃|吃什么|吃啥|火锅|烧烤|红烧|菜谱"
    r"|餐厅|美食|去哪里?玩|旅游攻略|陪我聊|聊聊天|心情不?好|好无聊|你(?:会不会)?累|谈恋爱|星座|减肥"
    r"|\bweather\b|\bjokes?\b|\brecipes?\b|\brestaurants?\b|\bhow to cook\b",
    re.IGNORECASE,
)
_MAKE = r"(?:写|编|作|做|画|拟|生成|创作|起草|草拟|设计|撰写|制作|来|整)出?"
_COUNTED = r"(?:(?:一|几|两|\d+)?(?:个|份|篇|首|段|封|条|张|则|套))"
_PLEASE = r"(?:帮我|给我|替我|帮忙|请你?|麻烦你?|用\S{1,12}?)"
_TASK = re.compile(
    rf"(?:^|[，。！？,.!?\s])(?:{_PLEASE}+{_MAKE}{_COUNTED}?|{_MAKE}{_COUNTED})"
    r"(?:[^，。？！?!]{0,20}?)(?:诗|绝句|律诗|对联|作文|小说|故事|歌词|文案|代码|程序|脚本|爬虫|函数|排序"
    r"|sql|ppt|课件|海报|邮件|通知|讲话稿|演讲稿|发言稿|检讨|工作总结|年终总结|述职|心得|论文|简历|新闻稿"
    r"|周报|请假条|祝福语)"
    r"|(?:python|java|javascript|c\+\+|sql|html|golang|excel|vba)\S{0,6}?(?:写|编|实现|代码|函数|程序|脚本)"
    r"|(?:翻译|译)(?:成|为|一下这|这)|(?:润色|改写|扩写|缩写|校对|续写)(?:一下)?(?:这|下面|以下)"
    r"|解方程|\d\s*(?:乘以?|除以|加上?|减去?|[-+*×÷/])\s*\d+\s*(?:=|等于|是多少|得多少)"
    r"|起(?:个|一个)?(?:好听的?)?(?:名字|名|标题)"
    r"|\bwrite (?:me )?(?:an? |some |the )?(?:\w+ ){0,3}(?:code|function|script|program|poem|haiku"
    r"|limerick|rap|story|essay|email|letter|song|query)\b"
    r"|\btranslate (?:this|the following|it|into)\b",
    re.IGNORECASE,
)
_PLEADING = re.compile(
    r"(?:写|拟|起草|代写|草拟).{0,6}(?:起诉状|诉状|答辩状|律师函|仲裁申请|上诉状|申诉书|遗嘱|离婚协议)"
    r"|请律师|律师费|看看?.{0,8}(?:合同|协议).{0,4}(?:有没有|有无|坑|问题)"
    r"|\bdraft (?:a|my) (?:complaint|lawsuit|contract|will)\b|\bwill i win\b",
    re.IGNORECASE,
)
_MY_CASE = re.compile(
    r"(?:案子|官司|起诉|打官司|胜诉|仲裁|开庭|法院).{0,20}(?:赢|胜算|该不该|几成|把握)"
    r"|该不该.{0,4}(?:起诉|告(?!诉|知)|打官司)|(?:坐牢|判刑|蹲监狱)|判(?:几年|多久|多少年)"
    r"|(?:辞退|开除|解雇|裁员|裁了|工龄|拖欠|欠薪|工伤|离婚|前夫|前妻|抚养权|遗产|房东|押金|彩礼"
    r"|劳动合同|借钱不还|欠钱).{0,30}"
    r"(?:多少|几个月|赔|补偿|怎么办|怎么要|要回|怎么分|该怎么|能不能)"
    r"|欠.{0,8}不还|(?:要到|获赔|索赔).{0,4}(?:多少|几)|(?:损失费|赔偿金|补偿金).{0,8}(?:多少|几)"
    r"|(?:被骗|诈骗|被盗刷).{0,20}(?:追回|要回|赔我)"
    r"|\bmy (?:landlord|boss|employer|husband|wife|case|lawyer)\b.{0,80}"
    r"\b(?:sue|win|compensation|how much|owe)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"我|咱|老板|\b(?:i|my|me)\b", re.IGNORECASE)
_OPINION = re.compile(
    r"你(?:个人)?(?:怎么|如何|是怎么)(?:看|评价|看待)|你对.{1,20}(?:怎么看|看法|态度|评价)"
    r"|你(?:个人)?(?:觉得|认为|感觉).{0,30}(?:好不好|怎么样|[最更]|合理吗|值不值|行不行|对不对|好吗)"
    r"|(?<!猜)你更?(?:支持|反对|喜欢|讨厌)|(?:哪|谁).{0,12}(?:最(?:好|差|强|厉害|聪明|伟大|牛|漂亮))"
    r"|谁.{0,4}最.{0,8}(?:领导|人|国家)|谁(?:会|能|将)(?:赢|胜|当选|上台)|排个名|排行榜|预测一下|帮我预测"
    r"|(?:会|还会|能)(?:不会)?(?:涨|跌)|概念股|股价|彩票"
    r"|\bwho (?:will|is going to) win\b|\bdo you (?:think|like|support|prefer)\b|\byour opinion\b"
    r"|\bbest (?:president|leader|country|party)\b",
    re.IGNORECASE,
)
_CONFIRM = re.compile(
    r"(?:[，,。；;]\s*(?:这|那|说得)?(?:对|是|没错|真)(?:吧|吗|么|不对|不是|的吗|的吧)|是这样[的]?[吧吗]"
    r"|(?<!到底)(?:是吧|对吧|没错吧|是真的吗|不是吗|行了吧|可以吧)"
    r"|[,;]\s*(?:right|correct|true|isn't it|is that (?:true|right)|doesn't it|don't they))"
    r"[?？。!！\s]*$"
    r"|^(?:听说|据说|有人说|i heard|is it true).*(?:吗|吧|对不对|是不是|right|true|correct|\?)"
    r"[?？。!！\s]*$"
    r"|难道|不是(?:都|说|规定|要求|应该|必须).*吗[?？]?$|说法.{0,3}(?:对|正确|成立|准确)[吗吧不]",
    re.IGNORECASE,
)


def kind_of(text: str, names_document: bool) -> Kind | None:
    """The kind of a request that is no question on the volume, or None where it may be one.

    Args:
        names_document: a document of the volume is named; to sum it up, list or translate it is
            then a question on the volume.
    """
    rest = _CIVIL.sub("", text.strip())
    while rest != (rest := _CIVIL.sub("", rest)):
        pass
    if not rest or _LAUGHTER.fullmatch(rest):
        return "greeting"
    if _IDENTITY.search(rest):
        return "identity"
    if _PLEADING.search(rest) or (_MY_CASE.search(rest) and _FIRST_PERSON.search(rest)):
        return "advice"
    if names_document:
        return "opinion" if _OPINION.search(rest) else None
    if _TASK.search(rest):
        return "task"
    if _OPINION.search(rest):
        return "opinion"
    return "chat" if _CHAT.search(rest) else None


def premise(question: str) -> bool:
    """Whether a question asserts something and asks for it to be confirmed: `…，对吧？`."""
    return bool(_CONFIRM.search(question.strip()))
