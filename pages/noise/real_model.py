"""Text to image with a model of the hub, where one is installed: a sentence, its steps, the picture."""

from __future__ import annotations

import hashlib
from typing import Final

import streamlit as st

from activities.noise_to_image.painting import Painting, painting
from activities.noise_to_image.run import LARGEST_SEED, Prompt
from kit.compute import Call, Compute
from kit.errors import BadInput, KitError
from kit.models.store import Installed
from kit.models.text_to_image import MAX_GUIDANCE, MAX_PROMPT, MAX_STEPS
from pages import frame
from pages.frame import _, show_among
from pages.noise.costline import cost_line, rounded
from pages.noise.export import download_png
from pages.noise.hub_models import installed, may_drive, offer, refusal
from pages.noise.scene import Scene
from pages.noise.unfolding import unfolding
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.scene import save
from pages.parts.working import drop, work

LAB: Final = "real_model"
PREFIX = f"noise_to_image.{LAB}"
CALL = f"{PREFIX}.call."


def draw(scene: Scene) -> None:
    """The sentence, the machine at work, what came out; or how to get a model."""
    words = scene.words.labs[LAB]
    heading(scene)
    paragraph(words.honest, "caution")
    models = installed()
    if not models:
        if not scene.run.may_generate:
            refusal(scene)
        offer()
    else:
        model = next((model for model in models if model.name == scene.run.prompt.model), models[0])
        made = None
        left, right = st.columns([2, 3], gap="large")
        with left:
            if may_drive(scene, model):
                _controls(scene, model, models)
            else:
                refusal(scene)
        if may_drive(scene, model):
            with right:
                made = _made(scene, model)
                if made is not None:
                    _show(scene, made)
    around(scene, LAB)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


# -- what is asked for -------------------------------------------------------------------------------------------------


def _controls(scene: Scene, model: Installed, models: list[Installed]) -> None:
    """The model, the sentence and its settings. One button for all of it: what is typed is saved as it is sent."""
    asked, defaults = scene.run.prompt, model.entry.image_defaults
    if len(models) > 1:
        names = [each.name for each in models]
        st.selectbox(
            _("Model"),
            names,
            index=show_among(f"{PREFIX}.model", names, model.name),
            key=f"{PREFIX}.model",
            on_change=scene.move(lambda: scene.run.prompting(**_other(st.session_state[f"{PREFIX}.model"]))),
        )
    paragraph(_about(model), "source")
    # The keys hold the model: another one has other settings that suit it.
    key = f"{PREFIX}.{model.name}"
    with st.form(f"{key}.form", border=False):
        st.text_area(
            _("What the picture should show (in English)"),
            value=asked.text,
            max_chars=MAX_PROMPT,
            height=100,
            key=f"{key}.text",
            placeholder="a lighthouse in the fog, watercolour",
        )
        if defaults.negative_prompt:
            st.text_input(
                _("What to avoid (in English, may stay empty)"),
                value=asked.negative,
                max_chars=MAX_PROMPT,
                key=f"{key}.negative",
                help=_("It needs a guidance above 1."),
            )
        with st.container(horizontal=True):
            st.number_input(
                _("Denoising steps"),
                min_value=1,
                max_value=MAX_STEPS,
                value=asked.steps or defaults.steps,
                key=f"{key}.steps",
                width=130,
            )
            st.number_input(
                _("Guidance"),
                min_value=0.0,
                max_value=MAX_GUIDANCE,
                step=0.5,
                format="%.1f",
                value=defaults.guidance if asked.guidance is None else asked.guidance,
                key=f"{key}.guidance",
                help=_("How closely the sentence is followed. High values give harsher pictures."),
                width=130,
            )
            st.number_input(
                _("Seed"), min_value=0, max_value=LARGEST_SEED, value=asked.seed, key=f"{key}.seed", width=130
            )
        st.form_submit_button(
            _("Make the picture"),
            type="primary",
            key=f"{PREFIX}.make",
            on_click=frame.guarded(_send),
            args=(scene, model, key),
        )


def _other(name: str) -> dict[str, object]:
    """What changes with the model: its own settings come back."""
    return {"model": name, "steps": None, "guidance": None, "negative": ""}


def _about(model: Installed) -> str:
    parts = [model.name, model.entry.licence.name]
    if not model.safety_checker:
        parts.append(_("no safety checker: the facilitator looks first"))
    return " · ".join(parts)


def _send(scene: Scene, model: Installed, key: str) -> None:
    """Save what was typed, then ask for the picture. Raises :class:`BadInput`."""
    state = st.session_state
    text, negative = str(state[f"{key}.text"] or "").strip(), str(state.get(f"{key}.negative") or "").strip()
    for typed in (text, negative):
        if len(typed) > MAX_PROMPT:
            raise BadInput(
                "The description has {count} characters; at most {most} are accepted.",
                count=len(typed),
                most=MAX_PROMPT,
            )
    run = scene.run.prompting(
        model=model.name,
        text=text,
        negative=negative,
        steps=state[f"{key}.steps"],
        guidance=state[f"{key}.guidance"],
        seed=state[f"{key}.seed"],
    )
    run = run.settled_in(LAB)
    save(run.asking(_name(run.prompt, model)) if text else run)
    if not text:
        raise BadInput("The description is empty. Write what the image should show.")


def _name(prompt: Prompt, model: Installed) -> str:
    """What tells one request from another, in the saved run."""
    what = f"{prompt.model_dump_json()}{model.name}{model.revision}"
    return f"{LAB}:{hashlib.sha256(what.encode()).hexdigest()[:12]}"


# -- what came out -----------------------------------------------------------------------------------------------------


def _made(scene: Scene, model: Installed) -> Painting | None:
    """The picture that was asked for; None before, and while it is made. An error is said where the picture would be.

    That it was asked for is in the saved run: a reload in the middle finds it again, or takes it up.
    """
    prompt, name = scene.run.prompt, _name(scene.run.prompt, model)
    for key in [str(key) for key in st.session_state if str(key).startswith(CALL) and key != CALL + name]:
        if key.removeprefix(CALL).count(".") == 0:  # the buttons of a call have a key below its own
            drop(key)
    if name not in scene.run.asked:
        return None

    def start(kit: Compute) -> Call:
        return kit.submit(
            painting,
            model.name,
            prompt.text,
            seed=prompt.seed,
            steps=prompt.steps,
            guidance=prompt.guidance,
            negative=prompt.negative,
            weight="heavy",
            revision=model.revision,
        )

    forget = scene.move(lambda: scene.run.settled(name))
    try:
        made: Painting | None = work(CALL + name, start, on_stop=forget)
    except KitError as error:
        forget()
        frame.alert(frame.say(error))
        return None
    return made


def _show(scene: Scene, made: Painting) -> None:
    prompt = scene.run.prompt
    # The person's own words: as text, whatever they are.
    st.html(f'<p class="said">{escape(prompt.text)}</p>')
    if made.blocked:
        frame.alert(
            _(
                "The model’s safety checker found fault with this picture and blackened it. It can be wrong, in both "
                "directions. Try another seed, or other words."
            )
        )
    else:
        unfolding(made, alt=_("Picture generated from: {prompt}").format(prompt=prompt.text), key=_key(made, prompt))
    if made.unread:
        paragraph(_("The model stopped reading before: “{text}”").format(text=made.unread), "note")
    facts = [made.model, _("seed {seed}").format(seed=prompt.seed), made.scheduler, made.revision[:7]]
    paragraph(" · ".join(facts), "source")
    cost_line(made.cost)
    if made.loading_seconds:
        loading = _("Of which {seconds} s to load the model: the next picture does without.")
        paragraph(loading.format(seconds=rounded(made.loading_seconds)), "source")
    if not made.blocked:
        download_png(made.png, file_name=f"contrechamp-{made.model}-{prompt.seed}.png", key=f"{PREFIX}.download")


def _key(made: Painting, prompt: Prompt) -> str:
    mark = hashlib.sha256(made.png).hexdigest()[:12]
    return f"{PREFIX}.film.{prompt.seed}.{mark}"
