"""The command `qa` in this process, with the real assistant opened once for all tests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.settings import Settings
from tests.cli.ran import Qa, sentence

PASSAGE = {"provision_id", "document", "locator", "text", "score", "why"}
ANSWER = {"text", "citations", "refused", "refusal_reason", "mode", "notices", "model", "supported"}


def test_search_gives_the_passages_as_json(qa: Qa, assistant: Assistant) -> None:
    ran = qa("search", "数据安全法第二十一条", "--top-k", "3", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.json) == {"question", "passages", "missing", "timings_ms"}
    assert ran.json["question"] == "数据安全法第二十一条"
    assert len(ran.json["passages"]) == 3
    first = ran.json["passages"][0]
    assert set(first) == PASSAGE
    assert first["document"] == "中华人民共和国数据安全法"
    assert (first["locator"], first["score"], first["why"]) == ("第二十一条", 1.0, "按条号直接命中")
    assert first["text"] == assistant.provision(first["provision_id"]).text
    assert ran.json["timings_ms"]["total"] > 0


def test_ask_gives_the_answer_as_json(qa: Qa) -> None:
    ran = qa("ask", "网络安全法第二十一条", "--json")
    assert ran.code == 0
    assert set(ran.json) == {"question", "answer", "passages", "timings_ms", "tokens"}
    answer = ran.json["answer"]
    assert set(answer) == ANSWER
    assert (answer["refused"], answer["refusal_reason"], answer["mode"]) == (False, None, "extract")
    (citation,) = answer["citations"]
    assert set(citation) == {"n", "provision_id", "document", "locator", "quote"}
    assert (citation["n"], citation["locator"]) == (1, "第二十一条")
    assert citation["quote"] in ran.json["passages"][0]["text"]
    assert "2025 年 10 月 28 日修改" in answer["notices"][0]
    assert set(ran.json["timings_ms"]) == {"retrieval", "first_evidence", "first_token", "total"}


def test_a_refusal_is_a_success_with_its_reason(qa: Qa) -> None:
    ran = qa("ask", "公共数据开放办法第三十条", "--json")
    assert ran.code == 0
    assert ran.json["answer"]["refused"] is True
    assert "共 23 条" in ran.json["answer"]["refusal_reason"]


def test_without_json_a_person_can_read_it(qa: Qa) -> None:
    found = qa("search", "公共数据开放办法第三十条", "--top-k", "1").out
    assert found.startswith("汇编收录的《山东省公共数据开放办法》共 23 条")
    assert "\n1. 《山东省公共数据开放办法》" in found
    answered = qa("ask", "数据安全法第四十八条").out
    assert "- **第四十八条**：违反本法第三十五条规定" in answered
    assert "\n注意：《中华人民共和国数据安全法》第四十八条勘误：" in answered


def test_filters_are_taken_by_any_name_and_may_be_repeated(qa: Qa) -> None:
    documents = ["--document", "数安法", "--document", "pipl"]
    ran = qa("search", "个人信息处理者和数据安全负责人", *documents, "--top-k", "60", "--json")
    assert {p["document"] for p in ran.json["passages"]} == {
        "中华人民共和国数据安全法",
        "中华人民共和国个人信息保护法",
    }
    ran = qa("search", "数据", "--level", "省政府规章", "--region", "山东", "--json")
    assert {p["document"] for p in ran.json["passages"]} <= {
        "山东省电子政务和政务数据管理办法",
        "山东省公共数据开放办法",
    }


def test_history_is_taken_from_a_file(qa: Qa, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    turns = [
        {"role": "user", "content": "数据安全法第二十一条"},
        {"role": "assistant", "content": "国家建立数据分类分级保护制度。"},
    ]
    history.write_text(json.dumps(turns, ensure_ascii=False), encoding="utf-8")
    ran = qa("ask", "上述第三款", "--history", str(history), "--json")
    assert ran.json["answer"]["citations"][0]["locator"] == "第二十一条第三款"


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ("", "问题是空的；请输入要问的内容。"),
        (" \t\n", "问题是空的；请输入要问的内容。"),
        ("\x1b\x07\u200b", "问题是空的；请输入要问的内容。"),
        ("数" * 20_000, "问题有 20000 个字，超过了 2000 个字；请缩短后再问。"),
    ],
)
def test_a_question_that_cannot_be_asked_is_wrong_use(
    command: str, question: str, complaint: str, qa: Qa
) -> None:
    ran = qa(command, question)
    assert ran.code == 2
    assert sentence(ran) == complaint


def test_control_characters_and_html_are_just_text(qa: Qa) -> None:
    ran = qa("search", "数据\x1b[31m安全法\x07第二十一条<script>alert(1)</script>", "--json")
    assert ran.code == 0
    assert ran.json["question"] == "数据 [31m安全法 第二十一条<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--document", "民法典"], "没有叫“民法典”的文件；用 qa corpus list 查看全部文件。"),
        (["--document", ""], "没有叫“”的文件；用 qa corpus list 查看全部文件。"),
        (["--region", "北京"], "没有“北京”；可以用：国家、山东。"),
        (["--level", "宪法"], "没有“宪法”；可以用："),
        (["--year", "1949"], "没有 1949 年的内容；可以用：2023、"),
    ],
)
def test_a_filter_that_does_not_exist_is_wrong_use(
    arguments: list[str], complaint: str, qa: Qa
) -> None:
    ran = qa("search", "数据", *arguments)
    assert ran.code == 2
    assert sentence(ran).startswith(complaint)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{}",
        b"[1]",
        b"[[]]",
        b'[{"role": "user"}]',
        b'[{"role": "robot", "content": "?"}]',
        "数据".encode("gb18030"),
        b"",
    ],
)
def test_a_history_that_is_none_is_wrong_use(content: bytes, qa: Qa, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    history.write_bytes(content)
    ran = qa("ask", "第三款", "--history", str(history))
    assert ran.code == 2
    assert sentence(ran) == (
        f"对话文件 {history} 应为 JSON 列表，每项有 role（user 或 assistant）和 content。"
    )


def test_a_history_that_cannot_be_read_is_wrong_use(qa: Qa, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        ran = qa("ask", "第三款", "--history", str(path))
        assert ran.code == 2
        assert sentence(ran).startswith(f"读不了对话文件 {path}（")


@pytest.mark.parametrize(
    "arguments",
    [
        ["search"],
        ["search", "数据", "--colour"],
        ["search", "数据", "更多"],
        ["search", "数据", "--top-k", "0"],
        ["search", "数据", "--top-k", "many"],
        ["ask", "数据", "--mode", "magic"],
        ["eval", "run", "--questions", "x.jsonl"],
        ["eval", "run", "--questions", "x", "--out", "y", "--limit", "0"],
        ["dance"],
        ["index", "burn"],
    ],
)
def test_wrong_use_of_the_command_line_ends_with_2(arguments: list[str], qa: Qa) -> None:
    ran = qa(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: qa" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["serve"],
        ["ask"],
        ["search"],
        ["brief"],
        ["index"],
        ["index", "build"],
        ["index", "info"],
        ["corpus", "check"],
        ["corpus", "list"],
        ["models", "pull"],
        ["eval"],
        ["eval", "run"],
        ["eval", "compare"],
        ["eval", "baseline"],
        ["eval", "check"],
        ["eval", "add"],
        ["bench"],
    ],
)
def test_every_command_has_its_help_in_chinese(command: list[str], qa: Qa) -> None:
    ran = qa(*command, "--help")
    assert ran.code == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in ran.out)


def test_help_does_not_wait_for_the_models() -> None:
    heavy = "{'torch', 'numpy', 'llama_index', 'gradio', 'pydantic'}"
    code = f"import sys, qa.cli; sys.exit(str({heavy} & {{*sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr == "set()\n"


def test_the_corpus_is_listed_and_checked(qa: Qa) -> None:
    entries = qa("corpus", "list", "--json").json
    assert len(entries) == 20
    assert {"id", "title", "names", "level", "region", "status"} <= set(entries[0])
    listed = qa("corpus", "list").out
    assert "《中华人民共和国数据安全法》（2021-06-10，2021-09-01起施行）" in listed
    ran = qa("corpus", "check", "--json")
    assert ran.code == 0
    assert ran.json["differences"] == []
    assert ran.json["documents"]["dsl"]["articles"] == 55
    assert qa("corpus", "check").out.endswith("与目录一致。\n")


def test_a_corpus_that_departs_from_its_catalog_fails_the_check(
    qa: Qa, corpus_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_CORPUS_DIR", str(corpus_dir))
    source = corpus_dir / "公共数据开放办法.txt"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.partition("第二十三条")[0], encoding="utf-8")
    ran = qa("corpus", "check")
    assert ran.code == 1
    assert "《山东省公共数据开放办法》条：应为 23，实为 22" in ran.err
    assert ran.out.endswith("处与目录不符。\n")
    assert qa("corpus", "check", "--json").json["differences"]


def test_a_corpus_that_cannot_be_read_is_a_failure_with_one_sentence(
    qa: Qa, corpus_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_CORPUS_DIR", str(corpus_dir))
    catalog, source = corpus_dir / "catalog.toml", corpus_dir / "公共数据开放办法.txt"
    whole = source.read_text(encoding="utf-8")

    source.write_bytes(whole.encode("gb18030"))
    ran = qa("corpus", "check")
    assert ran.code == 1
    assert "不是 UTF-8 编码" in sentence(ran)

    source.unlink()
    ran = qa("corpus", "check")
    assert ran.code == 1
    assert sentence(ran).startswith("找不到源文件 公共数据开放办法.txt；")

    source.write_text(whole, encoding="utf-8")
    table = catalog.read_text(encoding="utf-8")
    catalog.write_text(table.replace('region = "山东"', 'region = "北京"'), encoding="utf-8")
    ran = qa("corpus", "list")
    assert ran.code == 1
    assert "region" in sentence(ran)

    monkeypatch.setenv("QA_CORPUS_DIR", str(tmp_path / "none"))
    ran = qa("corpus", "list")
    assert ran.code == 1
    assert sentence(ran).startswith("找不到目录文件")


def test_a_wrong_setting_is_a_failure_with_one_sentence(
    qa: Qa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_TOP_K", "zehn")
    ran = qa("corpus", "list")
    assert ran.code == 1
    assert sentence(ran).startswith("设置项 top_k 的值不可用")


def test_debug_shows_the_traceback_and_keeps_the_sentence_and_the_code(qa: Qa) -> None:
    ran = qa("--debug", "search", "")
    assert ran.code == 2
    assert "Traceback (most recent call last):" in ran.err
    assert ran.err.endswith("\n问题是空的；请输入要问的内容。\n")


def test_a_mistake_of_ours_is_one_sentence_too(
    qa: Qa, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Assistant, "search", broken)
    ran = qa("search", "数据")
    assert ran.code == 1
    assert sentence(ran) == "程序出错（ZeroDivisionError）；用 qa --debug 再试可看到详情。"
    assert "Traceback" in qa("--debug", "search", "数据").err


def test_the_index_at_hand_is_described(qa: Qa, assistant: Assistant, settings: Settings) -> None:
    found = qa("index", "info", "--json").json
    assert {path.name for path in settings.indexes_dir.glob("[!.]*-*")} == set(found)
    assert all(len(manifest["files"]) >= 4 for manifest in found.values())
    assert "个条文单元" in qa("index", "info").out


def test_no_index_is_said(qa: Qa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_INDEXES_DIR", str(tmp_path))
    assert qa("index", "info").out == "还没有索引；请先建立：qa index build。\n"
    assert qa("index", "info", "--json").json == {}


def test_two_documents_are_compared(qa: Qa) -> None:
    arguments = ["--compare", "数据安全法", "个保法", "--parts", "国家与山东对照", "--json"]
    ran = qa("brief", *arguments)
    assert ran.json["parts"][0]["content"]["left"] == "数据安全法"
