"""A check of a deck tells each fault of its words apart, with its line, in the reader's language."""

from __future__ import annotations

from pathlib import Path

from kit.decks import store


def test_faults_of_the_words_come_one_by_one_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "deck.yaml").write_text("format: 1\nid: a\nid: b\ntitle: 12\nitems: []\n", encoding="utf-8")
    report = store.check(tmp_path)
    assert not report.ok
    assert [fault.line for fault in report.faults] == [3, 4, 5]
    french = {
        "line {line}: {what}": "ligne {line} : {what}",
        "the field “{key}” is written twice": "« {key} » est écrit deux fois",
    }
    assert report.text(lambda message: french.get(message, message)).splitlines()[0] == (
        "- ligne 3 : « id » est écrit deux fois"
    )
    rows = report.as_json()["faults"]
    assert isinstance(rows, list)
    assert rows[1] == {"line": 4, "message": "title: this takes a text; write it in quotes: 12"}


def test_what_is_no_yaml_is_one_fault_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "deck.yaml").write_text("format: 1\ntitle: Ma rue: la nôtre\n", encoding="utf-8")
    [fault] = store.check(tmp_path).faults
    assert fault.line == 2
    assert "a “:” cannot stand here" in str(fault.what)


def test_a_folder_without_deck_is_one_fault_without_line(tmp_path: Path) -> None:
    [fault] = store.check(tmp_path).faults
    assert fault.line is None
    assert "no deck.yaml" in str(fault.what)
