"""Writes requirements.lock: the versions that are installed here and tested, with the checksums
of all their files: python -m tests.dependencies.lock.

torch is left out: its build for processors alone has the same version as others, and other files.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.dependencies.tree import ROOT, tree

FILE = ROOT / "requirements.lock"
APART = "torch"
_HEAD = """\
# 测试时用的各个依赖的版本和校验和（运行和测试都在内；torch 除外，见 README.md 的“开始使用”）。
# 安装：pip install --no-deps --require-hashes -r requirements.lock
# 由 make lock 写成，勿手改。
"""
_ENTRY = re.compile(
    r"^([\w.-]+)==(\S+) \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)


def main() -> None:
    """Have pip-compile find the checksums; keep nothing but the packages."""
    with tempfile.TemporaryDirectory() as folder:
        installed = Path(folder) / "installed.txt"
        installed.write_text(
            "".join(f"{one.name}=={one.installed.version}\n" for one in tree() if one.name != APART)
        )
        made = Path(folder) / "requirements.lock"
        options = "--quiet --generate-hashes --extra=dev --strip-extras --allow-unsafe --no-header"
        silent = "--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host"
        subprocess.run(
            [
                *(sys.executable, "-m", "piptools", "compile"),
                *options.split(),
                *silent.split(),
                *("--no-emit-options", f"--constraint={installed}", f"--output-file={made}"),
                "pyproject.toml",
            ],
            cwd=ROOT,
            check=True,
        )
        found = [e for e in _ENTRY.finditer(made.read_text("utf-8")) if e[1] != APART]
        entries = sorted(found, key=lambda entry: canonicalize_name(entry[1]))
    FILE.write_text(_HEAD + "".join(entry[0] for entry in entries), encoding="utf-8")
    print(f"{FILE.name}：{len(entries)} 个依赖。")


def pinned() -> dict[str, str]:
    """The version of each package in the file."""
    found = _ENTRY.finditer(FILE.read_text("utf-8"))
    return {canonicalize_name(entry[1]): entry[2] for entry in found}


if __name__ == "__main__":
    main()
