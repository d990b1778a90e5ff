from pathlib import Path

from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import propose
from qa.web.admin.preview import preview

DOCUMENTS = Path(__file__).parents[2] / "evals" / "attacks" / "documents"


def shown(file: Path, corpus_dir: Path) -> str:
    corpus = read_corpus(corpus_dir)
    return preview(propose(file, corpus.shared, corpus.catalog, Limits()))


def test_a_file_that_speaks_to_a_model_says_so_before_it_is_taken_in(corpus_dir: Path) -> None:
    (file,) = DOCUMENTS.glob("*共享*.txt")
    assert "处写着给大模型的话（第二条、第三条、第四条等）" in shown(file, corpus_dir)


def test_one_that_does_not_says_nothing_of_it(corpus_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "数据共享办法.txt"
    file.write_text(
        "数据共享办法\n第一条 为了规范共享，制定本办法。\n第二条 应当签订协议。\n", "utf-8"
    )
    assert "第一条" in shown(file, corpus_dir)
    assert "给大模型的话" not in shown(file, corpus_dir)
