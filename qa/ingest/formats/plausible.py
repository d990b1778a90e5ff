"""Whether a text is Chinese as people write it, or what a wrong decoding leaves."""

import re

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子"
    "说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制"
    "机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数"
    "正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直"
    "题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别"
    "章总则规责任违依据安监督县市省府院委罚款保护信息网络办负处务标准技术服项第报告执"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x80-\x9f¡-ÿ]")
_ENOUGH = 60
"""Characters below which the share of common ones says nothing."""


def is_garbled(text: str) -> bool:
    """Many characters that stand for nothing, or Chinese almost without its common words."""
    shown = [c for c in text if not c.isspace()]
    if not shown:
        return False
    if len(_FOREIGN.findall(text)) > 0.1 * len(shown):
        return True
    han = _HAN.findall(text)
    return len(han) >= _ENOUGH and commonness(text) < 0.15


def commonness(text: str) -> float:
    """The share of common characters among the Chinese ones; 0 where there are none."""
    han = _HAN.findall(text)
    return sum(c in _COMMON for c in han) / len(han) if han else 0.0
