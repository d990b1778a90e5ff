"""Numbers of articles and paragraphs between Chinese and Arabic script."""

from functools import lru_cache

import cn2an


@lru_cache(maxsize=4096)
def to_int(number: str) -> int:
    """`二十一`, `21` or `两` as an integer.

    Raises:
        ValueError: it is no number.
    """
    if number.isdecimal():  # of full width, too
        return int(number)
    try:
        return int(cn2an.cn2an(number.replace("○", "〇"), "normal"))
    except KeyError as error:  # 一十百: units in no order
        raise ValueError(f"no number: {number}") from error


def to_han(number: int) -> str:
    """21 as a law writes it: `二十一`."""
    han = str(cn2an.an2cn(number, "low"))
    return han.removeprefix("一") if 10 <= number < 20 else han
