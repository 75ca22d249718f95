"""Decks on disk: loading, faults, export and import, making."""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from kit import settings as kit_settings
from kit.decks import store
from kit.decks.loaded import DECK_FILE
from kit.decks.model import Truth
from kit.errors import BadArchive, BadContent, BadInput, KitError, NotAllowed, NotFound, SetupError
from kit.images.label import read_label
from kit.settings import Settings

Make = Callable[..., Path]
settings_of_hypothesis = hypothesis_settings(max_examples=60, deadline=None)


def _tiny() -> bytes:
    """The smallest deck there is, zipped."""
    picture, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (240, 160), (90, 120, 30)).save(picture, "JPEG")
    words = (
        "format: 1\nid: tiny\ntitle: Tiny\nitems:\n- {id: one, source: {file: a.jpg}, credit: c, licence: l, title: t, "
        "versions: [{truth: real, alt: a, explanation: e}]}\n"
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(DECK_FILE, words)
        archive.writestr("a.jpg", picture.getvalue())
    return out.getvalue()


TINY = _tiny()


@pytest.fixture
def settings() -> Settings:
    return kit_settings.load()


def edit(folder: Path, change: Callable[[dict], object]) -> None:
    """Change the deck.yaml of ``folder`` as data."""
    path = folder / DECK_FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def line_of(folder: Path, text: str, nth: int = 0) -> int:
    """The line (from 1) of the ``nth`` line of deck.yaml that contains ``text``."""
    lines = (folder / DECK_FILE).read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if text in line][nth]


def zipped(folder: Path, prefix: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + path.relative_to(folder).as_posix())
    return out.getvalue()


def left_in(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.decks.iterdir()) if settings.decks.exists() else []


# Loading


def test_load_reads_words_pictures_and_tones(make_deck: Make) -> None:
    loaded = store.load(make_deck(6, portraits=1))
    assert [item.id for item in loaded.playable] == [f"item{n}" for n in range(6)]
    assert loaded.grey == {"item0", "item1"}
    assert loaded.source_pixels(loaded.deck.item("item0")).shape == (240, 360, 3)
    # The file is labelled, its band does not count as picture.
    assert loaded.version_pixels("item0-g.png").shape == (240, 360, 3)


def test_decks_are_equal_when_every_byte_is(make_deck: Make, art: SimpleNamespace) -> None:
    folder = make_deck(4)
    first = store.load(folder)
    assert store.load(folder) == first
    (folder / "item3.png").write_bytes(art.png(art.scene(99)))
    assert store.load(folder) != first


def test_all_faults_come_together_each_with_its_line(make_deck: Make, art: SimpleNamespace) -> None:
    folder = make_deck(5)
    (folder / "item0.png").unlink()
    (folder / "item1.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing more")
    (folder / "item2-g.png").write_bytes(art.png(art.scene(1, width=120, height=80)))
    edit(folder, lambda deck: deck["items"][2]["versions"][2]["overlay"].update(x=450))
    edit(folder, lambda deck: deck["items"][3]["source"].update(crop=[0, 0, 361, 200]))
    edit(folder, lambda deck: deck["items"][4]["versions"][1].update(file="../../secret.png"))
    with pytest.raises(BadContent) as caught:
        store.load(folder)
    text = str(caught.value)
    assert [fault.line for fault in caught.value.values["faults"]] == [
        line_of(folder, "source:", 0),
        line_of(folder, "source:", 1),
        line_of(folder, "file: item2-g.png"),
        line_of(folder, "overlay:", 1),
        line_of(folder, "source:", 3),
        line_of(folder, "secret.png"),
    ]
    for words in ("item0.png", "damaged", "120 × 80", "450, 100", "360 × 240", "secret.png"):
        assert words in text


def test_a_folder_without_deck_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no deck\.yaml"):
        store.load(tmp_path)


def test_a_link_out_of_the_folder_is_refused(make_deck: Make, tmp_path: Path, art: SimpleNamespace) -> None:
    folder = make_deck(4)
    outside = tmp_path / "outside.png"
    outside.write_bytes(art.png(art.scene(1)))
    (folder / "item0.png").unlink()
    try:
        (folder / "item0.png").symlink_to(outside)
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(BadContent, match="inside"):
        store.load(folder)


def test_a_portrait_is_never_generated(make_deck: Make) -> None:
    folder = make_deck(4)
    edit(folder, lambda deck: deck["items"][0].update(portrait=True))
    with pytest.raises(BadContent, match="never generated or altered"):
        store.load(folder)


def test_find_and_installed_report_a_broken_deck(make_deck: Make, settings: Settings) -> None:
    store.import_zip(zipped(make_deck(4)), "toy.zip", settings)
    shutil.copytree(settings.decks / "toy", settings.decks / "zz-broken")
    (settings.decks / "zz-broken" / DECK_FILE).write_text("format: 2\n")
    good, broken = store.installed(settings)
    assert isinstance(good, store.LoadedDeck)
    assert good.id == "toy"
    assert isinstance(broken, store.BrokenDeck)
    assert broken.id == "zz-broken"
    assert "line 1" in str(broken.error)
    assert store.find("toy", settings) is good
    assert store.find("default", settings) is store.default()
    for name in ("nothing", "", "..", "../decks/toy", ".hidden"):
        with pytest.raises(NotFound):
            store.find(name, settings)
    store.remove("zz-broken", settings)
    assert left_in(settings) == ["toy"]


# Checking


def test_check_of_a_sound_deck_warns_of_its_size_only(make_deck: Make) -> None:
    report = store.check(make_deck(6))
    assert report.ok
    assert (
        report.text()
        == f"- line {line_of(make_deck(6), 'items:')}: 6 pictures can be played; with fewer than 8, "
        + ("the two forms are very short.")
    )


@pytest.mark.parametrize(
    "alt", ["Image générée d’un lac.", "Un lac, par IA", "A fake lake", "Une vraie photo de lac", "Photo RETOUCHÉE"]
)
def test_check_warns_of_an_alt_text_that_betrays(make_deck: Make, alt: str) -> None:
    folder = make_deck(8)
    edit(folder, lambda deck: deck["items"][2].update(alt=alt))
    report = store.check(folder)
    assert report.ok
    assert {w.line for w in report.warnings if "betray nothing" in w.what.text()}


@pytest.mark.parametrize("alt", ["Un lac italien sous la pluie.", "A maid by a rail", "Le jardin, mai"])
def test_check_does_not_see_ia_inside_words(make_deck: Make, alt: str) -> None:
    folder = make_deck(8)
    edit(folder, lambda deck: deck["items"][2].update(alt=alt))
    assert "betray nothing" not in store.check(folder).text()


def test_check_warns(make_deck: Make) -> None:
    folder = make_deck(9, portraits=6)
    edit(folder, lambda deck: deck["items"][0].update(title={"fr": "Seul"}))
    edit(folder, lambda deck: deck["items"][1]["versions"][0].update(alt="Une femme."))
    edit(folder, lambda deck: deck["items"][1]["versions"][1].update(clues=[]))
    edit(folder, lambda deck: deck["items"][8].update(approved=False, credit="…"))
    (folder / "unused.png").write_bytes(b"")
    text = store.check(folder).text()
    for words in (
        "no text in “en”",
        "different alt texts",
        "“femme”",
        "no clue",
        "waits",
        "“…”",
        "unused",
        "8 pictures",
    ):
        assert words in text, words
    assert "unbalanced: of 8 pictures, 8 have a real version and 3" in text


def test_check_reads_a_zip_and_reports_faults_as_lines(make_deck: Make, tmp_path: Path) -> None:
    folder = make_deck(8)
    path = tmp_path / "toy.zip"
    path.write_bytes(zipped(folder, "toy/"))
    assert store.check(path).ok
    edit(folder, lambda deck: deck.update(colour="red", format=3))
    path.write_bytes(zipped(folder))
    report = store.check(path)
    assert not report.ok
    assert report.deck is None
    assert sorted(fault.line for fault in report.faults) == [1, line_of(folder, "colour")]
    path.write_bytes(b"not a zip")
    assert "not a zip" in store.check(path).text()
    with pytest.raises(NotFound):
        store.check(tmp_path / "absent.zip")


# Export and import


def test_export_is_the_same_every_time_and_comes_back_equal(
    make_deck: Make, tmp_path: Path, settings: Settings
) -> None:
    deck = store.load(make_deck(6, portraits=1, cards=True))
    one = store.export(deck, tmp_path / "one.zip").read_bytes()
    other = store.export(store.load(deck.folder), tmp_path / "deep" / "two.zip").read_bytes()
    assert one == other
    back = store.import_zip(one, "one.zip", settings)
    assert back.folder == settings.decks / "toy"
    assert [item.id for item in back.deck.items] == [item.id for item in deck.deck.items]
    for before, after in zip(deck.deck.items, back.deck.items, strict=True):
        assert (before.title, before.credit, before.portrait) == (after.title, after.credit, after.portrait)
        assert (deck.source_pixels(before) == back.source_pixels(after)).all()
        for old, new in zip(before.versions, after.versions, strict=True):
            assert (old.truth, old.alt, old.clues, old.card) == (new.truth, new.alt, new.clues, new.card)
            if old.file:
                assert (deck.version_pixels(old.file) == back.version_pixels(str(new.file))).all()


def test_every_exported_machine_picture_is_labelled_even_if_it_was_not(
    make_deck: Make, tmp_path: Path, art: SimpleNamespace
) -> None:
    folder = make_deck(4)
    (folder / "item1-g.png").write_bytes(art.png(art.machine(art.scene(5))))
    with zipfile.ZipFile(store.export(store.load(folder), tmp_path / "out.zip")) as archive:
        types = {name: read_label(archive.read(name)) for name in archive.namelist() if name != DECK_FILE}
    said = {name: label.source_type if label else None for name, label in types.items()}
    assert said["item1-g.png"] == "trainedAlgorithmicMedia"
    assert said["item0-a.png"] == "compositeWithTrainedAlgorithmicMedia"
    assert said["item1.png"] is None
    assert all(said[name] for name in said if "-" in name)


def test_unapproved_pictures_are_not_exported(make_deck: Make, tmp_path: Path) -> None:
    folder = make_deck(4)
    edit(folder, lambda deck: deck["items"][2].update(approved=False))
    with pytest.raises(NotAllowed, match="item2"):
        store.export(store.load(folder), tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_import_keeps_no_metadata_and_no_file_of_others(
    make_deck: Make, settings: Settings, art: SimpleNamespace
) -> None:
    folder = make_deck(4)
    picture = art.camera(art.scene(7, width=1800, height=1200), 1)
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    Image.fromarray(picture).save(folder / "item0.jpg", exif=exif)
    edit(folder, lambda deck: deck["items"][0]["source"].update(file="item0.jpg", crop=[0, 0, 1800, 1125]))
    back = store.import_zip(zipped(folder), "toy.zip", settings)
    assert b"SecretCamera" in (folder / "item0.jpg").read_bytes()
    assert not any(b"SecretCamera" in path.read_bytes() for path in back.folder.rglob("*"))
    assert back.source_pixels(back.deck.item("item0")).shape == (1000, 1600, 3)
    assert {path.name for path in back.folder.iterdir()} == {
        DECK_FILE,
        *(f"item{n}-real.png" for n in range(4)),
        *(f"item{n}-generated.png" for n in range(4)),
        *(f"item{n}-altered-overlay.png" for n in (0, 2)),
    }


def test_ids_already_taken_get_a_number(make_deck: Make, settings: Settings) -> None:
    data = zipped(make_deck(4))
    assert [store.import_zip(data, "toy.zip", settings).id for _ in range(3)] == ["toy", "toy-2", "toy-3"]
    assert store.find("toy-3", settings).deck.id == "toy-3"


@pytest.mark.parametrize("taken", ["default", "con", "nul"])
def test_reserved_ids_are_never_installed(make_deck: Make, settings: Settings, taken: str) -> None:
    assert store.import_zip(zipped(make_deck(4, deck_id=taken)), "x.zip", settings).id == f"deck-{taken}"


@pytest.mark.parametrize("damage", ["missing", "bytes", "two", "none", "suffix"])
def test_nothing_is_half_installed(make_deck: Make, settings: Settings, damage: str) -> None:
    folder = make_deck(4)
    match damage:
        case "missing":
            (folder / "item3.png").unlink()
        case "bytes":
            (folder / "item3-g.png").write_bytes((folder / "item3-g.png").read_bytes()[:200])
        case "two":
            (folder / "b").mkdir()
            shutil.copy(folder / DECK_FILE, folder / "b" / DECK_FILE)
        case "none":
            (folder / DECK_FILE).unlink()
        case "suffix":
            (folder / "run.exe").write_bytes(b"MZ")
    with pytest.raises((BadArchive, BadContent)):
        store.import_zip(zipped(folder), "toy.zip", settings)
    assert left_in(settings) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    make_deck: Make, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped(make_deck(4))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kit.decks.packing.save_picture", full)
    with pytest.raises(SetupError, match="No space left"):
        store.import_zip(data, "toy.zip", settings)
    assert left_in(settings) == []


# Making


def test_new_pairs_by_name(tmp_path: Path, art: SimpleNamespace) -> None:
    real, generated, out = tmp_path / "real", tmp_path / "gen", tmp_path / "Mon école"
    real.mkdir()
    generated.mkdir()
    for number in range(4):
        (real / f"Photo n°{number}.png").write_bytes(art.png(art.camera(art.scene(number), number)))
    (generated / "Photo n°1.png").write_bytes(art.png(art.machine(art.scene(1))))
    deck = store.new(real, generated, out)
    assert deck.deck.id == "mon-ecole"
    assert [sorted(v.truth for v in item.versions) for item in deck.deck.items] == [
        ["real"],
        ["generated", "real"],
        ["real"],
        ["real"],
    ]
    report = store.check(out)
    assert report.ok
    assert "“…” stands" in report.text()
    assert store.new(real, None, tmp_path / "alone").deck.items[1].versions[0].truth is Truth.REAL


def test_new_says_what_is_wrong(tmp_path: Path, art: SimpleNamespace) -> None:
    real, generated = tmp_path / "real", tmp_path / "gen"
    with pytest.raises(NotFound, match="no folder"):
        store.new(real, generated, tmp_path / "out")
    real.mkdir()
    generated.mkdir()
    with pytest.raises(BadInput, match="no JPEG"):
        store.new(real, generated, tmp_path / "out")
    (real / "a.png").write_bytes(art.png(art.scene(1)))
    (generated / "b.png").write_bytes(art.png(art.scene(2)))
    with pytest.raises(BadInput, match="no photograph of the same name in “real”: b"):
        store.new(real, generated, tmp_path / "out")
    (generated / "b.png").rename(generated / "a.png")
    with pytest.raises(BadInput, match="not empty"):
        store.new(real, generated, real)
    (real / "a.jpg").write_bytes(b"")
    with pytest.raises(BadInput, match="same name"):
        store.new(real, generated, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_pictures_by_pupils_wait_for_approval(settings: Settings, tmp_path: Path, art: SimpleNamespace) -> None:
    photos = [
        store.Photograph(
            title=f"Objet {n}",
            real=art.camera(art.scene(n), n),
            counterparts={Truth.GENERATED: art.machine(art.scene(n))},
        )
        for n in range(4)
    ]
    deck = store.make(settings, title="Notre école", photos=photos, credit="La 4e B", licence="CC BY-SA 4.0")
    assert deck.id == "notre-ecole"
    assert deck.playable == ()
    with pytest.raises(NotAllowed, match="4 pictures"):
        store.export(deck, tmp_path / "out.zip")
    for item in deck.deck.items[:3]:
        deck = store.approve(deck, item.id)
    assert [item.id for item in store.find("notre-ecole", settings).playable] == [
        f"0{n}-objet-{n - 1}" for n in (1, 2, 3)
    ]
    refused = deck.deck.items[3].id
    deck = store.discard(deck, refused)
    assert not [path for path in deck.folder.iterdir() if path.name.startswith(refused)]
    assert store.export(deck, tmp_path / "out.zip").exists()
    store.remove(deck.id, settings)
    assert left_in(settings) == []


def test_the_shipped_deck_is_never_changed(settings: Settings) -> None:
    first = store.default().deck.items[0].id
    with pytest.raises(NotAllowed, match="comes with the kit"):
        store.approve(store.default(), first)
    with pytest.raises(NotAllowed):
        store.discard(store.default(), first)


def test_discarding_and_approving_say_what_is_missing(make_deck: Make, settings: Settings) -> None:
    deck = store.import_zip(zipped(make_deck(1)), "toy.zip", settings)
    with pytest.raises(NotFound, match="nobody"):
        store.approve(deck, "nobody")
    with pytest.raises(BadInput, match="Remove the deck"):
        store.discard(deck, "item0")


def test_messages_are_one_sentence_in_any_language(make_deck: Make) -> None:
    folder = make_deck(4)
    (folder / "item0.png").unlink()
    with pytest.raises(KitError) as caught:
        store.load(folder)
    shouted = caught.value.text(lambda message: message.replace("missing", "ABSENT"))
    assert "the file “item0.png” is ABSENT" in shouted


def test_pixels_are_plain_arrays(make_deck: Make) -> None:
    loaded = store.load(make_deck(4))
    assert loaded.version_pixels("item0-g.png").dtype == np.uint8


@settings_of_hypothesis
@given(st.data())
def test_a_damaged_zip_installs_whole_or_not_at_all(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        raw = bytearray(TINY)
        for _ in range(data.draw(st.integers(1, 6))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        if data.draw(st.booleans()):
            del raw[data.draw(st.integers(0, len(raw))) :]
        whole = False
        with contextlib.suppress(KitError):
            store.import_zip(bytes(raw), "tiny.zip", settings)
            whole = True
        assert len(left_in(settings)) == whole
        assert all(isinstance(deck, store.LoadedDeck) for deck in store.installed(settings))
