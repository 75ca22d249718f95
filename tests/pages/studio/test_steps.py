"""« Défi podcast »: each step draws, alone and projected, in both languages; what is written is in the project."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from activities.podcast import words as activity_words
from activities.podcast.activity import PODCAST
from activities.podcast.run import PodcastRun
from kit import settings
from kit.audio.synth import Mood
from kit.classroom import pseudonyms
from kit.classroom.store import open_store
from kit.levels import Level
from kit.models import store as models
from kit.models.catalogue import Task
from kit.podcast import templates
from kit.podcast.episode import (
    Claim,
    Consent,
    Episode,
    Jingle,
    Member,
    Question,
    Rights,
    Segment,
    SegmentKind,
    Take,
)
from kit.podcast.store import Projects
from kit.steps import Mode
from kit.walk import Plan
from pages.studio.angle import read, written
from pages.studio.scene import SLUG, Key
from pages.studio.waveform import changed
from tests.pages.conftest import Opener
from tests.pages.test_headings import in_order
from tests.pages.test_pages import alerts, said

STEPS = [step.id for step in PODCAST.steps]
HOSTILE = "<script>alert(1)</script> <b>x</b>"
ADULT = Consent(who="Renard bleu", agrees=True, adult=True, where="le site du collège", until=date(2100, 1, 1))
EPISODE = Episode(
    title="Le titre",
    level=Level.ADULTS,
    members=(Member(name="Renard bleu"), Member(name="Hêtre doré", voice=False)),
    claims=(Claim(id="c1", text="Une affirmation"),),
    segments=(
        Segment(id="theme", kind=SegmentKind.THEME, title="Ouverture", planned=4),
        Segment(
            id="hook", kind=SegmentKind.HOOK, voice="Renard bleu", text="Bonjour à toutes et à tous.", claims=("c1",)
        ),
        Segment(id="interview", kind=SegmentKind.INTERVIEW, title="Le grand témoin", planned=180),
    ),
    rights=Rights(consents=(ADULT,)),
)


def store() -> Projects:
    return Projects(settings.load())


def at(step: str, project: str, mode: Mode = Mode.SELF_PACED, **more: object) -> PodcastRun:
    """A run that stands at a step, at work on a project."""
    plan = more.pop("plan", Plan.SECOND if PODCAST.step(step).sitting == 2 else Plan.LESSON)
    return PodcastRun.model_validate({"seed": 7, "mode": mode, "plan": plan, "step": step, "project": project, **more})


def now(project: str) -> Episode:
    return store().open(project).episode


@pytest.mark.parametrize(("mode", "lang"), [(Mode.SELF_PACED, "fr"), (Mode.PROJECTED, "en")])
@pytest.mark.parametrize("step", STEPS)
def test_step_draws(open_app: Opener, step: str, mode: Mode, lang: str) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, lang=lang, run=at(step, project, mode))
    assert not alerts(app)
    assert app.header[0].value == activity_words.load(lang).steps[step].title
    assert 'class="afternoon' not in said(app), "a clock where nobody is in a hurry"
    in_order(app)


@pytest.mark.parametrize("step", ["brief", "witness", "record", "debrief"])
def test_the_afternoon_shows_its_clock(open_app: Opener, step: str) -> None:
    project = store().create(EPISODE)
    run = at(step, project, Mode.PROJECTED, plan=Plan.HALF_DAY, began=datetime.now(UTC))
    assert 'class="afternoon' in said(open_app(SLUG, run=run))


@pytest.mark.parametrize("step", ["brief", "record", "audition", "debrief"])
def test_facilitator_reads_the_notes(open_app: Opener, step: str) -> None:
    project = store().create(EPISODE.having(team="Les curieux"))
    app = open_app("conduct", run=at(step, project, Mode.PROJECTED))
    assert activity_words.load("fr").steps[step].title in [header.value for header in app.header]
    assert "Les curieux" in said(app)


def test_a_new_project_begins_with_somebody_who_speaks(open_app: Opener) -> None:
    app = open_app(SLUG)
    app.button(key=f"{SLUG}.start").click().run()
    assert not app.exception
    (project,) = store().ids()
    episode = now(project)
    (member,) = episode.members
    assert {segment.voice for segment in episode.segments if segment.kind is not SegmentKind.THEME} == {member.name}
    assert episode.target == 60


def test_a_project_that_was_erased_is_begun_anew(open_app: Opener) -> None:
    app = open_app(SLUG, run=at("team", "cdfhjkmn"))
    assert not alerts(app)
    assert len(store().ids()) == 1


def test_what_is_typed_is_in_the_project(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("team", project))
    app.text_input(key=Key.TEAM).input(HOSTILE).run()
    assert now(project).team == HOSTILE
    assert HOSTILE not in said(app)


def test_two_at_one_project(open_app: Opener) -> None:
    """Who comes second is told, with the words that were refused; nothing is overwritten."""
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("team", project))
    seen = store().open(project)
    store().save(project, EPISODE.having(team="Les autres"), replaces=seen.version)
    app.text_input(key=Key.TEAM).input("Nous").run()
    assert now(project).team == "Les autres"
    assert "Nous" in app.session_state["frame.told"]
    store().save(project, now(project).having(angle="Un angle"), replaces=store().open(project).version)
    app.text_input(key=Key.TITLE).input("Un autre titre").run()
    assert (now(project).angle, now(project).title) == ("Un angle", "Un autre titre")


def test_another_name_is_followed_everywhere(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("team", project))
    app.button(key=f"{Key.MEMBER}.0.name").click().run()
    episode = now(project)
    name = episode.members[0].name
    assert name != "Renard bleu"
    assert episode.segment("hook").voice == name
    assert episode.rights.of(name) is not None


def test_members_come_and_go(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("team", project))
    app.button(key=f"{Key.MEMBER}.add").click().run()
    assert len({member.name for member in now(project).members}) == 3
    app.button(key=f"{Key.MEMBER}.1.gone").click().run()
    assert now(project).members[0].name == "Renard bleu"
    assert len(now(project).members) == 2


def test_a_claim_without_a_source_is_said_in_the_rundown(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("rundown", project, segment="hook"))
    assert "Une affirmation" in said(app)
    app = open_app(SLUG, run=at("angle", project))
    app.text_input(key=f"{Key.CLAIM}.c1.who").input("Une chercheuse").run()
    app.text_input(key=f"{Key.CLAIM}.c1.where").input("Un journal").run()
    assert now(project).claims[0].sourced
    assert "Une affirmation" not in said(open_app(SLUG, run=at("rundown", project, segment="hook")))


def test_a_card_goes_with_what_named_it(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("angle", project))
    app.button(key=f"{Key.CLAIM}.c1.gone").click().run()
    assert now(project).claims == ()
    assert now(project).segment("hook").claims == ()
    app.button(key=f"{Key.CLAIM}.add").click().run()
    assert len(now(project).claims) == 1


def test_parts_are_moved_added_removed(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("rundown", project, segment="hook"))
    app.button(key=f"{Key.PART}.down").click().run()
    assert [segment.id for segment in now(project).segments] == ["theme", "interview", "hook"]
    app.button(key=f"{Key.PART}.new.add").click().run()
    assert [segment.kind for segment in now(project).segments][-1] is SegmentKind.COLUMN
    app.button(key=f"{Key.PART}.gone").click().run()
    assert "hook" not in {segment.id for segment in now(project).segments}


def test_a_model_is_taken_only_while_nothing_is_lost(open_app: Opener) -> None:
    project = store().create(EPISODE)
    assert open_app(SLUG, run=at("rundown", project)).button(key=f"{Key.TEMPLATE}.take").disabled
    bare = store().create(EPISODE.having(segments=(), claims=()))
    app = open_app(SLUG, run=at("rundown", bare))
    app.radio(key=Key.TEMPLATE).set_value("news").run()
    app.button(key=f"{Key.TEMPLATE}.take").click().run()
    assert len(now(bare).segments) == len(templates.TEMPLATES["news"])


def test_no_microphone_without_agreement(open_app: Opener) -> None:
    with_it = open_app(SLUG, run=at("record", store().create(EPISODE), segment="hook"))
    assert len(with_it.get("audio_input")) == 1
    for consents in ((), (ADULT.model_copy(update={"agrees": False}),), (ADULT.model_copy(update={"adult": False}),)):
        project = store().create(EPISODE.having(rights=Rights(consents=consents)))
        without = open_app(SLUG, run=at("record", project, segment="hook"))
        assert not without.get("audio_input")
        assert not without.get("file_uploader")
        assert "Renard bleu" in said(without)


def test_no_microphone_for_a_role_without_voice(open_app: Opener) -> None:
    silent = EPISODE.having(members=(Member(name="Renard bleu", voice=False),))
    app = open_app(SLUG, run=at("record", store().create(silent), segment="hook"))
    assert not app.get("audio_input")


def test_the_agreement_opens_it(open_app: Opener) -> None:
    project = store().create(EPISODE.having(rights=Rights(), level=Level.QUATRIEME_TROISIEME))
    app = open_app(SLUG, run=at("rights", project))
    app.checkbox(key=f"{Key.CONSENT}.0.agrees").check().run()
    consent = now(project).rights.of("Renard bleu")
    assert consent is not None
    assert (consent.agrees, consent.adult, consent.guardians) == (True, False, 0)
    assert not open_app(SLUG, run=at("record", project, segment="hook")).get("audio_input")
    app.radio(key=f"{Key.CONSENT}.0.guardians").set_value(1).run()
    assert len(open_app(SLUG, run=at("record", project, segment="hook")).get("audio_input")) == 1


def test_questions_as_one_text() -> None:
    questions = (Question(text="Pourquoi ?", follow_ups=("Et alors ?", "Un exemple ?")), Question(text="Comment ?"))
    assert read(written(questions)) == questions
    assert read("– seule\n\n  Une autre ?  ") == (Question(text="seule"), Question(text="Une autre ?"))
    assert len(read("Une question ?\n" * 100)) == 40


def test_the_good_moments_are_kept(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("witness", project, Mode.PROJECTED))
    app.button(key=f"{SLUG}.talk").click().run()
    app.button(key=f"{SLUG}.mark").click().run()
    app.button(key=f"{SLUG}.mark").click().run()
    app.button(key=f"{SLUG}.hush").click().run()
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    run = PodcastRun.model_validate_json(row[0])
    assert run.talking_since is None
    assert len(run.marks) == 2
    assert run.marks[0] <= run.marks[1] < 60


def test_a_review_is_kept(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("audition", project))
    app.text_input(key=f"{Key.REVIEW}.0.by").input("Les curieux")
    app.radio(key=f"{Key.REVIEW}.0.angle").set_value(3)
    app.text_area(key=f"{Key.REVIEW}.0.liked").input(HOSTILE)
    app.button(key=f"{Key.REVIEW}.0.keep").click().run()
    (review,) = now(project).reviews
    assert (review.by, review.marks, review.liked) == ("Les curieux", {"angle": 3}, HOSTILE)


def test_whose_turn_at_the_microphone(open_app: Opener) -> None:
    for team in ("Les curieux", "Les pressés"):
        store().create(EPISODE.having(team=team))
    run = at("record", store().ids()[0], Mode.PROJECTED, plan=Plan.HALF_DAY, began=datetime.now(UTC))
    app = open_app(SLUG, run=run)
    assert "Les curieux" in said(app)
    assert "Les pressés" in said(app)


def test_the_facilitator_stretches_a_step(open_app: Opener) -> None:
    project = store().create(EPISODE)
    run = at("angle", project, Mode.PROJECTED, plan=Plan.HALF_DAY, began=datetime.now(UTC))
    app = open_app("conduct", run=run)
    app.button(key=f"{SLUG}.stretch.more").click().run()
    row = open_store(settings.load()).load(app.session_state["frame.device"], SLUG)
    assert row is not None
    assert PodcastRun.model_validate_json(row[0]).stretches == {"angle": 5}


def test_below_4e_a_learner_has_no_synthetic_voice(open_app: Opener) -> None:
    project = store().create(EPISODE)
    for level, offered in ((Level.CYCLE_3, False), (Level.LYCEE, True)):
        app = open_app(SLUG, run=at("dress", project, segment="hook", level=level))
        assert (f"{Key.SPOKEN}.hook.text" in {area.key for area in app.text_area}) is offered


def test_a_jingle_is_put_and_a_bed_laid(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("dress", project, segment="theme"))
    app.radio(key=f"{Key.MOOD}.theme.mood").set_value(Mood.PLAYFUL).run()
    jingle = now(project).segment("theme").heard
    assert isinstance(jingle, Jingle)
    assert jingle.mood is Mood.PLAYFUL
    app.button(key=f"{Key.BED}.add").click().run()
    (bed,) = now(project).beds
    assert (bed.first, bed.last) == ("hook", "interview")
    app.slider(key=f"{Key.BED}.0.duck").set_value(14.0).run()
    assert now(project).beds[0].duck == 14
    app.button(key=f"{Key.BED}.0.gone").click().run()
    assert now(project).beds == ()


def test_a_selection_from_the_browser_is_checked() -> None:
    assert changed((0.0, 4.0), {"start": 1, "end": 2.5}, 4.0) == (1.0, 2.5)
    for sent in (None, "x", {"start": 3, "end": 1}, {"start": float("nan"), "end": 2}, {"start": "a", "end": 2}, {}):
        assert changed((0.0, 4.0), sent, 4.0) == (0.0, 4.0)
    assert changed((0.0, 4.0), {"start": -5, "end": 99}, 4.0) == (0.0, 4.0)


def test_nothing_to_edit_yet(open_app: Opener) -> None:
    for step in ("edit", "mix", "publish", "voices", "audition"):
        assert not alerts(open_app(SLUG, run=at(step, store().create(EPISODE))))


def test_a_take_that_is_missing_is_one_sentence(open_app: Opener) -> None:
    take = Take(file="sounds/gone.wav", name="gone", seconds=3)
    broken = EPISODE.with_segment(EPISODE.segment("hook").having(sources=(take,)))
    app = open_app(SLUG, run=at("record", store().create(broken), segment="hook"))
    assert len(alerts(app)) == 1


def test_pseudonyms_are_distinct_in_a_team() -> None:
    names = [pseudonyms.pseudonym(7, "fr", ())]
    for _ in range(30):
        names.append(pseudonyms.pseudonym(7, "fr", names))
    assert len(set(names)) == 31


def test_erasing_everything_takes_the_voices_too(open_app: Opener) -> None:
    store().create(EPISODE, {"sounds/a.wav": b"RIFF"})
    app = open_app("privacy")
    app.checkbox(key="privacy.sure").check().run()
    app.button(key="privacy.everything").click().run()
    assert not app.exception
    assert store().ids() == ()
    assert not (settings.load().podcasts).exists()


def test_leaving_keeps_the_project(open_app: Opener) -> None:
    project = store().create(EPISODE)
    app = open_app(SLUG, run=at("team", project))
    app.button(key=f"{SLUG}.leave").click().run()
    assert store().ids() == (project,)
    assert app.button(key=f"{SLUG}.start")


@pytest.mark.parametrize(
    ("task", "step", "key"),
    [
        ("automatic-speech-recognition", "record", "podcast.make.written"),
        ("text-to-speech", "dress", f"{Key.SPOKEN}.hook.engine"),
    ],
)
def test_models_of_speech_are_offered_where_they_are_installed(
    open_app: Opener, monkeypatch: pytest.MonkeyPatch, task: str, step: str, key: str
) -> None:
    take = Take(file="sounds/gone.wav", name="gone", seconds=3)
    recorded = EPISODE.with_segment(EPISODE.segment("hook").having(text="", sources=(take,)))
    project = store().create(recorded)
    run = at(step, project, segment="hook")

    def offered() -> bool:
        app = open_app(SLUG, run=run)
        return key in {widget.key for widget in (*app.button, *app.radio)}

    assert not offered()
    entry = SimpleNamespace(task=Task(task), languages=("fr",))
    installed = [SimpleNamespace(entry=entry, files="nowhere", revision="")]
    monkeypatch.setattr(models, "installed", lambda settings: installed)
    assert offered()
