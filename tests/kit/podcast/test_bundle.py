"""A project goes out as one zip and comes back the same; a zip from elsewhere brings words and sounds, or nothing."""

from __future__ import annotations

import hashlib
import io
import random
import unicodedata
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from kit.classroom.store import FullDisk
from kit.errors import BadArchive, BadContent, BadInput, NotAllowed
from kit.faults import Faults
from kit.podcast import bundle, disk
from kit.podcast.bundle import pack, unpack
from kit.podcast.episode import FILE, Bed, Episode, Music, Rights, Segment, SegmentKind, Take
from kit.podcast.store import PUBLISHED, WORK, Projects
from kit.podcast.writing import dump
from kit.settings import Settings

VOICE, MUSIC = random.Random(1).randbytes(50_000), random.Random(2).randbytes(30_000)


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(Settings(home=tmp_path / "home"))


@pytest.fixture
def project(projects: Projects) -> str:
    """One take heard, one not, a bed, a recording that nothing names any more, decoded copies and a render."""
    music = Music(file="b.mp3", title="M", author="A", licence="CC0")
    segment = Segment(id="a", kind=SegmentKind.HOOK, sources=(Take(file="a.wav"), Take(file="again.m4a")))
    episode = Episode(title="L’été", segments=(segment,), beds=(Bed(first="a", last="a", source=music),))
    made = projects.create(episode, {"a.wav": VOICE, "again.m4a": VOICE[:99], "b.mp3": MUSIC})
    projects.keep_sound(made, b"no longer named", "c.wav")
    folder = projects.open(made).folder
    (folder / PUBLISHED).mkdir(parents=True)
    (folder / WORK / "decoded.wav").write_bytes(b"copy")
    for name in ("episode.mp3", "chapters.json", "feed.xml", "cover.png", "left.tmp"):
        (folder / PUBLISHED / name).write_bytes(name.encode())
    return made


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, raw in members:
            archive.writestr(name, raw)
    return out.getvalue()


def with_take(file: str = "sounds/one.mp3") -> bytes:
    return dump(Episode(segments=(Segment(id="a", kind=SegmentKind.HOOK, sources=(Take(file=file),)),)))


def test_what_is_packed_opens_again_as_it_was(projects: Projects, project: str, tmp_path: Path) -> None:
    before = projects.open(project)
    out = pack(before.folder, tmp_path / "out" / "project.zip")
    assert out == tmp_path / "out" / "project.zip"
    with zipfile.ZipFile(out) as archive:
        voice = f"sounds/{hashlib.sha256(VOICE).hexdigest()[:16]}.wav"
        names = archive.namelist()
        assert names[:2] == [FILE, voice]
        assert len(names) == 4 + 4
        assert set(names[4:]) == {"episode.mp3", "chapters.json", "feed.xml", "cover.png"}
        assert archive.read(voice) == VOICE
        assert archive.getinfo(voice).compress_type == zipfile.ZIP_STORED
        assert archive.testzip() is None
    for raw in (out, out.read_bytes()):
        again = projects.open(unpack(raw, out.name, projects))
        assert again.folder != before.folder
        assert again.episode == before.episode
        assert (again.folder / voice).read_bytes() == VOICE
        assert sorted(path.name for path in again.folder.iterdir()) == [".created", FILE, "sounds"], (
            "no render comes in"
        )
        assert len(list((again.folder / "sounds").iterdir())) == 3


def test_the_same_project_gives_the_same_bytes(projects: Projects, project: str, tmp_path: Path) -> None:
    folder = projects.open(project).folder
    one, two = pack(folder, tmp_path / "1.zip"), pack(folder, tmp_path / "2.zip")
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zip", "2.zip", "home"]


def test_a_missing_sound_is_told_before_anything_is_written(projects: Projects, project: str, tmp_path: Path) -> None:
    folder = projects.open(project).folder
    next((folder / "sounds").glob("*.m4a")).unlink()
    with pytest.raises(BadInput, match=r"The sound “sounds/\w+\.m4a” is not in the project any more"):
        pack(folder, tmp_path / "project.zip")
    assert not (tmp_path / "project.zip").exists()


def test_a_project_too_large_to_come_back_is_told(
    projects: Projects, project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "MAX_TOTAL", 80_000)
    with pytest.raises(BadInput, match="This project weighs 1 MB in 8 files"):
        pack(projects.open(project).folder, tmp_path / "project.zip")


def test_a_full_disk_leaves_the_zip_that_was_there(
    projects: Projects, project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "project.zip"
    out.write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(FullDisk):
        pack(projects.open(project).folder, out)
    assert out.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "project.zip"]


def test_a_folder_zipped_by_hand_opens(projects: Projects) -> None:
    """In a folder of its own, with names as macOS writes them, and what systems leave behind."""
    nfd = unicodedata.normalize("NFD", "été.mp3")
    raw = zipped(
        ("mine/" + FILE, with_take("été.mp3")),
        ("mine/" + nfd, VOICE),
        ("mine/notes.txt", b"n"),
        ("__MACOSX/mine/._x", b""),
    )
    opened = projects.open(unpack(raw, "mine.zip", projects))
    [take] = opened.episode.segments[0].sources
    assert isinstance(take, Take)
    assert (opened.folder / take.file).read_bytes() == VOICE
    assert take.file.startswith("sounds/")


@pytest.mark.parametrize("file", ["work/decoded.wav", "episode.yaml", "sounds/x.wav"])
def test_a_sound_lands_among_the_sounds_whatever_its_name(projects: Projects, file: str) -> None:
    """What names a sound after the kit's own files replaces none of them."""
    members = {FILE: with_take(file), file: VOICE} if file != FILE else {FILE: with_take(file)}
    opened = projects.open(unpack(zipped(*members.items()), "x.zip", projects))
    assert sorted(path.name for path in opened.folder.iterdir()) == [".created", FILE, "sounds"]
    assert opened.episode.segments[0].id == "a"


def bomb() -> bytes:
    return zipped((FILE, with_take()), ("sounds/one.mp3", bytes(20 * 2**20)))


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "no zip": (b"%PDF-1.7", "is not a zip"),
    "cut short": (zipped((FILE, with_take()))[:-30], "cut short"),
    "traversal": (zipped((FILE, with_take()), ("../../x.mp3", b"x")), "outside its folder"),
    "absolute": (zipped((FILE, with_take()), ("/etc/x.mp3", b"x")), "outside its folder"),
    "a program": (zipped((FILE, with_take()), ("run.exe", b"MZ")), "does not belong there"),
    "an archive": (zipped((FILE, with_take()), ("inner.zip", zipped())), "another zip or archive"),
    "a bomb": (bomb(), "zip bomb"),
    "no episode": (zipped(("sounds/one.mp3", VOICE)), "holds 0 episode.yaml"),
    "two episodes": (zipped((FILE, with_take()), ("b/" + FILE, with_take())), "holds 2 episode.yaml"),
    "a sound is missing": (zipped((FILE, with_take())), "lacks the sound “sounds/one.mp3”"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_sentence_and_nothing_stays(projects: Projects, case: str) -> None:
    raw, said = REFUSED[case]
    with pytest.raises(BadArchive) as told:
        unpack(raw, "p.zip", projects)
    assert said in str(told.value)
    assert str(told.value).startswith("“p.zip” ")
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)
    assert projects.ids() == ()
    assert not projects._root.exists() or not list(projects._root.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "title: [",
        "format: 2\n",
        "!!python/object/apply:os.system ['true']",
        "a: &a [*a]",
        "segments:\n- {id: a, kind: hook, sources: [{kind: take, file: ../../x}]}\n",
        "segments:\n- {id: a, kind: hook, sources: [{kind: take, file: 'C:\\x'}]}\n",
        "\x00",
    ],
)
def test_an_episode_with_faults_brings_nothing_in(projects: Projects, text: str) -> None:
    with pytest.raises(BadContent) as told:
        unpack(zipped((FILE, text.encode())), "p.zip", projects)
    assert isinstance(told.value, Faults)
    assert projects.ids() == ()


def test_what_was_to_be_erased_does_not_come_back(projects: Projects) -> None:
    today = date.today()
    raw = zipped((FILE, dump(Episode(rights=Rights(erase_on=today)))))
    with pytest.raises(NotAllowed, match=f"were to be erased by {today}"):
        unpack(raw, "p.zip", projects)
    project = unpack(raw, "p.zip", projects, today=today - timedelta(days=1))
    assert projects.purge(today - timedelta(days=1)) == ()
    assert projects.ids() == (project,)


def test_a_large_sound_comes_in_where_other_zips_end(projects: Projects) -> None:
    """More than the 100 MB that the door lets through by default."""
    large = random.Random(3).randbytes(2**20) * 101
    raw = zipped((FILE, with_take()), ("sounds/one.mp3", large), method=zipfile.ZIP_STORED)
    opened = projects.open(unpack(raw, "p.zip", projects))
    [sound] = (opened.folder / "sounds").iterdir()
    assert sound.stat().st_size == len(large)
