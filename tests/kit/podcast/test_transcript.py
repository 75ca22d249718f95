"""Transcripts, read back with strict parsers of the two grammars."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from kit.podcast import transcript
from kit.podcast.episode import Episode

HOSTILE = "00:00:01.000 --> 00:00:02.000 <b>gras</b> <v Faux>&lt; {\\an8} <!-- STYLE\n\nNOTE fin\u202e\x00 & suite"
STAMPS = r"(\d\d+):([0-5]\d):([0-5]\d)MARK(\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d)MARK(\d{3})"


@dataclass
class Shown:
    start: int
    end: int
    voice: str
    lines: list[str]


def read_vtt(file: str) -> list[Shown]:
    """WebVTT without settings, identifiers or tags but the voice at the head of a cue: anything else is an error."""
    head, *blocks = file.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    assert "\0" not in file
    shown = []
    for block in blocks:
        times, *lines = block.split("\n")
        found = re.fullmatch(STAMPS.replace("MARK", r"\."), times)
        assert found
        voice = re.match(r"<v ((?:[^<>&\n]|&amp;|&lt;|&gt;)+)>", lines[0])
        if voice:
            lines[0] = lines[0][voice.end() :]
        assert lines
        assert all(re.fullmatch(r"(?:[^<>&]|&amp;|&lt;|&gt;)+", line) for line in lines)
        shown.append(_shown(found.groups(), voice[1] if voice else "", lines))
    return shown


def read_srt(file: str) -> list[Shown]:
    """SRT: numbers from 1, times with a comma, one line of text or more, a blank line after each."""
    shown = []
    for number, block in enumerate(file.removesuffix("\n").split("\n\n") if file else [], 1):
        index, times, *lines = block.removesuffix("\n").split("\n")
        assert index == str(number)
        found = re.fullmatch(STAMPS.replace("MARK", ","), times)
        assert found
        assert lines
        assert all(line.strip() and not set(line) & set("<>{}") and "-->" not in line for line in lines)
        shown.append(_shown(found.groups(), "", lines))
    return shown


def _shown(times: tuple[str, ...], voice: str, lines: list[str]) -> Shown:
    units = [int(part) for part in times]
    start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (units[:4], units[4:]))
    return Shown(start, end, voice, lines)


def plain(lines: list[str]) -> list[str]:
    return [line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for line in lines]


def sound(shown: list[Shown], seconds: float) -> None:
    """Times grow, stay inside the episode, and nothing is too wide."""
    moments = [moment for each in shown for moment in (each.start, each.end)]
    assert moments == sorted(moments)
    assert all(each.start < each.end for each in shown)
    assert not moments or (moments[0] >= 0 and moments[-1] <= 1000 * seconds)
    assert all(len(each.lines) <= 2 and len(line) <= 42 for each in shown for line in plain(each.lines))


def episode(*segments: dict[str, object], language: str = "fr") -> Episode:
    take = {"kind": "take", "file": "sounds/a.wav"}
    given = [{"id": f"s{n}", "kind": "column", "sources": [take], **each} for n, each in enumerate(segments)]
    return Episode.model_validate({"title": "Titre", "language": language, "segments": given})


TEXT = (
    "Une machine a-t-elle raison parce qu’elle répond vite ? « Non ! » dit la classe. Elle répond avec les mots les "
    "plus probables, qui ne sont pas forcément les plus justes, et elle le fait sans jamais dire d’où ils viennent."
)


def test_a_text_is_shared_out_over_its_segment() -> None:
    said = transcript.passages(episode({"text": TEXT, "voice": "Nora"}), {"s0": (2.0, 12.0)}, 20.0)
    shown = read_vtt(transcript.vtt(said))
    sound(shown, 20.0)
    assert (shown[0].start, shown[-1].end) == (2_000, 12_000)
    assert {each.voice for each in shown} == {"Nora"}
    assert " ".join(line for each in shown for line in each.lines) == TEXT
    assert shown[0].lines == ["Une machine a-t-elle raison parce", "qu’elle répond vite ?"]
    assert shown[1].lines == ["« Non ! » dit la classe."]
    # By words: 9 of the first sentence, « ? » among them, of all.
    assert shown[1].start == 2_000 + 10_000 * 9 // len(TEXT.split())


def test_the_two_formats_say_the_same_at_the_same_times() -> None:
    said = transcript.passages(
        episode({"text": TEXT, "voice": "Nora"}, {"text": "Oui.", "voice": "Théo"}, {"text": "Sans nom."}),
        {"s0": (0.0, 9.0), "s1": (9.0, 10.0), "s2": (10.0, 12.0)},
        12.0,
    )
    one, other = read_vtt(transcript.vtt(said)), read_srt(transcript.srt(said))
    sound(one, 12.0)
    sound(other, 12.0)
    assert [(each.start, each.end) for each in one] == [(each.start, each.end) for each in other]
    assert other[0].lines[0].startswith("Nora: Une machine")
    assert [each.lines for each in other[-2:]] == [["Théo: Oui."], ["Sans nom."]]
    assert not other[1].lines[0].startswith("Nora")


@pytest.mark.parametrize("name", ["N", "Un nom bien trop long pour tenir devant", "</v><b>&\n-->"])
@pytest.mark.parametrize(
    "text", [HOSTILE, "anticonstitutionnellement " * 9, "x" * 500, "مرحبا بالعالم ✋🏽 " * 20, "a"]
)
def test_whatever_is_said_both_files_stay_sound(name: str, text: str) -> None:
    said = transcript.passages(episode({"text": text, "voice": name}), {"s0": (0.0, 30.0)}, 30.0)
    one, other = read_vtt(transcript.vtt(said)), read_srt(transcript.srt(said))
    sound(one, 30.0)
    sound(other, 30.0)
    assert one[-1].end == other[-1].end == 30_000
    assert "\x00" not in transcript.text(episode(), said)


def test_hostile_words_stay_words() -> None:
    said = transcript.passages(episode({"text": HOSTILE}), {"s0": (0.0, 30.0)}, 30.0)
    read = " ".join(line for each in read_vtt(transcript.vtt(said)) for line in plain(each.lines))
    assert read == "00:00:01.000 --> 00:00:02.000 <b>gras</b> <v Faux>&lt; {\\an8} <!-- STYLE NOTE fin & suite"


def test_segments_heard_together_take_turns_and_none_leaves_the_episode() -> None:
    said = transcript.passages(
        episode({"text": "Un. Deux. Trois."}, {"text": "Quatre."}, {"text": "Cinq."}),
        {"s0": (0.0, 5.0), "s1": (3.0, 6.0), "s2": (5.5, 9.0)},
        8.0,
    )
    shown = read_vtt(transcript.vtt(said))
    sound(shown, 8.0)
    assert [each.end for each in shown][2:] == [3_000, 5_500, 8_000]


def test_music_heard_over_the_last_words_does_not_cut_them() -> None:
    music = {"kind": "jingle", "mood": "calm"}
    made = episode({"text": "Au revoir."}, {"text": "…", "sources": [music]}, {"text": "Encore."})
    said = transcript.passages(made, {"s0": (0.0, 5.0), "s1": (3.0, 8.0), "s2": (8.0, 9.0)}, 9.0)
    assert [(cue.start, cue.end) for cue in transcript.cues(said)] == [(0, 5_000), (8_000, 9_000)]


def test_only_what_is_heard_is_said() -> None:
    music = {"kind": "jingle", "mood": "calm"}
    voice = {"kind": "synthetic", "text": "Bonjour à tous.", "announced": False}
    made = episode(
        {"text": "Pas de voix ici.", "sources": [music]},
        {"text": "Le texte du script.", "sources": [voice], "voice": "Robo"},
        {"text": "Rien d’enregistré.", "sources": []},
        language="en",
    )
    said = transcript.passages(made, {"s0": (0.0, 3.0), "s1": (3.0, 5.0)}, 5.0)
    assert transcript.text(made, said) == "Titre\n\n[0:03] Robo (synthetic voice)\nBonjour à tous.\n"


def test_a_synthetic_voice_that_is_announced_is_announced_in_the_text() -> None:
    voice = {"kind": "synthetic", "text": "Hello."}
    said = transcript.passages(episode({"sources": [voice]}, language="en"), {"s0": (0.0, 5.0)}, 5.0)
    [passage] = said
    assert passage.voice == "Synthetic voice"
    assert passage.parts == ((0, 5000, "Synthetic voice. Hello."),)


@dataclass
class Words:
    start: float
    end: float
    text: str


def test_recognised_words_keep_their_times() -> None:
    heard = [Words(0.5, 1.5, "Bonjour."), Words(1.2, 4.0, " Ça va ? "), Words(4.0, 99.0, "Oui."), Words(5.0, 6.0, "  ")]
    said = transcript.passages(episode({"text": "autre chose"}), {"s0": (10.0, 16.0)}, 60.0, {"s0": heard})
    shown = read_vtt(transcript.vtt(said))
    sound(shown, 60.0)
    assert [(each.start, each.end, each.lines) for each in shown] == [
        (10_500, 11_500, ["Bonjour."]),
        (11_500, 14_000, ["Ça va ?"]),
        (14_000, 16_000, ["Oui."]),
    ]


def test_two_hours_are_written_with_their_hours() -> None:
    said = transcript.passages(episode({"text": "Fin."}), {"s0": (3_600.0, 7_199.5)}, 7_199.5)
    assert "01:00:00.000 --> 01:59:59.500" in transcript.vtt(said)
    assert "01:00:00,000 --> 01:59:59,500" in transcript.srt(said)


def test_nothing_said_gives_sound_files() -> None:
    assert read_vtt(transcript.vtt(())) == []
    assert read_srt(transcript.srt(())) == []


def test_too_many_words_for_too_little_time_stay_in_the_text() -> None:
    made = episode({"text": "mot. " * 300})
    said = transcript.passages(made, {"s0": (0.0, 0.1)}, 0.1)
    sound(read_vtt(transcript.vtt(said)), 0.1)
    assert transcript.text(made, said).count("mot.") == 300
