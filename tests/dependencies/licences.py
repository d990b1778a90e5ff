"""The licence of everything that is needed, as a table: python -m tests.dependencies.licences."""

import re
from importlib.metadata import Distribution

from tests.dependencies.tree import ROOT, Needed, tree

FILE = ROOT / "docs" / "许可.md"
_UNSAID = {"axe-playwright-python": "MIT"}
"""Where the package's metadata is silent: what the file of its licence says."""
_HEAD = """\
# 依赖的许可

由 `make licences` 写成；测试核对它与安装的一致，并且没有哪一个不许单位使用。\
LGPL 与 MPL 的包原样安装，没有修改。版本见 [requirements.lock](../requirements.lock)。

| 包 | 许可 | 用在 |
|--|--|--|
"""
_CLASSIFIER = "License :: OSI Approved :: "
_PART = re.compile(r" AND | OR |; |, ")
_ALLOWED = re.compile(
    r"Apache( Software License|[ -]2\.0)?( License| WITH LLVM-exception)?|MIT(-0|-CMU| License)?"
    r"|(3-Clause )?BSD( License)?|0BSD|BSD-[23]-Clause|ISC( License \(ISCL\))?|Zlib|CC0-1\.0"
    r"|BSL-1\.0|CNRI-Python|PSF-2\.0|Python-2\.0|Python Software Foundation License|HPND"
    r"|The Unlicense.*|Unlicense|Academic Free License \(AFL\)"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)"
    r"|LGPL-[23][\w.-]*|GNU Lesser General Public License v[\w ]+ \(LGPLv[23]\+?\)"
    r"|dependency licenses"  # of what pypdfium2 carries along
)


def main() -> None:
    """Write the table."""
    FILE.write_text(table(), encoding="utf-8")


def table() -> str:
    """The page as it should be."""
    return _HEAD + "".join(f"{row}\n" for row in map(_row, tree()))


def licence(installed: Distribution) -> str:
    """What a package says of itself, in one line; empty where it says nothing."""
    told = installed.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classifiers = told.get_all("Classifier") or []
    named = [c.removeprefix(_CLASSIFIER) for c in classifiers if c.startswith(_CLASSIFIER)]
    if named:
        return "; ".join(sorted(named))
    said = str(told.get("License") or "").strip().partition("\n")[0]
    return said or _UNSAID.get(str(told["Name"]), "")


def unfit(said: str) -> list[str]:
    """The parts of a licence that nobody has looked at yet; a test says which may be used."""
    parts = [
        part.strip(" ()") if part.count("(") != part.count(")") else part.strip()
        for part in _PART.split(said)
    ]
    return [part for part in parts if not _ALLOWED.fullmatch(part)]


def _row(needed: Needed) -> str:
    use = "运行" if needed.at_work else "测试"
    return f"| {needed.name} | {licence(needed.installed)} | {use} |"


if __name__ == "__main__":
    main()
