from pathlib import Path

import pytest

from qa.errors import BriefingError, ExportError, QAError
from qa.export.target import replacing

SUFFIXES = (".docx", ".md")


def test_the_old_file_stands_until_all_of_the_new_is_written(tmp_path: Path) -> None:
    path = tmp_path / "简报.MD"
    path.write_text("旧", encoding="utf-8")
    with pytest.raises(FileNotFoundError), replacing(path, SUFFIXES) as write:
        write(b"half")
        raise FileNotFoundError  # of something else
    assert path.read_text(encoding="utf-8") == "旧"
    with replacing(path, SUFFIXES) as write:
        write("新".encode())
        assert path.read_text(encoding="utf-8") == "旧"
    assert path.read_text(encoding="utf-8") == "新"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("简报", BriefingError, "“简报”没有后缀；请用 .docx、.md 之一"),
        ("简报.xlsx", BriefingError, "“.xlsx”不是能写的格式"),
        ("甲\\乙.docx", BriefingError, r"文件名“甲\乙.docx”里有不能用的字符"),
        ("甲\n乙.docx", BriefingError, "不能用的字符"),
        ("没有/简报.docx", ExportError, "请先建立，或者换一个文件夹"),
        ("folder.docx", ExportError, "是一个文件夹；请换一个文件名"),
        ("open.docx", ExportError, "open.docx 正在别处打开；请先关闭，或者换一个文件名"),
        ("培训简报材料.docx", ExportError, "正在别处打开"),
        ("/proc/简报.docx", ExportError, "写不了 /proc/简报.docx（"),
        (f"{'长' * 100}.docx", ExportError, "写不了"),
    ],
)
def test_where_it_cannot_be_written_is_said_before_any_work(
    name: str, kind: type[QAError], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.docx").mkdir()
    (tmp_path / ".~lock.open.docx#").touch()
    (tmp_path / "~$简报材料.docx").touch()
    before = {*tmp_path.iterdir()}
    with pytest.raises(kind) as refused, replacing(tmp_path / name, SUFFIXES):
        pytest.fail("the work began")
    assert sentence in str(refused.value)
    assert str(refused.value).endswith("。")
    assert {*tmp_path.iterdir()} == before
