"""What stands in the way of publishing, what is only to be looked at, and what is in order: each rule, both ways."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kit.audio.synth import Mood
from kit.errors import KitError
from kit.i18n import translator
from kit.podcast.checklist import checklist, may_publish
from kit.podcast.episode import (
    Bed,
    Claim,
    Consent,
    Episode,
    Jingle,
    Member,
    Music,
    Publication,
    Rights,
    Segment,
    SegmentKind,
    Synthetic,
    Take,
)
from kit.podcast.remarks import Point, Remark, decimal

TODAY = date(2026, 11, 18)
HOST, PUPIL, GUEST = "Loutre des dunes", "Tilleul nacré", "le grand témoin"
RULES = ["duration", "sound", "sources", "consents", "erasing", "music", "machines", "credits", "loudness"]

TAKE = Take(file="sounds/a.wav", seconds=20)
VOICE = Synthetic(text="Voix.")
MUSIC = Music(file="sounds/b.mp3", title="Été", author="Une harpiste", licence="CC BY 4.0")


def consent(who: str, **fields: Any) -> Consent:
    given = {"where": "le site du collège", "until": date(2027, 7, 1), "guardians": 1, "agrees": True}
    return Consent.model_validate({"who": who, **given, **fields})


READY = Episode(
    target=60,
    members=(Member(name=HOST), Member(name=PUPIL), Member(name="Mésange bleue", voice=False)),
    claims=(
        Claim(id="c1", text="Un élève sur deux", who="Une enquête", where="https://example.org"),
        Claim(id="c2", text="Nobody says this one"),
    ),
    segments=(
        Segment(id="theme", kind=SegmentKind.THEME, sources=(Jingle(mood=Mood.CALM, seconds=6),)),
        Segment(id="hook", kind=SegmentKind.HOOK, voice=PUPIL, text="mot", claims=("c1",), sources=(TAKE,)),
        Segment(id="talk", kind=SegmentKind.INTERVIEW, voice=f"{HOST}, {GUEST}", sources=(TAKE,)),
    ),
    beds=(Bed(first="theme", last="talk", source=MUSIC),),
    rights=Rights(
        consents=(consent(PUPIL), consent(HOST, adult=True, guardians=0), consent(GUEST, adult=True, guardians=0)),
        erase_on=date(2026, 12, 18),
    ),
    publication=Publication(credits="Loutre des dunes à la technique", ai_use="Aucune machine."),
)


def points(episode: Episode, seconds: float | None = 60, loudness: Any = (-16.0, -1.2)) -> tuple[Point, ...]:
    found = checklist(episode, seconds=seconds, loudness=loudness, today=TODAY)
    assert list(dict.fromkeys(point.id for point in found)) == RULES
    return found


def faults(episode: Episode, seconds: float | None = 60, loudness: Any = (-16.0, -1.2)) -> list[str]:
    """What is not in order: « rule state: sentence »."""
    found = [point for point in points(episode, seconds, loudness) if point.state != "ok"]
    assert all(point.todo is not None for point in found), "what is to be done is always said"
    return [f"{point.id} {point.state}: {point.what}" for point in found]


def heard(**changes: Any) -> Episode:
    """The episode whose second segment is changed."""
    segment = Segment.model_validate({**dict(READY.segments[1]), **changes})
    return READY.having(segments=(READY.segments[0], segment, READY.segments[2]))


def agreed(*consents: Consent) -> Episode:
    return READY.having(rights=READY.rights.model_copy(update={"consents": consents}))


def test_an_episode_in_order() -> None:
    assert faults(READY) == []
    assert [point.id for point in points(READY)] == RULES
    assert may_publish(points(READY))


def test_every_sentence_is_one() -> None:
    wrong = Episode(segments=READY.segments, claims=READY.claims)
    for point in (*points(READY), *points(wrong, 10, None)):
        for said in (point.what, point.todo):
            assert said is None or (isinstance(said, KitError) and str(said).endswith((".", "!", "?")))


# -- length, sounds, sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        *((54, []), (66, []), (60, [])),
        (53.9, ["duration warn: It lasts 0:53, for a target of 1:00: too short."]),
        (66.1, ["duration warn: It lasts 1:06, for a target of 1:00: too long."]),
    ],
)
def test_duration(seconds: float, wanted: list[str]) -> None:
    assert faults(READY, seconds) == wanted


def test_before_the_mix_the_length_is_that_of_the_parts() -> None:
    """6 + 20 + 20 seconds."""
    assert faults(READY, None) == ["duration warn: It lasts 0:46, for a target of 1:00: too short."]
    assert faults(READY.having(target=46), None) == []


def test_sound() -> None:
    missing = "sound stop: “hook” is in the rundown, and nobody has recorded it."
    assert faults(heard(sources=())) == [missing]
    assert faults(heard(sources=(), title="L’accroche"))[0].startswith("sound stop: “L’accroche”")
    assert faults(heard(sources=(), text="", claims=(), planned=30))[0] == missing
    assert "sound warn: “hook” has no sound." in faults(heard(sources=(), text="", claims=()))
    assert faults(heard(sources=(), kind=SegmentKind.STING, planned=4))[0] == "sound warn: “sting” has no sound."
    silent = READY.having(segments=tuple(s.model_copy(update={"sources": ()}) for s in READY.segments))
    assert faults(silent)[0] == "sound stop: Nothing can be heard yet."
    assert faults(Episode())[0] == "sound stop: Nothing can be heard yet."


def test_sources() -> None:
    assert faults(heard(claims=("c1", "c2"))) == ["sources warn: “Nobody says this one” is said without a source."]
    for field in ("who", "where"):
        claim = READY.claims[0].model_copy(update={field: ""})
        found = faults(READY.having(claims=(claim, READY.claims[1])))
        assert found == ["sources warn: “Un élève sur deux” is said without a source."]
    assert faults(heard(claims=()))[0].startswith("sources warn: No part of the rundown names a source card")
    assert faults(heard(claims=(), text="")) == [], "nothing is stated in writing"


# -- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"agrees": False}, "does not agree to be heard, or has not been asked."),
        ({"guardians": 0}, ": No parent or guardian of Tilleul nacré has signed."),
        ({"until": date(2026, 11, 17)}, "agreed until 2026-11-17, which has passed."),
    ],
)
def test_no_consent_no_publication(changes: dict[str, Any], wanted: str) -> None:
    episode = agreed(consent(PUPIL, **changes), *READY.rights.consents[1:])
    [found] = faults(episode)
    assert found.startswith("consents stop: ")
    assert PUPIL in found
    assert found.endswith(wanted.removeprefix(": "))
    assert not may_publish(points(episode))


def test_a_consent_that_still_holds() -> None:
    assert faults(agreed(consent(PUPIL, until=TODAY, guardians=2), *READY.rights.consents[1:])) == []
    assert faults(agreed(consent(PUPIL, guardians=0, adult=True), *READY.rights.consents[1:])) == []


def test_every_voice_needs_a_sheet_guests_too() -> None:
    assert faults(agreed(*READY.rights.consents[:2])) == [
        "consents stop: No sheet says that le grand témoin agrees to be heard."
    ]
    assert faults(agreed()) == [
        f"consents stop: No sheet says that {name} agrees to be heard." for name in (PUPIL, HOST, GUEST)
    ]
    assert not may_publish(points(agreed()))


def test_several_voices_in_one_segment_are_told_apart() -> None:
    for together in (f"{HOST} et {GUEST}", f"{HOST} & {GUEST}", f"{HOST};{GUEST}", f"{HOST} and {GUEST}"):
        assert faults(heard(voice=together)) == []
    whole = "Dupont, et fils"
    named = agreed(*READY.rights.consents, consent(whole, adult=True))
    segment = READY.segments[1].model_copy(update={"voice": whole})
    assert faults(named.with_segment(segment)) == []


def test_a_role_without_voice_is_not_heard() -> None:
    assert faults(heard(voice="Mésange bleue")) == [
        "consents stop: Mésange bleue has a role without voice, and is heard.",
        "consents stop: No sheet says that Mésange bleue agrees to be heard.",
    ]


def test_a_recording_without_a_name_is_nobodys() -> None:
    assert faults(heard(voice="")) == ["consents stop: Nobody is named as the voice of “hook”."]
    assert faults(heard(voice="", kind=SegmentKind.STING)) == [], "a sound one made, no voice"
    assert faults(heard(voice="", sources=(Jingle(mood=Mood.CALM),))) == []


def test_a_take_that_is_not_chosen_is_not_published() -> None:
    chosen = heard(voice="A stranger", sources=(TAKE, Jingle(mood=Mood.CALM)), best=1)
    assert faults(chosen) == []
    assert faults(heard(voice="A stranger"))[0].endswith("A stranger agrees to be heard.")


def test_a_member_who_may_be_heard_without_a_sheet_is_asked_about() -> None:
    more = READY.having(members=(*READY.members, Member(name="Abeille dorée")))
    assert faults(more) == ["consents warn: Abeille dorée may be heard, and no sheet says that they agree."]
    assert may_publish(points(more))
    quiet = more.having(segments=READY.segments[:1], beds=())
    assert not any("Abeille" in fault for fault in faults(quiet)), "nobody is recorded yet"


@pytest.mark.parametrize("changes", [{"where": ""}, {"until": None}])
def test_a_sheet_says_where_and_until_when(changes: dict[str, Any]) -> None:
    [found] = faults(agreed(consent(PUPIL, **changes), *READY.rights.consents[1:]))
    assert found == "consents warn: The sheet of Tilleul nacré does not say where one publishes, or until when."


def test_erasing() -> None:
    unset = READY.having(rights=READY.rights.model_copy(update={"erase_on": None}))
    assert faults(unset) == ["erasing warn: No day is set on which recordings and project are erased."]


@pytest.mark.parametrize("field", ["title", "author", "licence"])
def test_no_music_without_its_licence(field: str) -> None:
    piece = MUSIC.model_copy(update={field: ""})
    for episode in (
        READY.having(beds=(Bed(first="theme", last="talk", source=piece),)),
        READY.having(segments=(READY.segments[0].model_copy(update={"sources": (piece,)}), *READY.segments[1:])),
    ):
        [found] = faults(episode)
        assert found.startswith("music stop: The music “")
        assert not may_publish(points(episode))
    unchosen = READY.segments[0].model_copy(update={"sources": (*READY.segments[0].sources, piece)})
    assert faults(READY.with_segment(unchosen)) == []


@pytest.mark.parametrize(("licence", "count"), [("CC BY-ND 4.0", 1), ("CC BY-NC-ND", 1), ("CC BY-SA", 0), ("Andes", 0)])
def test_a_mix_is_a_change(licence: str, count: int) -> None:
    bed = Bed(first="theme", last="talk", source=MUSIC.model_copy(update={"licence": licence}))
    found = faults(READY.having(beds=(bed,)))
    assert [fault.split(":")[0] for fault in found] == ["music warn"] * count


# -- what is told -----------------------------------------------------------------------------------------------------


def untold(episode: Episode) -> Episode:
    return episode.having(publication=episode.publication.model_copy(update={"ai_use": ""}))


def test_machines() -> None:
    spoken = heard(sources=(VOICE,))
    secret = heard(sources=(VOICE.model_copy(update={"announced": False}),))
    assert faults(spoken) == faults(secret) == [], "the notes say it"
    empty = "machines warn: Synthetic voices are heard, and the team’s statement on AI is empty."
    assert faults(untold(spoken)) == [empty]
    assert faults(untold(secret)) == ["machines stop: The synthetic voice of “hook” is announced nowhere."]
    assert not may_publish(points(untold(secret)))
    assert faults(untold(READY)) == [], "no machine speaks"
    [asked] = [point for point in points(untold(READY)) if point.id == "machines"]
    assert asked.todo is not None, "and it asks what else a machine did"
    [said] = [point for point in points(READY) if point.id == "machines"]
    assert said.todo is None, "“no AI” has been said"


def test_credits() -> None:
    bare = READY.having(publication=Publication(ai_use="Aucune."))
    assert faults(bare) == ["credits warn: The credits are empty."]


@pytest.mark.parametrize(
    ("channels", "loudness", "fine"),
    [
        *((2, (-16.0, -1.0), True), (2, (-16.5, -3), True), (2, (-15.5, -1), True)),
        *((2, (-16.6, -3), False), (2, (-15.4, -3), False), (2, (-16, -0.9), False), (2, (-19, -2), False)),
        *((1, (-19, -1), True), (1, (-16, -1), False)),
        *((2, (float("-inf"), float("-inf")), False), (2, (float("nan"), -2), False)),
    ],
)
def test_loudness(channels: int, loudness: tuple[float, float], fine: bool) -> None:
    found = faults(READY.having(channels=channels), loudness=loudness)
    assert [fault.split(":")[0] for fault in found] == [] if fine else ["loudness warn"]
    assert found == [] or f"players expect −{19 if channels == 1 else 16} LUFS" in found[0]


def test_not_mixed_yet() -> None:
    assert faults(READY, loudness=None) == ["loudness warn: It is not mixed yet."]
    assert may_publish(points(READY, loudness=None))


@pytest.mark.parametrize(
    ("lang", "value", "said"),
    [
        *(("fr", -16.04, "−16,0"), ("en", -16.04, "−16.0"), ("fr", 3.25, "3,2")),
        *(("fr", float("-inf"), "−∞"), ("en", float("nan"), "?")),
    ],
)
def test_a_number_is_written_as_the_reader_writes_it(lang: str, value: float, said: str) -> None:
    assert Remark("{n}", n=decimal(value, 1)).text(translator(lang)) == said
