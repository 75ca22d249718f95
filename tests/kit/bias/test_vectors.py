"""Word vectors in text files: what is read, without the rest of the file; what is refused, and on which line."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.bias import vectors
from kit.bias.vectors import read
from kit.errors import BadInput

GLOVE = "the 0.5 -1 2e-1\ncat 1 2 3\nthe 9 9 9\ndog .25 -0.0 +4.\n"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "vectors.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refused(path: Path, *words: str) -> str:
    with pytest.raises(BadInput) as caught:
        read(path, words or ("nowhere",))
    assert str(caught.value).startswith(path.name)
    return str(caught.value)


# -- what is read ------------------------------------------------------------------------------------------------------


def test_the_wanted_words_in_their_order(write: Write) -> None:
    found = read(write(GLOVE), ["dog", "bird", "the", "dog"])
    assert list(found) == ["dog", "the"]
    assert found["dog"].tolist() == [0.25, 0, 4]
    # Of a word that comes twice, the first.
    assert found["the"].tolist() == [0.5, -1, 0.2]
    assert found["the"].dtype == np.float64


@pytest.mark.parametrize("header", ["4 3\n", "2000000 3 \r\n", "4\t3\n"])
def test_a_first_line_that_counts(write: Write, header: str) -> None:
    assert read(write(header + GLOVE), ["cat"])["cat"].tolist() == [1, 2, 3]


def test_ends_of_lines(write: Write) -> None:
    """word2vec and fastText leave a space at the end; Windows adds a return; the last line may lack its end."""
    text = b"\xef\xbb\xbf" + GLOVE.replace("\n", " \r\n").encode() + b"\r\n\n  \nlast 1 1 1"
    assert set(read(write(text), ["the", "cat", "last"])) == {"the", "cat", "last"}


def test_words_that_hold_spaces(write: Write) -> None:
    path = write("a 1 2\n. . . 3 4\nat name@domain.com 5 6\n3 . 7 8\n1999 9 10\nafter 11 12\ntab\t13 14\n")
    found = read(path, [". . .", "at name@domain.com", "3 .", "1999", "after", "tab", "name@domain.com"])
    assert {word: vector.tolist() for word, vector in found.items()} == {
        ". . .": [3, 4],
        "at name@domain.com": [5, 6],
        "3 .": [7, 8],
        "1999": [9, 10],
        "after": [11, 12],
        "tab": [13, 14],
    }


def test_signs_that_only_some_take_for_the_end_of_a_line(write: Write) -> None:
    """Twitter's GloVe has words with U+0085, fastText some with U+00A0: neither parts anything here."""
    found = read(write("a 1 2\nb\x85c 3 4\nd\u2028e\u00a0f 5 6\n"), ["b\x85c", "d\u2028e\u00a0f"])
    assert [vector.tolist() for vector in found.values()] == [[3, 4], [5, 6]]


def test_exact_first_then_the_first_that_differs_in_case_only(write: Write) -> None:
    path = write("einstein 1 1\nEINSTEIN 2 2\nRose 3 3\nrose 4 4\nnasa 5 5\n")
    found = read(path, ["Einstein", "rose", "NASA", "Nasa", "ROSE"])
    assert {word: vector[0] for word, vector in found.items()} == {
        "Einstein": 1,
        "rose": 4,
        "NASA": 5,
        "Nasa": 5,
        "ROSE": 3,
    }


def test_one_word_written_in_two_ways(write: Write) -> None:
    # « e » and an accent of its own; « oe ».
    path = write("e\u0301toile 1 1\nsoeur 2 2\n")
    assert {word: vector[0] for word, vector in read(path, ["étoile", "sœur", "Sœur"]).items()} == {
        "étoile": 1,
        "sœur": 2,
        "Sœur": 2,
    }


def test_nothing_is_read_after_the_last_wanted_word(write: Write) -> None:
    path = write("a 1 2\nb 3 4\nthis is damaged\n")
    assert list(read(path, ["b", "a"])) == ["b", "a"]
    # Something that could still come is looked for, and the damage found.
    assert "line 3" in refused(path, "a", "b", "c")


def test_nothing_found_is_no_fault(write: Write) -> None:
    assert read(write(GLOVE), ["bird"]) == {}
    assert read(write(GLOVE), []) == {}


signs = st.characters(exclude_categories=("Zs", "Zl", "Zp", "Cc", "Cs"), exclude_characters="\ufeff", codec="utf-8")
names = st.text(signs, min_size=1, max_size=6)


@given(
    data=st.data(),
    words=st.lists(names, min_size=2, max_size=15, unique=True),
    dimensions=st.integers(2, 5),
    header=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_comes_back(
    tmp_path: Path, data: st.DataObject, words: list[str], dimensions: int, header: bool
) -> None:
    number = st.floats(allow_nan=False, allow_infinity=False)
    rows = {
        word: data.draw(st.lists(number, min_size=dimensions, max_size=dimensions), label=f"vector of {word}")
        for word in words
    }
    lines = [f"{len(rows)} {dimensions}"] if header else []
    lines += [f"{word} {' '.join(map(repr, row))}" for word, row in rows.items()]
    path = tmp_path / "drawn.vec"
    path.write_bytes("\n".join(lines).encode())
    wanted = data.draw(st.lists(st.sampled_from(words), unique=True), label="wanted")
    found = read(path, wanted)
    assert {word: vector.tolist() for word, vector in found.items()} == {word: rows[word] for word in wanted}


def test_a_large_file_does_not_lie_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.txt"
    numbers = " 0.123456" * 300
    with path.open("w") as file:
        file.writelines(f"w{i}{numbers}\n" for i in range(5_000))
    assert path.stat().st_size > 13e6
    tracemalloc.start()
    try:
        found = read(path, ["w4999", "W17", "absent"])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert list(found) == ["w4999", "W17"]
    assert peak < 4e6


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["nowhere", "bad"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bad 1 2", "line 3: the number of values after the word is 2; it must be 3"),
        ("bad 1 2 3 4", "line 3: the number of values after the word is 4; it must be 3"),
        ("bad", "line 3: the number of values after the word is 0; it must be 3"),
        ("bad 1 two 3", "line 3: “two” where a number is expected"),
        ("bad 1 nan 3", "line 3: “nan” where a number is expected"),
        ("bad 1 2 inf", "line 3: “inf” where a number is expected"),
        ("bad 1 2 3_0", "line 3: “3_0” where a number is expected"),
        ("bad 1 2 0x3", "line 3: “0x3” where a number is expected"),
        ("bad 1,5 2 3", "line 3: “1,5” where a number is expected"),
    ],
)
def test_a_line_that_is_no_word_with_its_numbers(write: Write, line: str, said: str, word: str) -> None:
    assert said in refused(write(f"a 1 2 3\nb 1 2 3\n{line}\nc 1 2 3\n"), word)


@pytest.mark.parametrize("value", ["1.2.3", "--1", "e", "1e999", "-"])
def test_what_only_looks_like_a_number_is_found_where_the_word_is_wanted(write: Write, value: str) -> None:
    path = write(f"a 1 2\nbad 1 {value}\nc 3 4\n")
    assert f"line 2: “{value}” where a number is expected" in refused(path, "bad")
    assert list(read(path, ["c"])) == ["c"]


def test_the_first_line_is_read_number_by_number(write: Write) -> None:
    assert "line 1: “b” where a number is expected" in refused(write("a b 1 2\nc 1 2 3\n"))
    assert "line 1: the number of values after the word is 0" in refused(write("alone\n"))
    assert "line 2: the number of values after the word is 2; it must be 300" in refused(write("10 300\na 1 2\n"))


def test_the_line_is_counted_with_the_empty_ones(write: Write) -> None:
    assert "line 5" in refused(write("2 2\n\na 1 2\n\nb 1\n"))


@pytest.mark.parametrize("content", ["", "\n\n \r\n", "400000 300\n", b"\xef\xbb\xbf"])
def test_a_file_without_vectors(write: Write, content: str | bytes) -> None:
    assert "holds no word vectors" in refused(write(content))


def test_a_file_that_does_not_open(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "absent.txt")
    assert "it is a folder" in refused(tmp_path)


def test_text_in_another_encoding(write: Write) -> None:
    text = "a 1 2\nété 3 4\nb 5 6\n"
    assert "line 2: not UTF-8 text" in refused(write(text.encode("latin-1")))
    assert "binary file" in refused(write(text.encode("utf-16")))
    # In the numbers, too.
    assert "line 2: not UTF-8 text" in refused(write(b"a 1 2\nb 3 \xff\n"))


def test_binary_files(write: Write) -> None:
    rng = np.random.default_rng(0)
    rows = [f"w{i} ".encode() + struct.pack("300f", *rng.normal(size=300)) for i in range(50)]
    word2vec = b"50 300\n" + b"\n".join(rows)
    assert "binary file" in refused(write(word2vec))
    assert "binary file" in refused(write(word2vec.replace(b"\0", b"\1")))
    assert "binary file" in refused(write(gzip.compress(GLOVE.encode() * 1000)))
    # Far behind the first block.
    assert "binary file" in refused(write(GLOVE.encode() * 100_000 + b"\0\n"))


def test_a_line_without_end(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MAX_LINE", 1000)
    assert "line 2: longer than 1000 bytes" in refused(write("a 1 2\n" + "1 " * 600))
    assert read(write("a 1 2\nb 1 2" + " " * 900), ["b"])["b"].tolist() == [1, 2]
