"""Known vulnerabilities of what requirements.lock names: python -m tests.dependencies.audit.

pip-audit asks PyPI's database over the network. What it could not ask about counts as not looked
up, and never as clean.
"""

import json
import subprocess
import sys
import tempfile
from typing import Any

from tests.dependencies.lock import FILE, pinned


def main() -> int:
    """0 where everything was looked up and nothing is known; 1 where something is; else 2."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{name}=={version}\n" for name, version in pinned().items())
        file.flush()
        command = ["--format=json", "--progress-spinner=off", "--disable-pip", "--no-deps"]
        ran = subprocess.run(
            [sys.executable, "-m", "pip_audit", *command, f"--requirement={file.name}"],
            capture_output=True,
            text=True,
            check=False,
        )
    code, said = told(ran.stdout)
    print(said)
    return code


def told(report: str) -> tuple[int, str]:
    """The exit code and what to say of pip-audit's report."""
    try:
        found: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except ValueError:
        found = []
    known = [
        f"{one['name']} {one['version']}：{', '.join(v['id'] for v in one['vulns'])}"
        for one in found
        if one.get("vulns")
    ]
    if known:
        return 1, "\n".join(["有已知漏洞的依赖，请升级后运行 make lock：", *known])
    left = len(pinned()) - sum("vulns" in one for one in found)
    if left:
        why = f"漏洞没有核对完：{left} 个依赖查不到，多半是连不上漏洞库"
        return 2, f"{why}；请在能上网的机器上再运行 make audit。"
    return 0, f"{FILE.name} 里的 {len(found)} 个依赖都核对过，没有已知漏洞。"


if __name__ == "__main__":
    sys.exit(main())
