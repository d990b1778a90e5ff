from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.catalog import load_catalog

SOURCE = '[[source]]\nfile = "卷.txt"\ntitle = "某汇编"\n'
DOCUMENT = '[[document]]\nid = "dsl"\ntitle = "数据安全法"\nlevel = "法律"\nregion = "国家"\n'
OTHER = '[[document]]\nid = "csl"\ntitle = "网络安全法"\nlevel = "法律"\nregion = "国家"\n'

BAD = {
    "unknown field": (
        SOURCE + DOCUMENT + 'titel = "x"\n',
        "第 1 个 [[document]]（dsl）不认识字段 titel；可用的字段是：id、title、names、level、",
    ),
    "unknown count": (
        SOURCE + DOCUMENT + "expect = { article = 55 }\n",
        "（dsl）不认识字段 expect.article；可用的字段是：articles、chapters、sections、",
    ),
    "unknown total": (
        SOURCE + "expect = { document = 20 }\n" + DOCUMENT,
        "第 1 个 [[source]]（卷.txt）不认识字段 expect.document；可用的字段是：articles、",
    ),
    "unknown table": (SOURCE + "[[documents]]\n", "不认识 documents；这里只能有 [[source]]、"),
    "single brackets": (
        SOURCE + DOCUMENT.replace("[[document]]", "[document]"),
        "document 要写成 [[document]]（两层方括号）",
    ),
    "no document": (SOURCE, "里没有 [[document]]；至少要有一项"),
    "no source": (DOCUMENT, "里没有 [[source]]；至少要有一项"),
    "missing level": (
        SOURCE + DOCUMENT + OTHER.replace('level = "法律"\n', ""),
        "第 2 个 [[document]]（csl）缺少字段 level；请补上",
    ),
    "wrong level": (
        SOURCE + DOCUMENT.replace('"法律"', '"法规"'),
        "（dsl）的字段 level 不能是“法规”；可用的值是：法律、行政法规、部门规章、司法解释、"
        "国家政策文件、地方性法规、省政府规章、省政策文件、讲话、清单",
    ),
    "wrong region": (
        SOURCE + DOCUMENT.replace('"国家"', '"山西"'),
        "字段 region 不能是“山西”；可用的值是：国家、山东",
    ),
    "wrong status": (
        SOURCE + DOCUMENT + 'status = "已修改"\nnote = "改了。"\n',
        "字段 status 不能是“已修改”；可用的值是：amended、repealed",
    ),
    "status without note": (
        SOURCE + DOCUMENT + 'status = "repealed"\n',
        "（dsl）有误：写了 status 或 draft = true，还要写 note",
    ),
    "draft without note": (
        SOURCE + DOCUMENT + "draft = true\n",
        "（dsl）有误：写了 status 或 draft = true，还要写 note",
    ),
    "empty note": (
        SOURCE + DOCUMENT + 'draft = true\nnote = " "\n',
        "（dsl）的字段 note 有误：不能为空",
    ),
    "title not a text": (
        SOURCE + DOCUMENT.replace('"数据安全法"', "2021"),
        "字段 title 有误：应为文字，写在引号里",
    ),
    "names not a list": (
        SOURCE + DOCUMENT + 'names = "数安法"\n',
        "字段 names 有误：应为列表",
    ),
    "a name not a text": (
        SOURCE + DOCUMENT + 'names = ["数安法", 385]\n',
        "字段 names.2 有误：应为文字",
    ),
    "draft not a bool": (
        SOURCE + DOCUMENT + 'draft = "true"\nnote = "草案。"\n',
        "字段 draft 有误：应为 true 或 false，不加引号",
    ),
    "count in quotes": (
        SOURCE + DOCUMENT + 'expect = { articles = "55" }\n',
        "字段 expect.articles 有误：应为不小于 0 的整数",
    ),
    "negative count": (
        SOURCE + DOCUMENT + "expect = { articles = -1 }\n",
        "字段 expect.articles 有误：应为不小于 0 的整数",
    ),
    "expect not a table": (
        SOURCE + DOCUMENT + "expect = 55\n",
        "字段 expect 有误：应为一组“名称 = 数目”",
    ),
    "date in words": (
        SOURCE + DOCUMENT + 'issued = "2021年6月"\n',
        '字段 issued 有误：应为日期，写作 2021-06-10、"2021-06" 或 "2021"',
    ),
    "month 13": (SOURCE + DOCUMENT + 'issued = "2021-13"\n', "字段 issued 有误：应为日期"),
    "date with time": (
        SOURCE + DOCUMENT + "issued = 2021-06-10T00:00:00\n",
        "字段 issued 有误：应为日期",
    ),
    "id in Chinese": (
        SOURCE + DOCUMENT.replace('"dsl"', '"数安法"'),
        "字段 id 有误：只能用小写字母、数字和连字符",
    ),
    "file in a folder": (
        SOURCE.replace("卷.txt", "../卷.txt") + DOCUMENT,
        "字段 file 有误：应为 corpus/ 中的文件名，不带文件夹",
    ),
    "same file twice": (SOURCE + SOURCE + DOCUMENT, "的字段 file 都是“卷.txt”；每项必须不同"),
    "same id twice": (
        SOURCE + DOCUMENT + OTHER.replace('"csl"', '"dsl"'),
        "（dsl、dsl）的字段 id 都是“dsl”；每项必须不同",
    ),
    "same title twice": (
        SOURCE + DOCUMENT + OTHER.replace("网络安全法", "数据安全法"),
        "（dsl、csl）的字段 title 都是“数据安全法”",
    ),
    "name of two documents": (
        SOURCE + DOCUMENT + 'names = ["安全法"]\n' + OTHER + 'names = ["《安全法》"]\n',
        "dsl 和 csl 在 title 或 names 里都用了“《安全法》”；一个名称只能指一份文件",
    ),
    "title as a name of another": (
        SOURCE + DOCUMENT + OTHER + 'names = ["数据安全法"]\n',
        "dsl 和 csl 在 title 或 names 里都用了“数据安全法”",
    ),
    "same name twice": (
        SOURCE + DOCUMENT + 'names = ["数安法", "数安法"]\n',
        "（dsl、dsl）的字段 names 都是“数安法”",
    ),
    "broken line": (SOURCE + "title\n", "第 4 行第 6 列不合 TOML 语法"),
    "unclosed quote at the end": (SOURCE + 'parts = ["附表', "不合 TOML 语法"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_catalog_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, text)
    with pytest.raises(CatalogError) as caught:
        load_catalog(tmp_path)
    message = str(caught.value)
    assert sentence in message
    assert message.startswith("catalog.toml ") and message.endswith("。")
    assert message.count("。") == 1 and "\n" not in message


def test_a_missing_catalog_is_named_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="找不到目录文件") as caught:
        load_catalog(tmp_path)
    assert str(tmp_path / "catalog.toml") in str(caught.value)


def test_a_catalog_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_bytes((SOURCE + DOCUMENT).encode("gb18030"))
    with pytest.raises(CatalogError, match=r"^catalog\.toml 不是 UTF-8 编码；请另存为 UTF-8"):
        load_catalog(tmp_path)


def write(folder: Path, text: str) -> None:
    (folder / "catalog.toml").write_text(text, encoding="utf-8")
