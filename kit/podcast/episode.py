"""What a team makes, as data: one ``episode.yaml`` in the project's folder, written by the kit or by hand.

Only pseudonyms stand in it. Sounds are files beside it, named by their path in the folder; nothing ever changes them:
what is cut or faded is a list of operations (:mod:`kit.audio.operations`) beside the file's name.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from kit.audio.moods import Mood
from kit.audio.operations import LONGEST, Operation, Seconds
from kit.content import Content
from kit.faults import Unfit
from kit.levels import Level

FILE = "episode.yaml"
SOUNDS = "sounds"
"""The folder of the recordings, in the project's."""
WORK = "work"
"""The folder of what can be made again."""
MOST_SEGMENTS = 200
LONGEST_FADE = 5.0


def _inside(path: str) -> str:
    if any(part in ("", ".", "..") for part in path.split("/")) or set(path) & set("\\:") or not path.isprintable():
        raise Unfit("this is not the name of a file of this folder, such as sounds/one.mp3")
    return path


Line = Annotated[str, Field(max_length=200)]
"""A title, a name: one line."""
Note = Annotated[str, Field(max_length=2_000)]
Script = Annotated[str, Field(max_length=20_000)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""Names a segment or a claim inside the project."""
Path = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_inside)]
"""A file of the project, relative to its folder, with ``/``; never outside it."""
Seed = Annotated[int, Field(ge=0, le=9_999)]
Volume = Annotated[float, Field(ge=-40, le=12, allow_inf_nan=False)]


class Job(StrEnum):
    """What a member of the team looks after. One may have several."""

    CHIEF = "chief"
    HOST = "host"
    INTERVIEWER = "interviewer"
    COLUMNIST = "columnist"
    CHECKER = "checker"
    SOUND = "sound"
    EDITOR = "editor"
    TIMEKEEPER = "timekeeper"
    PUBLISHER = "publisher"


class SegmentKind(StrEnum):
    """What a part of the rundown is."""

    THEME = "theme"
    """Générique."""
    HOOK = "hook"
    """Accroche."""
    INTRO = "intro"
    """Lancement."""
    INTERVIEW = "interview"
    COLUMN = "column"
    """Chronique."""
    VOX_POP = "vox_pop"
    """Micro-trottoir."""
    STING = "sting"
    """Virgule."""
    OUTRO = "outro"
    """Désannonce."""
    CREDITS = "credits"


class Member(Content):
    """Someone of the team, under a pseudonym."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    jobs: tuple[Job, ...] = ()
    voice: bool = True
    """Whether their voice may be heard; a role without voice is a full role."""


class Claim(Content):
    """A source card: something the script says, and what it rests on."""

    id: Key
    text: Annotated[str, Field(min_length=1, max_length=500)]
    who: Line = ""
    """Who says it."""
    where: Annotated[str, Field(max_length=500)] = ""
    """A title, an address, a page."""
    when: Line = ""
    verified: Annotated[str, Field(max_length=500)] = ""
    """How it was checked."""

    @property
    def sourced(self) -> bool:
        """Whether one can go and look: who says it, and where."""
        return bool(self.who and self.where)


class Question(Content):
    """An open question for the guest, with what to ask next."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    follow_ups: Annotated[tuple[Line, ...], Field(max_length=10)] = ()


class Take(Content):
    """A recording of the team's, or a file that it brought: one of the attempts at a segment."""

    kind: Literal["take"] = "take"
    file: Path
    name: Line = ""
    """What the file was called when it came; for people."""
    seconds: Seconds = 0.0
    """As decoded, before any operation; 0 if it is not known yet."""
    operations: Annotated[tuple[Operation, ...], Field(max_length=200)] = ()
    marks: Annotated[tuple[Seconds, ...], Field(max_length=500)] = ()
    """« Bon moment »: where the team pressed the key."""


class Jingle(Content):
    """Music that the kit makes: no rights to ask, the same for the same seed."""

    kind: Literal["jingle"] = "jingle"
    mood: Mood
    seed: Seed = 1
    seconds: Annotated[float, Field(ge=0.5, le=60)] = 6.0


class Synthetic(Content):
    """A voice that no one has: always announced as such."""

    kind: Literal["synthetic"] = "synthetic"
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    engine: Literal["espeak", "mms"] = "espeak"
    speed: Annotated[int, Field(ge=80, le=260)] = 150
    """Words a minute."""
    announced: bool = True
    """Said to be synthetic in the sound itself; the notes say so in any case."""


class Music(Content):
    """A piece by someone else. Without its licence there is no publication."""

    kind: Literal["music"] = "music"
    file: Path
    title: Line = ""
    author: Line = ""
    licence: Line = ""
    address: Annotated[str, Field(max_length=500)] = ""
    seconds: Seconds = 0.0
    operations: Annotated[tuple[Operation, ...], Field(max_length=200)] = ()


Source: TypeAlias = Annotated[Take | Jingle | Synthetic | Music, Field(discriminator="kind")]


class Segment(Content):
    """A part of the rundown."""

    id: Key
    kind: SegmentKind
    title: Line = ""
    """Of its chapter; without one, it belongs to the chapter before."""
    voice: Annotated[str, Field(max_length=60)] = ""
    """Who speaks: a member's pseudonym, or how the guest is called."""
    text: Script = ""
    """What is read; or, of an interview, what was said."""
    planned: Annotated[float, Field(ge=0, le=LONGEST)] = 0.0
    """Seconds foreseen where no text tells: an interview, a jingle."""
    claims: Annotated[tuple[Key, ...], Field(max_length=50)] = ()
    """What its text states, by the ids of the source cards."""
    sources: Annotated[tuple[Source, ...], Field(max_length=50)] = ()
    """Its takes, or what stands in for them."""
    best: Annotated[int, Field(ge=0)] = 0
    """Which of them is heard."""
    volume: Volume = 0.0
    """Decibels, on top of what makes all voices as loud as each other."""
    crossfade: Annotated[float, Field(ge=0, le=LONGEST_FADE)] = 0.0
    """Seconds during which its beginning and the end of the segment before are heard together."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.best >= max(1, len(self.sources)):
            raise Unfit("best names no source of this segment; the first is 0")
        return self

    def having(self, **changes: object) -> Self:
        """This segment with some fields changed, checked. Raises pydantic's ValidationError."""
        return type(self).model_validate({**dict(self), **changes})

    @property
    def heard(self) -> Source | None:
        """The source that is heard; None if there is none yet."""
        return self.sources[self.best] if self.sources else None


class Bed(Content):
    """Music under the voices (tapis), from one segment to another, both included."""

    first: Key
    last: Key
    source: Annotated[Jingle | Music, Field(discriminator="kind")]
    volume: Volume = -14.0
    """Decibels against the voices, where nobody speaks."""
    duck: Annotated[float, Field(ge=0, le=40)] = 10.0
    """How many decibels softer while somebody speaks."""


class Consent(Content):
    """What one person, and those who answer for them, agreed to, on paper. No name: a pseudonym."""

    who: Annotated[str, Field(min_length=1, max_length=60)]
    media: Line = "audio"
    """What is recorded."""
    where: Line = ""
    """Where it is published."""
    until: date | None = None
    guardians: Annotated[int, Field(ge=0, le=2)] = 0
    """How many signatures of parents or guardians are on the sheet."""
    agrees: bool = False
    """Whether the person agrees, whatever their age."""
    adult: bool = False


class Rights(Content):
    """What was agreed before the microphone opened."""

    consents: Annotated[tuple[Consent, ...], Field(max_length=60)] = ()
    erase_on: date | None = None
    """When recordings and project are erased."""
    recorded_on: date | None = None
    """The day of the recording: the sheets go out two weeks before."""

    def of(self, name: str) -> Consent | None:
        """The consent of ``name``, if there is one."""
        return next((consent for consent in self.consents if consent.who == name), None)


class Publication(Content):
    """What listeners and their players read."""

    show: Line = ""
    description: Annotated[str, Field(max_length=4_000)] = ""
    author: Line = ""
    address: Annotated[str, Field(max_length=500)] = ""
    """Where the folder will be on the web: ``https://…``, without a file name."""
    category: Line = "Education"
    explicit: bool = False
    released: date | None = None
    cover: Annotated[int, Field(ge=0, le=9_999)] = 1
    """Seed of the cover that the kit draws."""
    credits: Note = ""
    ai_use: Note = ""
    """Where machines took part, in the team's words. Synthetic voices are listed without being asked."""
    licence: Line = ""
    """Under which the episode is published."""


class Review(Content):
    """What one team heard in another's episode."""

    by: Line = ""
    marks: dict[Key, Annotated[int, Field(ge=0, le=3)]] = Field(default_factory=dict)
    """By criterion: 0 not yet, 3 fully."""
    liked: Note = ""
    advice: Note = ""


class Episode(Content):
    """The whole project."""

    format: Literal[1] = 1
    title: Line = ""
    team: Line = ""
    language: Literal["fr", "en"] = "fr"
    level: Level = Level.ADULTS
    words_per_minute: Annotated[int, Field(ge=60, le=240)] = 150
    target: Annotated[float, Field(ge=10, le=LONGEST)] = 60.0
    """Seconds that the episode should last."""
    channels: Literal[1, 2] = 2
    members: Annotated[tuple[Member, ...], Field(max_length=40)] = ()
    question: Note = ""
    angle: Annotated[str, Field(max_length=500)] = ""
    """In one sentence."""
    known: Note = ""
    to_check: Note = ""
    claims: Annotated[tuple[Claim, ...], Field(max_length=100)] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=40)] = ()
    segments: Annotated[tuple[Segment, ...], Field(max_length=MOST_SEGMENTS)] = ()
    beds: Annotated[tuple[Bed, ...], Field(max_length=20)] = ()
    rights: Rights = Rights()
    publication: Publication = Publication()
    reviews: Annotated[tuple[Review, ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        ids = [*(segment.id for segment in self.segments), *(claim.id for claim in self.claims)]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise Unfit("ids used twice: {ids}", ids=", ".join(twice))
        places = {segment.id: place for place, segment in enumerate(self.segments)}
        lost = {claim for s in self.segments for claim in s.claims} - {claim.id for claim in self.claims}
        lost |= {name for bed in self.beds for name in (bed.first, bed.last)} - places.keys()
        if lost:
            raise Unfit("ids of nothing: {ids}", ids=", ".join(sorted(lost)))
        for bed in self.beds:
            if places[bed.first] > places[bed.last]:
                raise Unfit(
                    "a bed goes from one segment to the same or a later one: {ids}", ids=f"{bed.first}, {bed.last}"
                )
        return self

    def having(self, **changes: object) -> Self:
        """This episode with some fields changed, checked as one read from disk. Raises pydantic's ValidationError."""
        return type(self).model_validate({**dict(self), **changes})

    def segment(self, segment_id: str) -> Segment:
        """The segment called ``segment_id``. Raises :class:`KeyError` if there is none."""
        for segment in self.segments:
            if segment.id == segment_id:
                return segment
        raise KeyError(segment_id)

    def with_segment(self, changed: Segment) -> Self:
        """This episode with one segment in the place of the one of its id."""
        self.segment(changed.id)
        return self.having(segments=tuple(changed if s.id == changed.id else s for s in self.segments))
