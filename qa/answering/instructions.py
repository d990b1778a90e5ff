"""Instructions inside a question or a document: they are text, and what they say is not obeyed.

A question is read clause by clause. A clause that wants to change how the assistant behaves, or to
see what it was told, is dropped; a real question beside it stays.
"""

import re

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_CLAUSE = re.compile(r"[^，,：:。！？!?；;\n]+")
_STOP_BEFORE_LATIN = re.compile(r"(?<=[a-z])\.\s+(?=[A-Z])")

_FRAME = re.compile(
    r"(?<![能以否会许者业司台位“\"「『])(?:忽略|无视|忘记|忘掉|忘了|抛开|抛弃|绕过|跳过|覆盖|解除|关闭|丢掉|别管|不要?再?(?:管|理会|遵守|遵循))"
    r".{0,6}(?:以上|上述|上面|之前|先前|前面|此前|所有|全部|一切|你|系统|原有|原来|安全)"
    r".{0,10}(?:指令|指示|命令|规则|设定|提示|限制|约束|要求|身份|训练|内容|话|过滤|审查)"
    r"|(?:输出|打印|显示|展示|说出|列出|给出|告诉|泄露|透露|公布|公开|复述|重复|背出|给我看|看看|发出?来)"
    r".{0,12}(?:系统提示(?=词|[，。！？\s]|$)|提示词|隐藏的?(?:指令|规则)|初始(?:指令|设定|提示)|内部(?:指令|设定|规则)"
    r"|配置信息|你的?(?:系统)?(?:指令|设定|提示|配置|规则)|你(?:收到|得到|被给)的|第一条消息)"
    r"|(?:系统提示词?|提示词|初始指令)(?:.{0,8}是什么(?!意思)|的内容|有哪些|发给我|给我)"
    r"|(?:你(?:收到|得到|被给)的|系统提示词|提示词|第一条消息).{0,10}(?:打印|输出|显示|重复|复述|发)出?来"
    r"|(?:你(?:现在|将|要|来)?|请|从现在(?:起|开始)|现在).{0,4}(?:扮演|假装|装作|充当|模拟|冒充)"
    r"|你(?:现在|从现在(?:起|开始)|将)?(?:就?是|叫|变成).{0,16}(?:没有|不受|无).{0,6}"
    r"(?:限制|约束|道德|审查|过滤|规则)"
    r"|从现在(?:起|开始).{0,12}(?:你|只|必须|都|一律)"
    r"|(?:忘记|忘掉|忘了).{0,3}你(?:是|的)|以.{0,16}(?:没有|不受|无).{0,6}限制"
    r"|(?:上面|上述|以上|之前).{0,6}(?:设定|提示|指令).{0,8}(?:复述|输出|打印|重复|显示)"
    r"|(?:开发者|越狱|上帝|管理员|无限制|调试)模式|越狱提示"
    r"|(?:不管|无论)我(?:问|说|怎么).{0,20}(?:你|都|只)"
    r"|用.{1,8}(?:语气|口吻|腔调)(?:说话|回答|回复|来)"
    r"|你(?:必须|只能|一律|要).{0,8}(?:同意|服从|听从|听我)"
    r"|(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all"
    r"|your|everything|every|these|those|any)\b"
    r"|(?:reveal|print|show|output|repeat|display|leak|expose)\b.{0,40}\b"
    r"your (?:rules|guidelines)\b"
    r"|(?:reveal|print|show|output|repeat|display|leak|tell|give|expose|what(?:'s| is| are|'re))\b"
    r".{0,40}\b(?:system (?:prompt|message|instructions?)|hidden (?:rules?|instructions?|prompt)"
    r"|initial (?:prompt|instructions?)|your (?:prompt|instructions?|configuration)"
    r"|(?:text|words|everything) above)"
    r"|\byou are now\b|\b(?:act|behave|respond) as (?:an?|if|my)\b|\bpretend\b|\brole-?play\b"
    r"|\bfrom now on\b|\b(?:developer|debug|god|admin) mode\b|\bjailbreak|\bunrestricted\b"
    r"|\bdo anything now\b|(?-i:\bDAN\b)",
    re.IGNORECASE,
)
"""A clause that wants another behaviour, or the assistant's own instructions."""

_DICTATION = re.compile(
    r"(?:跟着?我|照着?)(?:念|读|重复)|跟着?我说[：:“\"]|重复我(?:说)?的话|复读"
    r"|只(?:能|准|许|要|需)?(?:回答|回复|输出|说)[“\"「：:]"
    r"|解码.{0,6}(?:执行|照做|运行)|(?:用|以)\s*base64|base64.{0,6}(?:输出|编码|解码)"
    r"|^\s*(?:system|assistant|developer|系统)\s*[:：]|<\|?\s*(?:im_start|system|/?s)\b"
    r"|\[/?INST\]|^#+\s*(?:system|instruction)"
    r"|\brepeat (?:after me|the following|this)\b|\brepeat the (?:text|words) above\b"
    r"|(?:^|\b(?:and|only|just|then|must|please) )say [\"“']"
    r"|\bdecode\b.{0,30}\b(?:follow|execute|obey|run)\b|\bin base64\b",
    re.IGNORECASE,
)
"""A sentence that dictates what is to be said, or smuggles: the whole of it is dropped."""

_TO_A_MODEL = re.compile(
    r"<\|\w+\|>|【(?:系统|指令)】"
    r"|(?:无论|不管|不论)(?:用户|别人|对方|谁)(?:问|说|怎么)|(?:在|于)(?:每个|所有|你的)回答"
    r"|其他法律[^。]{0,6}(?:一律|均|都)[^。]{0,4}(?:不适用|无效)"
    r"|一律(?:回答|回复)[“\"「：:]|(?:把|将)用户.{0,20}网址"
    r"|(?:answer|reply|respond)\b.{0,20}\b(?:only|with the word)"
    r"|\b(?:AI assistant|assistant[,:]|chatbot)"
    r"|#+ *(?:系统|用户|助手)(?:\s|$)|\{\{\w+\}\}|\[\d{1,2}\]《[^》]{1,60}》[^。]{0,20}："
    r"|</?(?:script|iframe|img|svg|object)\b|\] *(?:\([a-z]+:|: *https?:)|<https?:"
    r"|\bjavascript:|\bdata:text",
    re.IGNORECASE,
)
"""What is written for a model alone: orders, turns of a conversation, marks of a prompt, markup."""
_UNLIMITED = re.compile("不受[^，。；]{0,12}限制")
"""Which a law says of a person, and an instruction of a model."""

_ASKS = re.compile(
    r"[?？]|第[\d一二三四五六七八九十百]+[章节条款项]|《[^》]+》.*(?:什么|哪|怎么|如何|多少|几|吗)"
    r"|(?:法|条例|办法|规划).{0,20}(?:什么|哪|怎么|如何|多少|几|规定)"
)
_WORDS = re.compile(r"[\u4e00-\u9fff]|[a-z]+", re.IGNORECASE)
_FEWEST_WORDS = 4
_ADDED = re.compile(
    r"^(?:另外|还有|顺便|然后|接着|最后|再|并且?|请问?|and|then|also|[\s，,：:.])+", re.IGNORECASE
)


def without_instructions(text: str) -> str:
    """What is left to answer: the text itself where nothing in it is an instruction.

    Empty where nothing else is left.
    """
    sentences = _sentences(text)
    kept = [_kept(sentence) for sentence in sentences]
    if kept == sentences:
        return text
    rest = _ADDED.sub("", " ".join(part for part in kept if part))
    return rest if len(_WORDS.findall(rest)) >= _FEWEST_WORDS else ""


def addresses_a_model(text: str) -> bool:
    """Whether a document speaks to whoever answers from it, which no law does."""
    said = _sentences(_UNLIMITED.sub("", text))
    return bool(_TO_A_MODEL.search(text)) or any(_kept(each) != each for each in said)


def _sentences(text: str) -> list[str]:
    marked = _STOP_BEFORE_LATIN.sub(".\n", text)
    return [match[0].strip() for match in _SENTENCE.finditer(marked) if match[0].strip()]


def _kept(sentence: str) -> str:
    """A sentence without its instructions; empty where it asks nothing besides them."""
    if _DICTATION.search(sentence):
        return ""
    clauses = list(_CLAUSE.finditer(sentence))
    wrong = [n for n, clause in enumerate(clauses) if _FRAME.search(clause[0])]
    if not wrong:
        return "" if _FRAME.search(sentence) else sentence
    after = sentence[clauses[wrong[-1]].end() :]
    before = sentence[: clauses[wrong[0]].start()]
    for rest in (after, before):
        asked = _ADDED.sub("", rest)
        if _ASKS.search(asked) and len(_WORDS.findall(asked)) >= _FEWEST_WORDS:
            return asked.rstrip("，,：: ")
    return ""
