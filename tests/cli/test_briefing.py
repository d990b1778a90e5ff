"""`qa brief` and `--outline`."""

import json
from pathlib import Path

import pytest

from tests.cli.ran import Qa, sentence


@pytest.mark.parametrize("suffix", ["docx", "md", "json"])
def test_a_briefing_is_written_to_a_file(suffix: str, qa: Qa, tmp_path: Path) -> None:
    file = tmp_path / f"简报.{suffix}"
    ran = qa("brief", "数据出境", "--parts", "罚则一览，要点", "--out", str(file))
    assert (ran.code, ran.out, ran.err) == (0, f"已存入 {file}。\n", "")
    if suffix == "docx":
        assert file.read_bytes().startswith(b"PK")
    elif suffix == "md":
        text = file.read_text(encoding="utf-8")
        assert text.index("## 罚则一览") < text.index("## 要点")
    else:
        kinds = [part["kind"] for part in json.loads(file.read_bytes())["parts"]]
        assert kinds == ["罚则一览", "要点"]
    assert [*tmp_path.iterdir()] == [file]


def test_an_outline_names_the_provisions_to_write_from(qa: Qa) -> None:
    proposed = qa("brief", "数据出境", "--outline", "--json").json["provisions"]
    chosen = proposed[0]["provision_id"]
    assert chosen in qa("brief", "数据出境", "--outline").out
    arguments = ["--provision", chosen, "--parts", "条文原文", "--json"]
    (part,) = qa("brief", "数据出境", *arguments).json["parts"]
    (document,) = part["content"]["documents"]
    assert [p["provision_id"] for p in document["provisions"]] == [chosen]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([" "], "主题是空的；"),
        (["婚姻家庭"], "汇编里没有关于“婚姻家庭”的内容，没有生成简报。最接近的是《"),
        (["--department", "省科技局"], "汇编的任务分工里没有“省科技局”这个部门；"),
        (["--document", "民法典"], "汇编没有收录“民法典”；"),
        (["--compare", "数据安全法", "民法典"], "汇编没有收录“民法典”；"),
        (["数据安全", "--template", "周报"], "没有叫“周报”的模板；"),
        (["数据安全", "--parts", "要点、附录"], "没有“附录”这一部分；"),
        (
            ["数据安全", *[word for n in range(200) for word in ("--provision", str(n))]],
            "选了 200 条，一份简报最多收 120 条；",
        ),
    ],
)
def test_a_briefing_that_cannot_be_made_leaves_no_file(
    arguments: list[str], complaint: str, qa: Qa, tmp_path: Path
) -> None:
    ran = qa("brief", *arguments, "--out", str(tmp_path / "简报.docx"))
    assert ran.code == 2
    assert sentence(ran).startswith(complaint)
    assert [*tmp_path.iterdir()] == []


def test_where_a_briefing_cannot_be_stored_is_said(qa: Qa, tmp_path: Path) -> None:
    assert sentence(qa("brief", "数据安全")).startswith("请用 --out 写明存到哪个文件")
    assert qa("brief", "数据安全", "--out", str(tmp_path / "简报.txt")).code == 2
    ran = qa("brief", "数据安全", "--out", str(tmp_path / "没有" / "简报.docx"))
    assert ran.code == 1
    assert sentence(ran).startswith("没有文件夹 ")
