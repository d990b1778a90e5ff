"""The file that something is exported to: looked at first, replaced as a whole or not at all."""

import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import BriefingError, ExportError

Write = Callable[[bytes], None]

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
"""What some system does not take in a name."""


@contextmanager
def replacing(path: Path, suffixes: Collection[str]) -> Iterator[Write]:
    """A function to be called with the file's content; the old file stands until all is written.

    Whether it can be written is seen on entering, before there is anything to lose.

    suffixes: the known ones, in small letters with the dot.

    Raises:
        BriefingError: it is no name for such a file.
        ExportError: it cannot be written there, or is open elsewhere.
    """
    _check_name(path, suffixes)
    scratch = path.parent / f".qa-{secrets.token_hex(6)}.tmp"

    def write(content: bytes) -> None:
        with _faults_said(path):
            scratch.write_bytes(content)

    with _faults_said(path):
        _check_place(path)
        scratch.touch(exist_ok=False)
    try:
        yield write
        with _faults_said(path):
            scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _faults_said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"写不了 {path}（{error.strerror}）；请检查权限和磁盘空间，或者换一个文件夹、文件名。"
        ) from error


def _check_name(path: Path, suffixes: Collection[str]) -> None:
    known = "、".join(suffixes)
    if path.suffix.lower() not in suffixes:
        said = f"“{path.suffix}”不是能写的格式" if path.suffix else f"“{path.name}”没有后缀"
        raise BriefingError(f"{said}；请用 {known} 之一，例如 简报.docx。")
    if _UNFIT.search(path.name):
        raise BriefingError(
            f'文件名“{path.name}”里有不能用的字符；请去掉 \\ / : * ? " < > | 和控制字符。'
        )


def _check_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise ExportError(f"没有文件夹 {path.parent}；请先建立，或者换一个文件夹。")
    if path.is_dir():
        raise ExportError(f"{path} 是一个文件夹；请换一个文件名。")
    lock = next((lock for lock in _locks(path) if lock.exists()), None)
    if lock:
        raise ExportError(
            f"{path.name} 正在别处打开；请先关闭，或者换一个文件名"
            f"（其实没有打开的话，删去同一文件夹里的 {lock.name}）。"
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise ExportError(f"{path} 是只读的；请换一个文件名，或者取消只读。")


def _locks(path: Path) -> Iterator[Path]:
    """What LibreOffice and Word leave beside a file that they have open.

    Word puts `~$` before the name, in the place of its first two letters where it is long enough.
    """
    yield path.with_name(f".~lock.{path.name}#")
    for dropped in range(3):
        yield path.with_name(f"~${path.name[dropped:]}")
