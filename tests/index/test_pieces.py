from qa.index.embedding import Embedder
from qa.index.pieces import PIECE_CHARS, pieces_of
from qa.ingest.provision import Part, Provision


def provision(text: str, headings: tuple[str, ...] = ("第一章 总则",)) -> Provision:
    return Provision(
        id="x-1",
        document_id="x",
        document="某法",
        kind="article",
        locator="第一条",
        headings=headings,
        parts=(Part(label="", text=text, line=1),),
        text=text,
        search_text=f"某法 {' '.join(headings)}\n{text}",
    )


def texts(text: str) -> list[str]:
    return [piece.text.partition("\n")[2].rstrip("\n") for piece in pieces_of(7, provision(text))]


def test_a_short_provision_is_one_piece_with_its_title_and_headings() -> None:
    (piece,) = pieces_of(7, provision("国家保护数据。"))
    assert (piece.provision, piece.text) == (7, "某法 第一章 总则\n国家保护数据。")


def test_a_long_one_is_cut_at_its_lines_and_every_piece_says_where_it_is_from() -> None:
    lines = [f"（{n}）" + "数" * 197 for n in range(6)]
    assert texts("\n".join(lines)) == ["\n".join(lines[i : i + 2]) for i in (0, 2, 4)]
    pieces = pieces_of(7, provision("\n".join(lines)))
    assert all(piece.text.startswith("某法 第一章 总则\n") for piece in pieces)


def test_a_line_too_long_is_cut_at_its_sentences() -> None:
    sentence = "数" * 149 + "。"
    assert texts(sentence * 5) == [sentence * 2, sentence * 2, sentence]


def test_a_sentence_without_end_is_cut_by_length_and_loses_nothing() -> None:
    text = "".join(chr(0x4E00 + n % 2000) for n in range(1000))
    pieces = texts(text)
    assert all(len(piece) <= PIECE_CHARS for piece in pieces)
    assert "".join(pieces) == text


def test_every_provision_of_the_volume_is_embedded_in_full(
    provisions: dict[tuple[str, str], Provision], embedder: Embedder
) -> None:
    for held in provisions.values():
        pieces = pieces_of(0, held)
        assert pieces, held.name
        words = "".join(piece.text.partition("\n")[2] for piece in pieces)
        _, _, expected = held.search_text.partition("\n")
        assert "".join(words.split()) == "".join(expected.split()), held.name
    longest = max((p for held in provisions.values() for p in pieces_of(0, held)), key=_length)
    assert embedder.count_tokens(longest.text) <= embedder.max_tokens


def _length(piece: object) -> int:
    return len(getattr(piece, "text", ""))
