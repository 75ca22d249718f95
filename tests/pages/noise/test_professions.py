"""The lab of professions: the shelf, the notes, the counts; and a grid made for real by a tiny model."""

from __future__ import annotations

import re

import pytest

from activities.noise_to_image import galleries
from activities.noise_to_image import words as activity_words
from activities.noise_to_image.galleries import Kept
from kit import settings
from kit.i18n import LANGUAGES
from kit.levels import Level
from kit.steps import Mode
from tests.activities.noise_to_image.test_gallery import gallery, png
from tests.pages.conftest import Opener
from tests.pages.noise.test_real_model import at, html, resume, saved


@pytest.fixture
def kept(home: object) -> Kept:
    """Two professions, two pictures each."""
    now = settings.load()
    one = galleries.add(gallery(seeds=2), now)
    for seed, picture in enumerate(one.gallery.pictures):
        galleries.keep_picture(one.id, now, picture.file, png(seed))
    return galleries.find(one.id, now)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
def test_with_neither_gallery_nor_model(open_app: Opener, mode: Mode, lang: str) -> None:
    app = resume(open_app, at("professions", mode), lang=lang)
    words, shown = activity_words.load(lang), html(app)
    assert words.professions.perceived in shown
    assert words.labs["professions"].honest in shown
    assert app.get("file_uploader")
    assert "sd-turbo" in shown
    assert not [button for button in app.button if str(button.key).endswith(".begin")]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", [Mode.SELF_PACED, Mode.PROJECTED])
@pytest.mark.parametrize("view", ["grid", "note", "count"])
def test_each_view_of_a_gallery_without_its_model(
    open_app: Opener, kept: Kept, view: str, mode: Mode, lang: str
) -> None:
    app = resume(open_app, at("professions", mode, gallery=kept.id, gallery_view=view, level=Level.CYCLE_3), lang=lang)
    words, shown = activity_words.load(lang), html(app)
    assert words.professions.perceived in shown
    assert words.labs["professions"].honest in shown
    assert kept.gallery.professions[0].name.text(lang) in shown


def test_from_the_shelf_to_the_notes(open_app: Opener, kept: Kept) -> None:
    app = resume(open_app, at("professions"))
    app.button(key=f"noise_to_image.shelf.open.{kept.id}").click().run()
    assert saved(app).gallery == kept.id
    app.button(key="noise_to_image.grid.note.1").click().run()
    assert (saved(app).gallery_view, saved(app).gallery_picture) == ("note", "02-0001.png")
    app.radio(key=f"noise_to_image.noting.{kept.id}.02-0001.png.gender").set_value(1).run()
    app.radio(key=f"noise_to_image.noting.{kept.id}.02-0001.png.age").set_value(3).run()
    # On disk already, whatever becomes of the session.
    now = galleries.find(kept.id, settings.load()).gallery
    assert now.picture("02-0001.png").codes == {"gender": 1, "age": 3}
    app.button(key="noise_to_image.noting.next").click().run()
    assert saved(app).gallery_picture == "02-0002.png"
    assert app.radio(key=f"noise_to_image.noting.{kept.id}.02-0002.png.gender").value is None


def test_the_last_note_of_a_picture_stays_in_sight(open_app: Opener, kept: Kept) -> None:
    app = resume(open_app, at("professions", gallery=kept.id, gallery_view="note"))
    for code in kept.gallery.codings:
        app.radio(key=f"noise_to_image.noting.{kept.id}.01-0001.png.{code}").set_value(0).run()
    assert app.radio(key=f"noise_to_image.noting.{kept.id}.01-0001.png.{code}").value == 0


def test_counts_beside_the_reference(open_app: Opener, kept: Kept) -> None:
    now = settings.load()
    for file, value in (("01-0001.png", 0), ("01-0002.png", 1)):
        galleries.note(kept.id, now, file, "gender", value)
    app = resume(open_app, at("professions", gallery=kept.id, gallery_view="count"))
    shown = html(app)
    assert "<b>1 sur 2</b>" in shown or "<b>1 of 2</b>" in shown
    place = f"noise_to_image.counts.{kept.id}.gender.0"
    app.number_input(key=f"{place}.0").set_value(87.5).run()
    app.text_input(key=f"{place}.source").set_value("INSEE <2024>").run()
    reference = galleries.find(kept.id, now).gallery.reference("gender", 0)
    assert (reference.percents, reference.source) == ({0: 87.5}, "INSEE <2024>")
    shown = html(app)
    assert re.search(r"87,5\s%", shown)
    assert "left:87.5%" in shown
    assert "INSEE &lt;2024&gt;" in shown
    # Two pictures: no percentage of ours.
    assert not re.search(r"50\s%", re.sub(r"<style>.*?</style>", "", shown, flags=re.DOTALL))


def test_a_gallery_put_on_another_machine_is_counted_among_what_is_erased(open_app: Opener, kept: Kept) -> None:
    app = open_app("privacy")
    app.checkbox(key="privacy.sure").check().run()
    app.button(key="privacy.everything").click().run()
    assert galleries.installed(settings.load()) == []
    assert not settings.load().galleries.exists()


def test_an_erased_gallery_leaves_the_shelf(open_app: Opener, kept: Kept) -> None:
    galleries.remove(kept.id, settings.load())
    app = resume(open_app, at("professions", gallery=kept.id))
    assert app.get("file_uploader")
