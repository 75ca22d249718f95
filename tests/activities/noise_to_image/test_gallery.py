"""The gallery by profession: counted, written, exported and brought back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from activities.noise_to_image import galleries
from activities.noise_to_image.galleries import FILE, Kept
from activities.noise_to_image.gallery import Both, Gallery, Profession, Reference, Shot, begin, count, table
from kit import settings
from kit.decks.loaded import pixels
from kit.decks.model import Truth
from kit.decks.packing import label_png
from kit.errors import BadArchive, BadContent, BadImage, KitError, NotFound
from kit.images.label import read_label
from kit.settings import Settings


def gallery(**changes: object) -> Gallery:
    """Nurse and engineer, three seeds each."""
    options: dict = {
        "title": "Métiers",
        "lang": "fr",
        "model": "tiny",
        "revision": "a" * 40,
        "steps": 3,
        "guidance": 2.0,
        "template": "a photo of {profession} at work",
        "professions": (0, 2),
        "seeds": 3,
    }
    return begin(**{**options, **changes})


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)


def png(seed: int) -> bytes:
    return label_png(noise(seed), Truth.GENERATED, "fr")


@pytest.fixture
def now(home: Path) -> Settings:
    return settings.load()


@pytest.fixture
def kept(now: Settings) -> Kept:
    """On disk: four pictures made, one blackened, one that waits; some of it noted, one reference."""
    one = galleries.add(gallery(), now)
    files = [picture.file for picture in one.gallery.pictures]
    for seed, file in enumerate(files[:4]):
        galleries.keep_picture(one.id, now, file, png(seed))
    galleries.keep_picture(one.id, now, files[4], None)
    for file, value in zip(files[:4], (0, 0, 1, 2), strict=True):
        galleries.note(one.id, now, file, "gender", value)
    galleries.note(one.id, now, files[0], "age", 1)
    return galleries.refer(
        one.id, now, Reference(code="gender", value=0, percents={0: 87.5, 1: 29}, source="INSEE, 2024")
    )


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# -- what it is --------------------------------------------------------------------------------------------------------


def test_a_grid_of_professions_and_seeds() -> None:
    one = gallery()
    assert [picture.file for picture in one.pictures] == [
        "01-0001.png",
        "01-0002.png",
        "01-0003.png",
        "02-0001.png",
        "02-0002.png",
        "02-0003.png",
    ]
    assert [one.prompt(picture) for picture in (one.pictures[0], one.pictures[3])] == [
        "a photo of a nurse at work",
        "a photo of an engineer at work",
    ]
    assert set(one.codings) == {"gender", "age", "setting", "posture"}
    # One can always decline to say.
    assert all(any("ne sais pas" in value.fr for value in coding.values) for coding in one.codings.values())


@pytest.mark.parametrize("template", ["a photo of a nurse", "{profession} and {profession}"])
def test_a_sentence_without_its_place_is_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        gallery(template=template)


def test_a_note_outside_the_words_is_refused() -> None:
    with pytest.raises(ValidationError):
        gallery().coded("01-0001.png", "age", 4)  # four words: 0 to 3
    with pytest.raises(ValidationError):
        gallery().referred(Reference(code="age", value=0, percents={2: 10}))  # two professions: 0 and 1


# -- counting ----------------------------------------------------------------------------------------------------------


def test_counts_by_hand(kept: Kept) -> None:
    nurse, engineer = count(kept.gallery, "gender")
    assert nurse.by_value == (2, 1, 0, 0, 0)
    assert (nurse.coded, nurse.pictures) == (3, 3)
    # One of three was blackened and one is not made: neither is in the count.
    assert engineer.by_value == (0, 0, 1, 0, 0)
    assert (engineer.coded, engineer.pictures) == (1, 1)
    assert [line.coded for line in count(kept.gallery, "age")] == [1, 0]
    assert [line.coded for line in count(kept.gallery, "posture")] == [0, 0]


def test_a_note_taken_back_and_a_picture_put_aside_leave_the_count(kept: Kept, now: Settings) -> None:
    galleries.note(kept.id, now, "01-0001.png", "gender", None)
    assert count(galleries.find(kept.id, now).gallery, "gender")[0].by_value == (1, 1, 0, 0, 0)
    aside = galleries.put_aside(kept.id, now, "01-0002.png")
    assert count(aside.gallery, "gender")[0].by_value == (0, 1, 0, 0, 0)
    assert aside.gallery.picture("01-0002.png").shot is Shot.ASIDE
    assert not (aside.folder / "01-0002.png").exists()


def test_the_table_says_what_was_noted(kept: Kept) -> None:
    raw = table(kept.gallery, "en")
    assert raw.startswith("\ufefffile,".encode())
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert rows[0] == {
        "file": "01-0001.png",
        "profession": "nurse",
        "prompt": "a photo of a nurse at work",
        "seed": "1",
        "state": "made",
        "Perceived gender": "more like a woman",
        "Perceived age": "middle-aged",
        "Place": "",
        "Posture": "",
    }
    assert [row["state"] for row in rows] == ["made"] * 4 + ["blocked", "waiting"]
    french = table(kept.gallery, "fr").decode("utf-8-sig").splitlines()
    assert french[0].startswith("fichier;métier;phrase;")


def test_no_cell_of_the_table_is_a_formula() -> None:
    bad = Profession(name=Both(fr='=HYPERLINK("x")', en="@x"), prompt="+1")
    one = gallery(professions=(0,)).having(professions=(bad,))
    row = next(csv.reader(io.StringIO(table(one, "fr").decode("utf-8-sig").split("\r\n", 1)[1]), delimiter=";"))
    assert row[1] == '\'=HYPERLINK("x")'


# -- on disk -----------------------------------------------------------------------------------------------------------


def test_everything_is_on_disk_at_once(kept: Kept, now: Settings) -> None:
    again = galleries.find(kept.id, Settings(home=now.home))
    assert again.gallery == kept.gallery
    assert again.gallery.reference("gender", 0).percents == {0: 87.5, 1: 29}
    label = read_label(again.png("01-0001.png"))
    assert label is not None
    assert label.source_type == "trainedAlgorithmicMedia"
    assert np.array_equal(pixels(again.png("01-0001.png"), "x.png"), noise(0))


def test_a_half_written_gallery_is_none(kept: Kept, now: Settings) -> None:
    (now.galleries / "empty").mkdir()
    (now.galleries / "cut").mkdir()
    (now.galleries / "cut" / FILE).write_bytes(galleries.dump(kept.gallery)[:200])
    (now.galleries / ".incoming-x").mkdir()
    (now.galleries / ".incoming-x" / FILE).write_bytes(galleries.dump(kept.gallery))
    assert [one.id for one in galleries.installed(now)] == [kept.id]
    with pytest.raises(NotFound):
        galleries.find("cut", now)


def test_a_picture_that_was_lost_is_to_be_made_again(kept: Kept, now: Settings) -> None:
    (kept.folder / "01-0001.png").unlink()
    again = galleries.find(kept.id, now).gallery
    assert again.picture("01-0001.png").shot is Shot.WAITING
    assert count(again, "gender")[0].by_value == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("name", ["", ".", "..", "../decks", "a/b", ".incoming-x", "a\\b"])
def test_no_name_leads_elsewhere(now: Settings, name: str) -> None:
    with pytest.raises(NotFound):
        galleries.find(name, now)


def test_two_galleries_of_one_title(kept: Kept, now: Settings) -> None:
    assert (kept.id, galleries.add(gallery(), now).id) == ("metiers", "metiers-2")
    galleries.remove("metiers", now)
    assert [one.id for one in galleries.installed(now)] == ["metiers-2"]
    assert [path.name for path in now.galleries.iterdir()] == ["metiers-2"]


# -- in and out --------------------------------------------------------------------------------------------------------


def test_there_and_back_again(kept: Kept, now: Settings, tmp_path: Path) -> None:
    sent = galleries.export(kept, "fr")
    assert sent == galleries.export(kept, "fr")
    assert set(members(sent)) == {FILE, "codes.csv", *(picture.file for picture in kept.gallery.of(Shot.MADE))}
    elsewhere = Settings(home=tmp_path / "another machine")
    back = galleries.install(galleries.clean(sent, "metiers.zip"), elsewhere)
    assert back.gallery == kept.gallery
    for picture in kept.gallery.of(Shot.MADE):
        assert back.png(picture.file) == kept.png(picture.file)
    assert galleries.export(back, "fr") == sent


def test_a_zip_of_a_folder_is_taken_too(kept: Kept) -> None:
    sent = {f"metiers/{name}": data for name, data in members(galleries.export(kept, "fr")).items()}
    assert FILE in galleries.clean(packed(sent), "x.zip")


def _broken(kept: Kept, change: str) -> bytes:
    inside = members(galleries.export(kept, "fr"))
    plain = json.loads(inside[FILE])
    match change:
        case "no words":
            del inside[FILE]
        case "no picture":
            del inside["01-0002.png"]
        case "not a picture":
            inside["01-0002.png"] = b"<svg onload=alert(1)>"
        case "cut picture":
            inside["01-0002.png"] = inside["01-0002.png"][:3000]
        case "another file":
            inside["run.pkl"] = b"\x80\x04."
        case "outside":
            inside["../evil.png"] = inside["01-0002.png"]
        case "unknown field":
            inside[FILE] = json.dumps({**plain, "run": "rm"}).encode()
        case "wrong note":
            plain["pictures"][0]["codes"]["gender"] = 5
            inside[FILE] = json.dumps(plain).encode()
        case "too many":
            plain["pictures"] = [{"profession": 0, "seed": seed} for seed in range(100)]
            inside[FILE] = json.dumps(plain).encode()
        case "tag":
            inside[FILE] = b"!!python/object/apply:os.system [x]"
    return packed(inside)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("no words", BadArchive),
        ("no picture", BadArchive),
        ("not a picture", BadImage),
        ("cut picture", BadImage),
        ("another file", BadArchive),
        ("outside", BadArchive),
        ("unknown field", BadContent),
        ("wrong note", BadContent),
        ("too many", BadContent),
        ("tag", BadContent),
    ],
)
def test_a_hostile_zip_is_refused_with_a_sentence(
    kept: Kept, now: Settings, change: str, error: type[KitError]
) -> None:
    before = sorted(path.name for path in now.galleries.iterdir())
    with pytest.raises(error) as refused:
        galleries.clean(_broken(kept, change), "x.zip")
    assert len(str(refused.value)) > 20
    assert sorted(path.name for path in now.galleries.iterdir()) == before


def test_pictures_from_elsewhere_are_made_anew(kept: Kept) -> None:
    """Nothing of the file comes through but its pixels: not a comment, not what stands after its end."""
    inside = members(galleries.export(kept, "fr"))
    sound = inside["01-0001.png"]
    inside["01-0001.png"] = sound + b"<script>alert(1)</script>"
    cleaned = galleries.clean(packed(inside), "x.zip")
    assert cleaned["01-0001.png"] == sound
