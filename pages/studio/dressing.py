"""The dressing: jingles and beds that the kit makes, volumes, joins, and a synthetic voice that says it is one."""

from __future__ import annotations

import json

import streamlit as st

from activities.podcast import labs
from activities.podcast.labs import Shown
from kit.audio.moods import Mood
from kit.models.catalogue import Task
from kit.podcast.episode import Bed, Episode, Jingle, Music, Segment, SegmentKind, Source, Synthetic
from kit.podcast.standing import MUSICAL
from pages.frame import _, show, show_among
from pages.parts.asking import computed
from pages.parts.furniture import bar, heading
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.studio.minutes import choose, name
from pages.studio.recording import MOST_BYTES, TYPES
from pages.studio.scene import SLUG, Key, Scene, projects, state
from pages.studio.writing_down import speech_model

LARGEST_SEED = 9999
LENGTHS = (2.0, 20.0)
"""Seconds of a jingle: least, most."""
BED = Bed(first="a", last="a", source=Jingle(mood=Mood.CALM))
"""The values of a bed to begin with."""


def draw(scene: Scene) -> None:
    """One part at a time: its music or its voice, its volume, its join; then the music under the voices."""
    heading(scene)
    segment = choose(scene)
    if segment is not None:
        if segment.kind in MUSICAL:
            _jingle(scene, segment)
            _own_music(scene, segment)
        elif scene.run.may_generate:
            _synthetic(scene, segment)
        _level(scene, segment)
    _bed(scene)
    around(scene, "dress", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _one(segment: Segment, source: Source) -> dict[str, object]:
    """The fields of a segment whose only source is ``source``."""
    return {"sources": (source,), "best": 0}


def _jingle(scene: Scene, segment: Segment) -> None:
    """Which music, how long, which draw; and how it sounds."""
    jingle = segment.heard if isinstance(segment.heard, Jingle) else None
    now = jingle or Jingle(mood=Mood.BRIGHT, seconds=min(LENGTHS[1], max(LENGTHS[0], segment.planned or 6.0)))
    prefix = f"{Key.MOOD}.{segment.id}"
    mood, seed, length = f"{prefix}.mood", f"{prefix}.seed", f"{prefix}.length"

    def how(episode: Episode) -> Episode:
        made = Jingle(mood=st.session_state[mood], seed=st.session_state[seed], seconds=st.session_state[length])
        return episode.with_segment(episode.segment(segment.id).having(**_one(segment, made)))

    st.radio(
        _("Which mood?"),
        list(Mood),
        format_func=lambda each: scene.words.moods[each],
        index=show_among(mood, list(Mood), now.mood),
        key=mood,
        horizontal=True,
        on_change=scene.change(how),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            _("Length, in seconds"),
            # A project from elsewhere may go further.
            min_value=min(LENGTHS[0], now.seconds),
            max_value=max(LENGTHS[1], now.seconds),
            step=1.0,
            format="%.0f",
            value=show(length, float(now.seconds)),
            key=length,
            width=200,
            on_change=scene.change(how),
        )
        st.number_input(
            _("Number (another one, another music)"),
            min_value=0,
            max_value=LARGEST_SEED,
            step=1,
            value=show(seed, now.seed),
            key=seed,
            width=260,
            on_change=scene.change(how),
        )
        if jingle is None:
            st.button(_("Put this music here"), type="primary", key=f"{prefix}.put", on_click=scene.change(how))
    if jingle is not None:
        heard(scene, "jingle", jingle, segment.kind)
        paragraph(_("Made by the kit, here: no rights to ask, no one to pay."), "source")


def heard(scene: Scene, lab: str, source: Source, kind: SegmentKind) -> Shown | None:
    """A source made by the kit, to listen to; None while it is made."""
    fields = source.model_dump(mode="json")
    found: Shown | None = computed(
        scene,
        lab,
        json.dumps([scene.run.project, fields, kind]),
        lambda kit: kit.submit(labs.show, str(scene.folder), fields, scene.episode.language, str(kind), weight="heavy"),
    )
    if found is not None:
        st.audio(found.file, format="audio/mpeg")
    return found


def _own_music(scene: Scene, segment: Segment) -> None:
    """A piece by somebody else: with its title, author and licence, or not at all."""
    music = segment.heard if isinstance(segment.heard, Music) else None
    with st.expander(_("Another music, with its licence"), expanded=music is not None):
        paragraph(
            _("Only a piece that you may publish: without its licence, the episode stays in the room."), "caution"
        )
        brought = st.file_uploader(
            _("A music file"), type=TYPES, key=f"{Key.FILE}.music.{segment.id}", max_upload_size=MOST_BYTES
        )
        if brought is not None and st.button(_("Put it here"), key=f"{Key.FILE}.music.{segment.id}.put"):
            file = projects().keep_sound(scene.run.project, brought.getvalue(), brought.name)
            from kit import compute, settings

            found = compute.connect(settings.load()).run(
                labs.hear, str(scene.folder), file, brought.name, weight="light", limits=labs.READING
            )
            piece = Music(file=file, title=brought.name[:200], seconds=round(found.seconds, 3))
            scene.save_project(lambda e: e.with_segment(e.segment(segment.id).having(**_one(segment, piece))))
            st.rerun()
        if music is None:
            return
        labels = {
            "title": _("Title"),
            "author": _("Author"),
            "licence": _("Licence"),
            "address": _("Where it comes from"),
        }
        for field, label in labels.items():
            key = f"{Key.MOOD}.{segment.id}.{field}"

            def how(episode: Episode, field: str = field, key: str = key) -> Episode:
                now = episode.segment(segment.id)
                if not isinstance(now.heard, Music):
                    return episode
                changed = Music.model_validate({**dict(now.heard), field: st.session_state[key]})
                return episode.with_segment(now.having(**_one(now, changed)))

            st.text_input(
                label, value=show(key, getattr(music, field)), key=key, max_chars=200, on_change=scene.change(how)
            )


def _synthetic(scene: Scene, segment: Segment) -> None:
    """A voice that no one has, for a sentence or a quotation: always announced."""
    spoken = segment.heard if isinstance(segment.heard, Synthetic) else None
    with st.expander(_("A synthetic voice for this part"), expanded=spoken is not None):
        paragraph(scene.words.labs["voices"].honest, "caution")
        prefix = f"{Key.SPOKEN}.{segment.id}"
        text, announced = f"{prefix}.text", f"{prefix}.announced"
        # Typed here, saved by the button: what is typed stays until then.
        st.session_state.setdefault(text, spoken.text if spoken else segment.text[:2000])
        st.text_area(_("What it says"), key=text, max_chars=2000, height=120)
        st.session_state.setdefault(announced, spoken.announced if spoken else True)
        if speech_model(scene, Task.TEXT_TO_SPEECH) is not None:
            names = {"espeak": _("The voice of the kit"), "mms": _("The installed model")}
            st.session_state.setdefault(f"{prefix}.engine", spoken.engine if spoken else "espeak")
            st.radio(
                _("Which voice?"), list(names), format_func=names.__getitem__, key=f"{prefix}.engine", horizontal=True
            )
        st.checkbox(_("It is announced in the sound itself: “Synthetic voice.”"), key=announced)

        def how(episode: Episode) -> Episode:
            engine = st.session_state.get(f"{prefix}.engine", "espeak")
            made = Synthetic(text=st.session_state[text], announced=st.session_state[announced], engine=engine)
            now = episode.segment(segment.id)
            takes = tuple(source for source in now.sources if not isinstance(source, Synthetic))
            return episode.with_segment(now.having(sources=(*takes, made), best=len(takes)))

        if st.session_state[text].strip():
            st.button(_("Have it read here"), key=f"{prefix}.put", on_click=scene.change(how))
        if spoken is not None:
            heard(scene, "spoken", spoken, segment.kind)
            st.button(
                _("Take it away"),
                key=f"{prefix}.gone",
                on_click=scene.change_segment(
                    segment,
                    sources=lambda: tuple(source for source in segment.sources if source != spoken),
                    best=lambda: 0,
                ),
            )


def _level(scene: Scene, segment: Segment) -> None:
    """How loud this part is against the others, and how it is joined to the one before."""
    volume, fade = f"{Key.VOLUME}.{segment.id}", f"{Key.FADE}.{segment.id}"
    left, right = st.columns(2, gap="large")
    with left:
        st.slider(
            _("Volume of this part (0: as loud as the others)"),
            min(-20.0, segment.volume),
            12.0,
            step=1.0,
            format="%+.0f",
            value=show(volume, float(segment.volume)),
            key=volume,
            on_change=scene.change_segment(segment, volume=state(volume)),
        )
    with right:
        st.slider(
            _("Overlap with the part before, in seconds"),
            0.0,
            5.0,
            step=0.5,
            value=show(fade, float(segment.crossfade)),
            key=fade,
            on_change=scene.change_segment(segment, crossfade=state(fade)),
        )


def _bed(scene: Scene) -> None:
    """Music under the voices: from where to where, which, how loud, how far it steps back."""
    segments, beds = scene.episode.segments, scene.episode.beds
    st.subheader(_("A bed under the voices"), anchor=False)
    if not segments:
        return
    if not beds:
        spoken = [segment.id for segment in segments if segment.kind not in MUSICAL] or [segments[0].id]
        new = BED.model_copy(update={"first": spoken[0], "last": spoken[-1]})
        st.button(_("Add a bed"), key=f"{Key.BED}.add", on_click=scene.change(lambda e: e.having(beds=(*e.beds, new))))
        return
    for place, bed in enumerate(beds):
        _one_bed(scene, place, bed)


def _one_bed(scene: Scene, place: int, bed: Bed) -> None:
    names = {segment.id: name(scene, segment) for segment in scene.episode.segments}
    prefix = f"{Key.BED}.{place}"
    key = {field: f"{prefix}.{field}" for field in ("first", "last", "mood", "seed", "volume", "duck")}

    def how(episode: Episode) -> Episode:
        value = {field: st.session_state[name] for field, name in key.items()}
        order = [segment.id for segment in episode.segments]
        if order.index(value["last"]) < order.index(value["first"]):
            value["last"] = value["first"]
        source = Jingle(mood=value.pop("mood"), seed=value.pop("seed")) if "mood" in value else bed.source
        changed = Bed(source=source, **value)
        return episode.having(beds=(*episode.beds[:place], changed, *episode.beds[place + 1 :]))

    source = bed.source if isinstance(bed.source, Jingle) else Jingle(mood=Mood.CALM)
    with st.container(border=True, key=f"{SLUG}-bed-{place}"):
        with st.container(horizontal=True):
            for field, label in (("first", _("From")), ("last", _("To"))):
                st.selectbox(
                    label,
                    list(names),
                    format_func=names.__getitem__,
                    index=show_among(key[field], list(names), getattr(bed, field)),
                    key=key[field],
                    on_change=scene.change(how),
                )
        st.radio(
            _("Which mood?"),
            list(Mood),
            format_func=lambda each: scene.words.moods[each],
            index=show_among(key["mood"], list(Mood), source.mood),
            key=key["mood"],
            horizontal=True,
            on_change=scene.change(how),
        )
        left, middle, right = st.columns(3, gap="large")
        with left:
            st.number_input(
                _("Number (another one, another music)"),
                min_value=0,
                max_value=LARGEST_SEED,
                step=1,
                value=show(key["seed"], source.seed),
                key=key["seed"],
                on_change=scene.change(how),
            )
        with middle:
            st.slider(
                _("Volume under the voices (0: as loud as they are)"),
                min(-30.0, bed.volume),
                max(0.0, bed.volume),
                step=1.0,
                format="%+.0f",
                value=show(key["volume"], float(bed.volume)),
                key=key["volume"],
                on_change=scene.change(how),
            )
        with right:
            st.slider(
                _("How far it steps back while somebody speaks"),
                0.0,
                max(24.0, bed.duck),
                step=1.0,
                format="%.0f",
                value=show(key["duck"], float(bed.duck)),
                key=key["duck"],
                on_change=scene.change(how),
            )
        fields = source.model_dump(mode="json")
        found: str | None = computed(
            scene,
            f"bed{place}",
            json.dumps([scene.run.project, fields]),
            lambda kit: kit.submit(labs.lay, str(scene.folder), fields, weight="heavy"),
        )
        if found is not None:
            st.audio(found, format="audio/mpeg")
        st.button(
            _("Remove this bed"),
            key=f"{prefix}.gone",
            on_click=scene.change(lambda e: e.having(beds=(*e.beds[:place], *e.beds[place + 1 :]))),
        )
