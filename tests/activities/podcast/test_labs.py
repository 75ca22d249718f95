"""What the workers run on a project: really run, on short sounds."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from activities.podcast import labs
from kit import settings
from kit.audio.encoding import decode_blocks
from kit.audio.synth import Mood
from kit.compute.plain import decode, encode
from kit.podcast import originals
from kit.podcast.episode import Bed, Consent, Episode, Jingle, Member, Rights, Segment, SegmentKind, Take
from kit.podcast.store import Projects
from tests.kit.audio.sounds import speech, write_wav
from tests.speech_models import tiny_listener

VOICE = "Renard bleu"
JINGLE = Jingle(mood=Mood.CALM, seconds=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of two segments, ready to be published."""
    write_wav(tmp_path / "a.wav", speech(4.0))
    agreed = Consent(who=VOICE, agrees=True, adult=True, where="la salle", until=date(2100, 1, 1))
    episode = Episode(
        title="Un titre",
        members=(Member(name=VOICE),),
        target=10,
        segments=(
            Segment(id="theme", kind=SegmentKind.THEME, title="Ouverture", sources=(JINGLE,)),
            Segment(
                id="hook",
                kind=SegmentKind.HOOK,
                title="Accroche",
                voice=VOICE,
                text="Bonjour.",
                sources=(Take(file="sounds/a.wav", seconds=4.0),),
            ),
        ),
        beds=(Bed(first="hook", last="hook", source=JINGLE),),
        rights=Rights(consents=(agreed,)),
    )
    projects = Projects(settings.load())
    return projects.open(projects.create(episode, {"sounds/a.wav": (tmp_path / "a.wav").read_bytes()})).folder


def episode_in(folder: Path) -> Episode:
    return Projects(settings.load()).open(folder.name).episode


def test_a_sound_is_heard_and_shown(folder: Path) -> None:
    take = episode_in(folder).segment("hook").heard
    assert isinstance(take, Take)
    heard = labs.hear(str(folder), take.file, "a.wav")
    assert heard.seconds == pytest.approx(4.0, abs=0.01)
    assert sum(len(block) for block in decode_blocks(Path(heard.file))) == pytest.approx(4 * 44_100, rel=0.02)
    cut = take.model_dump(mode="json") | {"operations": [{"do": "keep", "start": 1.0, "end": 2.5}]}
    shown = labs.show(str(folder), cut)
    assert shown.seconds == pytest.approx(1.5, abs=0.01)
    assert len(shown.wave) == labs.COLUMNS
    assert all(-1 <= low <= high <= 1 for low, high in shown.wave)
    assert decode(encode(shown)) == shown, "results cross between processes"


def test_mixed_once_then_published(folder: Path) -> None:
    key = labs.sound_key(episode_in(folder))
    mixed = labs.mix(str(folder), key)
    assert mixed.starts == {"theme": 0.0, "hook": pytest.approx(3.0, abs=0.01)}
    written = Path(mixed.file).stat().st_mtime_ns
    assert labs.mix(str(folder), key) == mixed
    assert Path(mixed.file).stat().st_mtime_ns == written, "the mix is there already"
    published = labs.publish(str(folder), key)
    names = set(zipfile.ZipFile(published.zip).namelist())
    assert {"episode.yaml", "episode.mp3", "feed.xml", "chapters.json", "transcript.vtt"} <= names
    sound = Path(published.folder, "episode.mp3")
    assert pyloudnorm.Meter(44_100).integrated_loudness(_all(sound)) == pytest.approx(-16, abs=0.5)


def _all(path: Path) -> np.ndarray:
    return np.concatenate(list(decode_blocks(path)))


def test_what_is_not_heard_does_not_change_the_key(folder: Path) -> None:
    episode = episode_in(folder)
    key = labs.sound_key(episode)
    hook = episode.segment("hook")
    assert labs.sound_key(episode.having(angle="Un angle")) == key
    assert labs.sound_key(episode.with_segment(hook.having(title="Autre"))) == key
    assert labs.sound_key(episode.with_segment(hook.having(volume=-3.0))) != key
    assert labs.sound_key(episode.having(channels=1)) != key
    assert labs.sound_key(episode.having(beds=())) != key


def test_a_withdrawn_voice_leaves_nothing(folder: Path) -> None:
    labs.mix(str(folder), labs.sound_key(episode_in(folder)))
    episode = episode_in(folder)
    take = episode.segment("hook").heard
    assert isinstance(take, Take)
    originals.forget(folder, take.file, episode)
    assert (folder / take.file).exists(), "the episode still names it"
    originals.forget(folder, take.file, episode.with_segment(episode.segment("hook").having(sources=())))
    assert [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".wav", ".mp3")] == []


def test_a_bed_is_listened_to(folder: Path) -> None:
    laid = labs.lay(str(folder), JINGLE.model_dump(mode="json"))
    assert len(_all(Path(laid))) == pytest.approx(labs.BED * 44_100, rel=0.02)


def test_what_is_said_is_written_down(folder: Path, tmp_path: Path) -> None:
    take = episode_in(folder).segment("hook").heard
    assert isinstance(take, Take)
    model = tiny_listener(tmp_path / "ear", (0.0, "Oui.", 0.5))
    written = labs.write_down(str(folder), take.model_dump(mode="json"), "fr", str(model))
    assert set(written.split()) == {"Oui."}


def test_the_cover_is_a_picture() -> None:
    assert labs.cover("Un titre", "Une émission", 1)[:4] == b"\x89PNG"
