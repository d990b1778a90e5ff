"""Old Word files and those of WPS, by way of LibreOffice where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from qa.errors import DocumentError
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.result import Read
from qa.ingest.formats.word import read_word

_LONGEST = 180.0
"""Seconds that a conversion may take."""


def read_office(path: Path, limits: Limits) -> Read:
    """What `read_word` gives of the file as LibreOffice saves it; macros are not run."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise DocumentError(
            f"读 {path.name} 需要 LibreOffice，这台机器没有安装；"
            "请用 Word 或 WPS 把它另存为 .docx 后再加入，或请管理员安装 libreoffice-writer。"
        )
    with tempfile.TemporaryDirectory(prefix="qa-office-") as folder:
        # Named anew: a name that begins with a dash would be an option.
        given = Path(folder) / f"given{path.suffix.lower()}"
        shutil.copyfile(path, given)
        made = Path(folder) / "made"
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx"),
            *("--outdir", str(made), str(given)),
        ]
        try:
            subprocess.run(
                command, capture_output=True, check=False, timeout=min(_LONGEST, limits.seconds)
            )
        except subprocess.TimeoutExpired:
            raise DocumentError(
                f"LibreOffice 没能在时限内转换 {path.name}；请另存为 .docx。"
            ) from None
        converted = made / "given.docx"
        if not converted.exists():
            raise DocumentError(
                f"LibreOffice 打不开 {path.name}（已损坏或加了密码）；请另存为 .docx 后再加入。"
            )
        return read_word(converted, limits)
