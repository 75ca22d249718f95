"""The letterbox: what a phone of the room sees of one project, and what it can send; the switch where the kit runs."""

from __future__ import annotations

import io
import shutil
import wave
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

import serve
from activities.podcast import words
from activities.podcast.run import PodcastRun
from kit import settings
from kit.compute import Compute
from kit.levels import Role
from kit.podcast.episode import Consent, Episode, Member, Rights, Segment, SegmentKind, Take
from kit.podcast.letterbox import OPEN_FOR, letterbox, open_letterbox
from kit.podcast.store import Projects
from pages import frame
from pages.studio import recording, scene
from pages.studio.scene import Key
from tests.pages.conftest import Opener
from tests.pages.test_pages import said

FOX, OTTER = "Renard bleu", "Loutre verte"
MUSIC = Segment(id="theme", kind=SegmentKind.THEME)
HOOK = Segment(id="hook", kind=SegmentKind.HOOK, text="Et si une machine parlait ?", voice=FOX)
COLUMN = Segment(id="column", kind=SegmentKind.COLUMN, voice=OTTER)
EPISODE = Episode(
    title="Qui parle ?",
    team="Les oreilles",
    members=(Member(name=FOX), Member(name=OTTER)),
    segments=(MUSIC, HOOK, COLUMN),
    rights=Rights(consents=(Consent(who=FOX, where="la salle", until=date(2099, 1, 1), agrees=True, adult=True),)),
)


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the pages ask of which workers; here it is computed in this process."""
    asked: list[tuple[str, str]] = []

    def run(self: Compute, function: Callable[..., Any], *args: Any, weight: str, **_options: Any) -> Any:
        asked.append((function.__name__, weight))
        return function(*args)

    monkeypatch.setattr(Compute, "run", run)
    monkeypatch.setattr(Compute, "start", lambda self: None)
    return asked


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit is open to a room, over http; who looks is where it runs."""
    monkeypatch.setattr(frame, "is_here", lambda: True)
    monkeypatch.setenv("CONTRECHAMP_LAN", "1")
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "http://localhost:8501")
    monkeypatch.setattr(serve, "lan_addresses", lambda: ["192.168.1.20", "10.0.0.8"])


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks is elsewhere."""
    monkeypatch.setattr(frame, "is_here", lambda: False)


@pytest.fixture
def project() -> str:
    return store().create(EPISODE)


def store() -> Projects:
    return Projects(settings.load())


def tone(hertz: float = 440.0, seconds: float = 1.5) -> bytes:
    """A WAV file as browsers record it: 48 kHz, mono, 16 bit."""
    time = np.arange(round(48_000 * seconds)) / 48_000
    samples = (np.sin(2 * np.pi * hertz * time) * 8_000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def opened(project: str) -> str:
    """The project, with its letterbox open."""
    open_letterbox(settings.load(), project)
    return project


def phone(open_app: Opener, lang: str = "en") -> AppTest:
    return open_app("podcast", lang)


def takes(project: str, segment: str = "hook") -> list[str]:
    return [
        source.name for source in store().open(project).episode.segment(segment).sources if isinstance(source, Take)
    ]


def send(app: AppTest, content: bytes, name: str = "memo.wav") -> AppTest:
    app.file_uploader[0].set_value((name, content, "audio/wav"))
    app.run()
    assert not app.exception, app.exception
    return app


# -- what the room sees -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_closed_letterbox_says_how_it_opens_and_nothing_else(
    open_app: Opener, room: None, project: str, lang: str
) -> None:
    app = phone(open_app, lang)
    assert [title.value for title in app.title]
    assert 'class="lead"' in said(app)
    assert EPISODE.title not in said(app)
    assert not app.file_uploader
    assert not app.audio_input
    assert not app.selectbox
    assert not app.button


def test_it_never_lists_erases_or_starts_anything(open_app: Opener, room: None, project: str) -> None:
    """Whatever run this device has saved, and whatever else is on the machine."""
    other = store().create(EPISODE.having(title="Un autre projet", team="Ailleurs"))
    run = PodcastRun(seed=7, step="publish", project=other)
    for app in (open_app("podcast", "en", run=run), open_app("podcast", "en")):
        assert "Un autre projet" not in said(app)
        assert not app.button
    opened(project)
    for app in (open_app("podcast", "en", run=run), open_app("podcast", "en")):
        assert EPISODE.title in said(app)
        assert "Un autre projet" not in said(app)
        assert not app.button
        assert len(app.selectbox) == 1
    assert set(store().ids()) == {project, other}


def test_an_open_letterbox_shows_the_project_its_parts_and_what_to_say(
    open_app: Opener, room: None, project: str
) -> None:
    opened(project)
    app = phone(open_app)
    for text in (EPISODE.title, EPISODE.team, HOOK.text):
        assert text in said(app)
    # The theme is music: nobody records it.
    assert [option.split(".")[0] for option in app.selectbox[0].options] == ["2", "3"]
    assert not app.audio_input, "no browser gives its microphone over http"
    assert [file.label for file in app.file_uploader] == [
        "Record with your phone’s own recorder, then send the file here"
    ]
    assert app.file_uploader[0].proto.max_upload_size_mb == serve.ROOM_MEGABYTES


def test_over_https_there_is_the_microphone_too(
    open_app: Opener, room: None, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "https://localhost:8501")
    opened(project)
    app = phone(open_app)
    assert len(app.audio_input) == len(app.file_uploader) == 1


def test_without_an_agreement_nothing_is_recorded(
    open_app: Opener, room: None, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "https://localhost:8501")
    opened(project)
    app = phone(open_app)
    app.selectbox[0].select(COLUMN.id).run()
    assert not app.audio_input
    assert not app.file_uploader
    assert 'class="caution"' in said(app)
    app.selectbox[0].select(HOOK.id).run()
    assert app.audio_input
    assert app.file_uploader


def test_an_erased_project_is_a_closed_letterbox(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = phone(open_app)
    assert app.file_uploader
    store().erase(project)
    app.run()
    assert not app.exception
    assert not app.file_uploader


def test_a_rundown_of_music_alone_says_so(open_app: Opener, room: None) -> None:
    opened(store().create(EPISODE.having(segments=(MUSIC,))))
    app = phone(open_app)
    assert "no part to record" in said(app)
    assert not app.file_uploader


# -- what it sends ----------------------------------------------------------------------------------------------------


def test_a_file_arrives_and_the_phone_is_told(
    open_app: Opener, room: None, project: str, computed: list[tuple[str, str]]
) -> None:
    opened(project)
    app = send(phone(open_app), tone(), "<b>mémo</b>.wav")
    assert takes(project) == ["<b>mémo</b>.wav"]
    assert "“&lt;b&gt;mémo&lt;/b&gt;.wav” is saved." in said(app)
    assert 'class="meter"' in said(app)
    assert {weight for _, weight in computed} == {"light"}
    [take] = store().open(project).episode.segment("hook").sources
    assert isinstance(take, Take)
    assert take.seconds == pytest.approx(1.5, abs=0.01)
    assert store().sound(project, take.file).read_bytes() == tone()
    # The uploader is empty again: nothing is sent twice by the next touch of the screen.
    app.run()
    assert len(takes(project)) == 1
    send(app, tone(550))
    assert len(takes(project)) == 2


def test_the_microphones_sound_arrives(
    open_app: Opener, room: None, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "https://localhost:8501")
    opened(project)
    app = phone(open_app)
    app.audio_input[0].set_value(("recording.wav", tone(), "audio/wav"))
    app.run()
    assert takes(project) == ["Take 1"]
    assert "“Take 1” is saved." in said(app)


def test_a_phone_does_not_choose_which_take_is_heard(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = send(phone(open_app), tone(300))
    assert store().open(project).episode.segment("hook").best == 0
    send(app, tone(400))
    assert store().open(project).episode.segment("hook").best == 0


def test_phones_that_send_at_the_same_time_lose_nothing(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    phones = [phone(open_app) for _ in range(3)]
    for place, app in enumerate(phones):
        send(app, tone(300 + 50 * place), f"{place}.wav")
    assert takes(project) == ["0.wav", "1.wav", "2.wav"]


def test_the_same_sound_sent_twice_is_one_take(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    send(phone(open_app), tone())
    send(phone(open_app), tone(), "again.wav")
    assert takes(project) == ["memo.wav"]


def test_what_is_no_sound_is_refused_and_does_not_stay(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = send(phone(open_app), b"MZ" + bytes(5000))
    assert 'class="alert error"' in said(app)
    assert takes(project) == []
    folder = store().open(project).folder
    assert [file for file in (folder / "sounds").iterdir() if file.is_file()] == []


def test_a_sound_for_one_project_never_reaches_another(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = phone(open_app)
    other = opened(store().create(EPISODE))
    send(app, tone())
    assert takes(project) == takes(other) == []
    assert app.file_uploader, "the other project's own letterbox"


def test_after_its_time_nothing_is_taken(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = phone(open_app)
    open_letterbox(settings.load(), project, datetime.now(UTC) - OPEN_FOR)
    send(app, tone())
    assert takes(project) == []
    assert not app.file_uploader


def test_a_part_that_has_gone_meanwhile_is_said(
    open_app: Opener, room: None, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(project)
    app = phone(open_app)
    heard = recording._heard

    def hear_slowly(at: scene.Scene, file: str, name: str) -> Any:
        before = store().open(project)
        store().save(project, before.episode.having(segments=(MUSIC, COLUMN)), replaces=before.version)
        return heard(at, file, name)

    monkeypatch.setattr(recording, "_heard", hear_slowly)
    send(app, tone())
    assert "no longer in the rundown" in said(app)


def test_a_part_has_so_many_takes_and_no_more(open_app: Opener, room: None, project: str) -> None:
    many = tuple(Take(file=f"sounds/{place}.wav") for place in range(recording.MOST_TAKES))
    before = store().open(project)
    store().save(project, before.episode.with_segment(HOOK.having(sources=many)), replaces=before.version)
    opened(project)
    app = send(phone(open_app), tone())
    assert "remove one first" in said(app)
    assert len(takes(project)) == recording.MOST_TAKES


def test_what_is_added_stands_beside_what_others_saved_at_that_very_moment(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.st, "session_state", {})
    run = PodcastRun(seed=0, step="record", project=project)
    screen = scene.Scene(run=run, words=words.load("fr"), role=Role.LEARNER)
    calls: list[str] = []

    def add(episode: Episode) -> Episode:
        calls.append(episode.title)
        if len(calls) < 3:
            before = store().open(project)
            store().save(project, before.episode.having(title=f"Titre {len(calls)}"), replaces=before.version)
        return episode.having(angle="Un angle")

    screen.add(add)
    assert calls == ["Qui parle ?", "Titre 1", "Titre 2"]
    episode = store().open(project).episode
    assert (episode.title, episode.angle) == ("Titre 2", "Un angle")


def test_what_is_on_the_disk_does_not_stay_in_memory(open_app: Opener, room: None, project: str) -> None:
    opened(project)
    app = phone(open_app)
    forgotten: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MemoryUploadedFileManager, "remove_file", lambda self, session, file: forgotten.append(file))
        send(app, b"no sound")
        assert forgotten == [], "what was refused is still shown"
        send(app, tone())
    assert len(forgotten) == 1


def test_a_sound_is_listened_to_again_where_its_copy_was_swept_away(
    open_app: Opener, room: None, project: str, computed: list[tuple[str, str]]
) -> None:
    opened(project)
    app = send(phone(open_app), tone())
    assert len(computed) == 1
    app.run()
    assert len(computed) == 1
    shutil.rmtree(store().open(project).folder / "work")
    app.run()
    assert not app.exception
    assert len(computed) == 2


# -- where the kit runs -----------------------------------------------------------------------------------------------


def laptop(open_app: Opener, project: str, lang: str = "en") -> AppTest:
    return open_app("podcast", lang, run=PodcastRun(seed=7, step="record", project=project, segment="hook"))


def test_the_facilitator_opens_and_closes_it(open_app: Opener, project: str) -> None:
    app = laptop(open_app, project)
    assert "192.168.1.20" not in said(app)
    app.toggle(key=Key.LETTERBOX).set_value(True).run()
    now = letterbox(settings.load())
    assert now is not None
    assert now.project == project
    assert '<p class="address">http://192.168.1.20:8501/podcast</p>' in said(app)
    assert "http://10.0.0.8:8501/podcast" in said(app)
    assert "--https" in said(app)
    app.toggle(key=Key.LETTERBOX).set_value(False).run()
    assert letterbox(settings.load()) is None
    assert 'class="address"' not in said(app)


def test_over_https_the_warning_of_browsers_is_announced(
    open_app: Opener, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRECHAMP_ADDRESS", "https://localhost:8501")
    opened(project)
    app = laptop(open_app, project)
    assert app.toggle(key=Key.LETTERBOX).value
    assert '<p class="address">https://192.168.1.20:8501/podcast</p>' in said(app)
    assert "Advanced" in said(app)


def test_another_projects_letterbox_is_told(open_app: Opener, project: str) -> None:
    other = opened(store().create(Episode(title="Un autre projet")))
    app = laptop(open_app, project)
    assert not app.toggle(key=Key.LETTERBOX).value
    assert "another project" in said(app)
    app.toggle(key=Key.LETTERBOX).set_value(True).run()
    now = letterbox(settings.load())
    assert now is not None
    assert now.project == project != other


def test_a_machine_on_no_network_says_so(open_app: Opener, project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "lan_addresses", list)
    opened(project)
    assert "on no network" in said(laptop(open_app, project))


def test_a_kit_that_is_not_open_to_the_room_says_how_it_would_be(
    open_app: Opener, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRECHAMP_LAN", "")
    app = laptop(open_app, project)
    assert not app.toggle
    assert "--lan" in said(app)


def test_the_laptop_shows_what_a_phone_has_sent(
    open_app: Opener, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(project)
    here = laptop(open_app, project)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(frame, "is_here", lambda: False)
        send(phone(open_app), tone(), "du téléphone.wav")
    here.run()
    assert "du téléphone.wav" in said(here)
