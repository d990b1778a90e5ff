"""Words that are not ours in an answer's Markdown: shown as they are, and doing nothing.

An answer is read as Markdown here, and by other programs that know the whole of it. What a
document, a model or a question says must not become a link, an image, HTML or a citation there.
"""

import re

_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""What no reader sees: of no width, or turning the order of letters."""
_MARKUP = re.compile(r"\\|\[(?=\d{1,3}\])|!(?=\[)|(?<=\])[(\[:]|<(?=[A-Za-z/!?])")
"""Where a link, an image, a definition, HTML or a citation begins."""
_ESCAPED = re.compile(r"\\([\\\[!(:<])")


def literal(words: str) -> str:
    """The words as Markdown that shows them and nothing more."""
    return _MARKUP.sub(r"\\\g<0>", unseen_out(words))


def shown(markdown: str) -> str:
    """What a reader sees of `literal` words; the markup of answers is left as it is."""
    return _ESCAPED.sub(r"\1", markdown)


def unseen_out(words: str) -> str:
    """The words without what no reader sees."""
    return _UNSEEN.sub("", words)
