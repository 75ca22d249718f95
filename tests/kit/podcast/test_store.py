"""Projects on the disk: nothing saved is lost, nobody overwrites anybody, nothing erased remains."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kit import ROOT, content
from kit.classroom.store import RETENTION_DAYS, FullDisk, Stale
from kit.errors import BadInput, NotFound, SetupError
from kit.faults import Faults
from kit.podcast import disk, store
from kit.podcast.episode import FILE, Bed, Episode, Music, Rights, Segment, SegmentKind, Take
from kit.podcast.store import Projects
from kit.settings import Settings

FIRST = Episode(title="Première", team="Loutre", segments=(Segment(id="a", kind=SegmentKind.HOOK, text="Bonjour"),))
TODAY = date.today()


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(Settings(home=tmp_path / "home"))


@pytest.fixture(autouse=True)
def _nothing_read_before() -> None:
    """Each test reads from the disk, not what another one has read."""
    store._recent.clear()


def leftovers(projects: Projects) -> list[str]:
    return [path.name for path in projects._root.rglob(".*") if path.name.startswith((".incoming-", ".removed-"))]


# -- making, opening, saving ------------------------------------------------------------------------------------------


def test_a_project_comes_back_as_it_was(projects: Projects) -> None:
    project = projects.create(FIRST)
    assert len(project) == 8
    assert set(project) <= set("cdfhjkmnprtvwxy34679")
    assert projects.ids() == (project,)
    opened = projects.open(project)
    assert opened.episode == FIRST
    assert sorted(path.name for path in opened.folder.iterdir()) == [".created", FILE, "sounds"]
    store._recent.clear()
    assert projects.open(project) == opened
    assert leftovers(projects) == []


def test_the_folder_is_the_data_folders_and_closed_to_others(projects: Projects, tmp_path: Path) -> None:
    folder = projects.open(projects.create(FIRST)).folder
    assert folder.parent == tmp_path / "home" / "podcasts"
    if os.name == "posix":
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_versions_follow_the_content(projects: Projects) -> None:
    project = projects.create(FIRST)
    one = projects.open(project).version
    two = projects.save(project, FIRST.having(title="Deuxième"), replaces=one)
    assert two != one
    assert projects.open(project).version == two
    assert projects.save(project, FIRST, replaces=two) == one
    assert projects.save(project, FIRST, replaces="anything") == one, "it is there already: nothing is overwritten"


def test_an_episode_is_read_once(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    project = projects.create(FIRST)
    episode = projects.open(project).episode
    monkeypatch.setattr(content, "parse", lambda *_: pytest.fail("read again"))
    assert projects.open(project).episode is episode
    later = FIRST.having(title="Later")
    projects.save(project, later, replaces=projects.open(project).version)
    assert projects.open(project).episode == later


def test_what_was_read_is_bounded(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_READ", 2)
    for number in range(4):
        projects.open(projects.create(FIRST.having(title=str(number))))
    assert [episode.title for episode in store._recent.values()] == ["2", "3"]


def test_a_change_by_hand_is_seen_and_its_faults_are_told(projects: Projects) -> None:
    project = projects.create(FIRST)
    opened = projects.open(project)
    (opened.folder / FILE).write_text("title: À la main\n", "utf-8")
    assert projects.open(project).episode.title == "À la main"
    with pytest.raises(Stale):
        projects.save(project, FIRST.having(team="x"), replaces=opened.version)
    (opened.folder / FILE).write_text("title: [x]\nsegments:\n- {id: a}\n", "utf-8")
    with pytest.raises(Faults) as caught:
        projects.open(project)
    assert [fault.line for fault in caught.value.values["faults"]] == [1, 3]


def test_a_project_that_is_not_there(projects: Projects) -> None:
    assert projects.ids() == ()
    assert projects.list() == ()
    assert projects.purge() == ()
    project = projects.create(FIRST)
    for name in ("", "nothere3", "../" + project, ".locks", project.upper(), project + "/", "a" * 300, "\x00" * 8):
        with pytest.raises(NotFound):
            projects.open(name)
    (projects._root / "nothing-of-ours").mkdir()
    assert projects.ids() == (project,)
    (projects.open(project).folder / FILE).unlink()
    with pytest.raises(NotFound):
        projects.open(project)
    with pytest.raises(NotFound):
        projects.save(project, FIRST, replaces="x")
    assert projects.list() == ()


def test_texts_too_long_to_be_read_again_are_refused_and_nothing_is_lost(projects: Projects) -> None:
    project = projects.create(FIRST)
    version = projects.open(project).version
    long = tuple(Segment(id=f"s{n}", kind=SegmentKind.COLUMN, text="mot " * 4_999) for n in range(30))
    with pytest.raises(BadInput, match="grown beyond 512 kB"):
        projects.save(project, FIRST.having(segments=long), replaces=version)
    with pytest.raises(Faults, match="title"):
        projects.save(project, FIRST.model_copy(update={"title": "x" * 300}), replaces=version)
    assert projects.open(project).version == version


# -- sounds -----------------------------------------------------------------------------------------------------------


def test_an_original_is_kept_once_under_the_name_of_its_content(projects: Projects, tmp_path: Path) -> None:
    project = projects.create(FIRST)
    raw = b"RIFF not really" * 1000
    named = f"sounds/{hashlib.sha256(raw).hexdigest()[:16]}"
    assert projects.keep_sound(project, raw, "Ma voix.WAV") == f"{named}.wav"
    (tmp_path / "x").write_bytes(raw)
    assert projects.keep_sound(project, tmp_path / "x", "again.wav") == f"{named}.wav"
    assert (projects.open(project).folder / f"{named}.wav").read_bytes() == raw
    assert len(list((projects.open(project).folder / "sounds").iterdir())) == 1
    assert projects.sound(project, f"{named}.wav").read_bytes() == raw


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        *(("a.mp3", ".mp3"), ("A.M4A", ".m4a"), ("voix.3gp", ".3gp"), ("x.opus", ".opus"), ("é.ogg", ".ogg")),
        *(("no suffix", ".sound"), ("evil.exe", ".sound"), ("x.wav/../../y", ".sound"), ("x.wav\x00.sh", ".sound")),
        *(("", ".sound"), (".wav", ".sound"), ("a.<script>", ".sound"), ("\u202evaw.exe", ".sound")),
    ],
)
def test_nothing_of_a_hostile_name_but_a_known_suffix_is_kept(projects: Projects, name: str, suffix: str) -> None:
    kept = projects.keep_sound(projects.create(FIRST), b"x", name)
    assert kept == f"sounds/{hashlib.sha256(b'x').hexdigest()[:16]}{suffix}"


def test_a_file_that_cannot_be_read_is_told(projects: Projects, tmp_path: Path) -> None:
    project = projects.create(FIRST)
    with pytest.raises(BadInput, match=r"“a\.wav” cannot be read"):
        projects.keep_sound(project, tmp_path / "absent", "a.wav")
    with pytest.raises(NotFound):
        projects.keep_sound("nothere3", b"x", "a.wav")


def test_no_sound_is_found_outside_of_its_project(projects: Projects) -> None:
    project, other = projects.create(FIRST), projects.create(FIRST)
    kept = projects.keep_sound(other, b"x", "a.wav")
    for relative in (kept, f"../{other}/{kept}", "", ".", "sounds", f"../../{project}", "/etc/hostname", "sounds/x"):
        with pytest.raises(NotFound):
            projects.sound(project, relative)


def test_a_project_is_made_with_its_sounds(projects: Projects) -> None:
    take, music = Take(file="été.mp3", name="été.mp3"), Music(file="sub/b.flac")
    segment = Segment(id="a", kind=SegmentKind.HOOK, sources=(take, Take(file="été.mp3"), music))
    episode = Episode(segments=(segment,), beds=(Bed(first="a", last="a", source=music),))
    opened = projects.open(projects.create(episode, {"été.mp3": b"one", "sub/b.flac": b"two"}))
    one, two = (f"sounds/{hashlib.sha256(raw).hexdigest()[:16]}" for raw in (b"one", b"two"))
    files = [source.file for source in opened.episode.segments[0].sources if isinstance(source, Take | Music)]
    assert files == [f"{one}.mp3", f"{one}.mp3", f"{two}.flac"]
    assert opened.episode.segments[0].sources[0] == take.model_copy(update={"file": f"{one}.mp3"})
    assert opened.episode.beds[0].source == music.model_copy(update={"file": f"{two}.flac"})
    assert (opened.folder / f"{two}.flac").read_bytes() == b"two"


# -- two people at one project ----------------------------------------------------------------------------------------


def test_who_saves_second_is_told_and_overwrites_nothing(projects: Projects) -> None:
    project = projects.create(FIRST)
    start = projects.open(project).version
    theirs = projects.save(project, FIRST.having(title="Theirs"), replaces=start)
    with pytest.raises(Stale, match="Theirs is kept; yours is not written") as told:
        projects.save(project, FIRST.having(title="Mine"), replaces=start)
    assert str(told.value).endswith("then add it.")
    assert projects.open(project).episode.title == "Theirs"
    assert projects.save(project, FIRST.having(title="Mine"), replaces=theirs)


WRITER = """
import sys
from kit.podcast.episode import Episode
from kit.podcast.store import Projects
from kit.settings import load
from kit.classroom.store import Stale
project, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
projects, done = Projects(load()), 0
while done < times:
    opened = projects.open(project)
    try:
        projects.save(project, opened.episode.having(known=opened.episode.known + name), replaces=opened.version)
    except Stale:
        continue
    done += 1
    print(done, flush=True)
"""


def writer(home: Path, project: str, name: str, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, project, name, str(times)],
        cwd=ROOT,
        env={**os.environ, "CONTRECHAMP_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_and_threads_that_write_at_once_lose_nothing(projects: Projects, tmp_path: Path) -> None:
    project = projects.create(Episode())

    def write() -> None:
        for _ in range(15):
            while True:
                opened = projects.open(project)
                changed = opened.episode.having(known=opened.episode.known + "t")
                try:
                    projects.save(project, changed, replaces=opened.version)
                    break
                except Stale:
                    continue

    processes = [writer(tmp_path / "home", project, name, 15) for name in "pq"]
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    known = projects.open(project).episode.known
    assert {letter: known.count(letter) for letter in "pqt"} == {"p": 15, "q": 15, "t": 30}


def test_one_who_writes_too_long_is_told_of(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    project = projects.create(FIRST)
    version = projects.open(project).version
    monkeypatch.setattr(store, "_PATIENCE", 0.05)
    with (
        projects._alone(project),
        pytest.raises(SetupError, match="Another window is still writing"),
    ):
        projects.save(project, FIRST.having(title="x"), replaces=version)
    assert projects.save(project, FIRST.having(title="x"), replaces=version)


# -- a process that dies ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_killed_writer_leaves_a_whole_project(projects: Projects, tmp_path: Path) -> None:
    """Killed at any moment, it leaves what it had said was saved, or one save more."""
    project = projects.create(Episode(question="x" * 1_500))
    for seconds in (0.0, 0.011, 0.037, 0.08):
        before = projects.open(project).episode.known.count("k")
        process = writer(tmp_path / "home", project, "k", 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n", process.stderr and process.stderr.read()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        said = 1 + len(process.communicate()[0].splitlines())
        store._recent.clear()
        assert projects.open(project).episode.known.count("k") - before in (said, said + 1)
    opened = projects.open(project)
    assert projects.save(project, opened.episode.having(title="on"), replaces=opened.version)


DYING = """
import os, sys
from kit.podcast import disk
from kit.podcast.episode import Episode
from kit.podcast.store import Projects
from kit.settings import load
projects, project = Projects(load()), sys.argv[1]
opened = projects.open(project)
disk._replace = lambda *_: os._exit(9)
if sys.argv[2] == "save":
    projects.save(project, Episode(title="never"), replaces=opened.version)
else:
    projects.keep_sound(project, b"half a voice", "a.wav")
"""


@pytest.mark.parametrize("what", ["save", "keep_sound"])
def test_death_just_before_the_end_changes_nothing(projects: Projects, tmp_path: Path, what: str) -> None:
    project = projects.create(FIRST)
    before = projects.open(project)
    done = subprocess.run(
        [sys.executable, "-c", DYING, project, what],
        cwd=ROOT,
        env={**os.environ, "CONTRECHAMP_HOME": str(tmp_path / "home")},
        check=False,
        timeout=60,
    )
    assert done.returncode == 9
    store._recent.clear()
    assert projects.open(project) == before
    [left] = leftovers(projects)
    projects.purge()
    assert leftovers(projects) == [left], "it may still be written"
    [path] = projects._root.rglob(left)
    os.utime(path, (0, 0))
    projects.purge()
    assert leftovers(projects) == []


# -- a full disk ------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence_and_nothing_changes(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    project = projects.create(FIRST)
    before = projects.open(project)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(disk.os, "fsync", full)
        for act in (
            lambda: projects.save(project, FIRST.having(title="x"), replaces=before.version),
            lambda: projects.keep_sound(project, b"x", "a.wav"),
            lambda: projects.create(FIRST),
        ):
            with pytest.raises(FullDisk, match=r"^The disk is full: nothing was changed\..*still there\.$"):
                act()
    assert projects.open(project) == before
    assert projects.ids() == (project,)
    assert leftovers(projects) == []
    assert list((before.folder / "sounds").iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of one megabyte, where this machine lets one be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None:
        pytest.skip("only root may mount a small disk, on Linux")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_on_a_disk_that_is_full_for_real(small_disk: Path) -> None:
    projects = Projects(Settings(home=small_disk / "home"))
    project = projects.create(FIRST)
    kept = projects.keep_sound(project, b"x" * 300_000, "a.wav")
    before = projects.open(project)
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(FullDisk):
        projects.keep_sound(project, b"y" * 300_000, "b.wav")
    with pytest.raises(FullDisk):
        projects.save(project, FIRST.having(question="z" * 1_900), replaces=before.version)
    with pytest.raises(FullDisk):
        projects.create(FIRST)
    assert projects.open(project) == before
    assert projects.sound(project, kept).stat().st_size == 300_000
    (small_disk / "filler").unlink()
    assert projects.save(project, FIRST.having(question="z" * 1_900), replaces=before.version)


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "podcasts").write_text("a file in the way")
    with pytest.raises(SetupError, match="could not be written"):
        Projects(Settings(home=tmp_path / "home")).create(FIRST)


# -- lists and erasing ------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_there_and_what_is_broken(projects: Projects) -> None:
    one, two, three = (projects.create(FIRST.having(title=title)) for title in ("1", "2", "3"))
    for age, project in ((300, one), (200, two), (100, three)):
        moment = time.time() - age
        os.utime(projects.open(project).folder / FILE, (moment, moment))
    (projects.open(two).folder / FILE).write_text("title: [", "utf-8")
    listed = projects.list()
    assert [summary.id for summary in listed] == [two, three, one], "the last changed first"
    assert [(summary.title, summary.team) for summary in listed] == [("", ""), ("3", "Loutre"), ("1", "Loutre")]
    assert listed[0].fault is not None
    assert listed[1].fault is None
    assert abs((datetime.now(UTC) - listed[1].changed).total_seconds() - 100) < 20
    assert {summary.erase_on for summary in listed} == {TODAY + timedelta(days=RETENTION_DAYS)}


def test_erased_is_gone_with_its_recordings(projects: Projects) -> None:
    project, other = projects.create(FIRST), projects.create(FIRST)
    projects.keep_sound(project, b"a voice", "a.wav")
    version = projects.save(project, FIRST.having(title="x"), replaces=projects.open(project).version)
    projects.erase(project)
    assert projects.ids() == (other,)
    assert not list(projects._root.rglob("*.wav"))
    assert not any(project in path.name for path in projects._root.rglob("*"))
    for act in (
        lambda: projects.erase(project),
        lambda: projects.save(project, FIRST, replaces=version),
        lambda: projects.keep_sound(project, b"x", "a.wav"),
        lambda: projects.sound(project, FILE),
    ):
        with pytest.raises(NotFound):
            act()
    assert projects.ids() == (other,)


def test_each_project_is_erased_at_its_day(projects: Projects) -> None:
    soon, later, unset = (
        projects.create(FIRST.having(rights=Rights(erase_on=day)))
        for day in (TODAY + timedelta(days=1), TODAY + timedelta(days=90), None)
    )
    assert projects.purge() == ()
    assert projects.purge(TODAY + timedelta(days=1)) == (soon,)
    assert projects.purge(TODAY + timedelta(days=RETENTION_DAYS - 1)) == ()
    assert projects.purge(TODAY + timedelta(days=RETENTION_DAYS)) == (unset,)
    assert projects.ids() == (later,)
    assert projects.purge(TODAY + timedelta(days=90)) == (later,)
    assert projects.ids() == ()


def test_saving_does_not_put_off_the_day(projects: Projects) -> None:
    project = projects.create(FIRST)
    folder = projects.open(project).folder
    (folder / ".created").write_text((TODAY - timedelta(days=29)).isoformat())
    projects.save(project, FIRST.having(title="x"), replaces=projects.open(project).version)
    assert projects.purge() == ()
    assert projects.purge(TODAY + timedelta(days=1)) == (project,)


def test_a_broken_project_waits_for_whoever_breaks_it(projects: Projects) -> None:
    """A slip in a file changed by hand must not erase, the same day, what was to be kept for months."""
    project = projects.create(FIRST.having(rights=Rights(erase_on=TODAY + timedelta(days=300))))
    folder = projects.open(project).folder
    (folder / ".created").write_text((TODAY - timedelta(days=60)).isoformat())
    (folder / FILE).write_text("title: [", "utf-8")
    assert projects.purge() == ()
    assert projects.purge(TODAY + timedelta(days=RETENTION_DAYS + 1)) == (project,)
