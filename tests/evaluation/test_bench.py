from pathlib import Path

import pytest

from qa.evaluation.bench import bench
from qa.settings import Settings

QUESTIONS = [f"公共数据开放办法第{number}条讲什么" for number in range(1, 12)]


@pytest.mark.slow
@pytest.mark.no_cover  # what runs here runs in quicker tests too
def test_everything_is_measured_and_the_index_in_use_stays(
    settings: Settings, corpus_dir: Path, tmp_path: Path
) -> None:
    # One regulation, so that the build without a cache takes a second.
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(settings.cache_dir / "models")
    own = settings.model_copy(
        update={
            "corpus_dir": corpus_dir,
            "indexes_dir": tmp_path / "indexes",
            "cache_dir": tmp_path / "cache",
        }
    )
    figures = {figure.name: figure for figure in bench(own, QUESTIONS)}
    assert [*figures] == [
        "建索引，全部重算",
        "建索引，首次（用随语料而来的向量）",
        "建索引，有缓存",
        "打开索引与模型",
        "检索 p50",
        "检索 p95",
        "摘录回答 p50",
        "摘录回答 p95",
        "打开条文 p95",
        "全文检索 p95",
        "页面进程的内存峰值",
    ]
    assert all(figure.value > 0 for figure in figures.values())
    assert figures["建索引，有缓存"].value < figures["建索引，全部重算"].value
    assert figures["检索 p50"].value <= figures["检索 p95"].value
    assert [figures[name].goal for name in ("建索引，全部重算", "检索 p95")] == [90, 60]
