"""The corpus for other programs."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from qa.ingest.corpus import Corpus
from qa.ingest.exporting import NAMESPACE, akoma_ntoso, faults_of, write_akoma_ntoso, write_jsonl


def test_every_document_of_the_volume_is_valid_akoma_ntoso(corpus: Corpus, tmp_path: Path) -> None:
    written = write_akoma_ntoso(corpus, tmp_path)
    assert len(written) == len(corpus.catalog.documents)
    law = ET.parse(tmp_path / "dsl.xml")
    articles = law.findall(f".//{{{NAMESPACE}}}article")
    expected = [p for p in corpus.provisions if p.document_id == "dsl"]
    assert len(articles) == len(expected)
    said = "".join("".join(law.getroot().itertext()).split())
    for provision in expected:
        for part in provision.parts:
            assert "".join(part.text.split()) in said
    assert len(law.findall(f".//{{{NAMESPACE}}}chapter")) == corpus.counts["dsl"].chapters


def test_a_document_that_departs_from_the_schema_is_noticed(corpus: Corpus) -> None:
    entry = corpus.catalog.document("dsl")
    content = akoma_ntoso(entry, ())
    assert faults_of(content) == ()
    assert faults_of(content.replace(b"preface>", b"prefix>"))


def test_json_lines_hold_every_provision(corpus: Corpus, tmp_path: Path) -> None:
    documents, provisions = write_jsonl(corpus, tmp_path)
    rows = [json.loads(line) for line in provisions.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [p.id for p in corpus.provisions]
    assert len(documents.read_text(encoding="utf-8").splitlines()) == len(corpus.counts)
