"""A briefing as PDF: LibreOffice prints the Word file."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.briefing.model import Briefing
from qa.errors import ExportError
from qa.export.briefing.word import to_docx

_PATIENCE_S = 120
_PROGRAMS = ("soffice", "libreoffice")


def to_pdf(briefing: Briefing, patience_s: float = _PATIENCE_S) -> bytes:
    """The file's bytes.

    Raises:
        ExportError: LibreOffice is not there, or does not print the briefing in time.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise ExportError(
            "这台机器上没有 LibreOffice，写不了 PDF；请安装 libreoffice-writer，或者改存为 .docx。"
        )
    with TemporaryDirectory(prefix="qa-pdf-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        (folder / "briefing.docx").write_bytes(to_docx(briefing, for_libreoffice=True))
        _print(program, folder, patience_s)
        try:
            return (folder / "briefing.pdf").read_bytes()
        except FileNotFoundError as error:
            raise ExportError(
                "LibreOffice 没有写出 PDF；请检查它能否启动，或者改存为 .docx。"
            ) from error


def _print(program: str, folder: Path, patience_s: float) -> None:
    """Run LibreOffice with a profile of its own, so that one that is open does not matter."""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}',
        "--outdir",
        str(folder),
        str(folder / "briefing.docx"),
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True) as printing:
        try:
            printing.wait(patience_s)
        except subprocess.TimeoutExpired as error:
            raise ExportError(
                f"LibreOffice {patience_s:.0f} 秒还没有写出 PDF；请再试一次，或者改存为 .docx。"
            ) from error
        finally:
            if printing.poll() is None:  # also its children: the program is started by a script
                os.killpg(printing.pid, signal.SIGKILL)
