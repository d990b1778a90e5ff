"""The names under which files are handed in."""

import re

from qa.errors import DocumentError

_LONGEST = 200
"""Bytes; file systems take 255, and a number or an ending may be added."""
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def checked_name(name: str) -> str:
    """The name, if it is one of a file and of nothing else.

    Raises:
        DocumentError: it leads to another folder, is hidden, too long or unprintable.
    """
    if "/" in name or "\\" in name or ".." in name or name.startswith("."):
        raise DocumentError("文件名里不能有路径（/、\\ 或 ..），也不能以点开头；请改名后再上传。")
    if not name.strip() or not name.isprintable() or re.search(r'[<>:"|?*]', name):
        raise DocumentError("文件名为空，或含有不可用的字符；请改名后再上传。")
    if _DEVICES.match(name):
        raise DocumentError("这个文件名是系统保留的；请改名后再上传。")
    if len(name.encode()) > _LONGEST:
        raise DocumentError("文件名太长（超过 200 字节）；请改短后再上传。")
    return name
