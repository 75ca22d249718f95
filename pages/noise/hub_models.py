"""The large models that may be installed: which are, who may drive them, and what to do where there is none."""

from __future__ import annotations

import streamlit as st

from kit import settings
from kit.models import catalogue, store
from kit.models.catalogue import Checker, Entry, Task
from kit.models.store import Installed
from kit.steps import Mode
from pages import frame
from pages.frame import _
from pages.noise.scene import Scene
from pages.parts.prose import escape, paragraph


def installed() -> list[Installed]:
    """The models of text to image that are whole on this machine."""
    return [model for model in store.installed(settings.load()) if model.entry.task is Task.TEXT_TO_IMAGE]


def may_drive(scene: Scene, model: Installed) -> bool:
    """Whether whoever holds the mouse may trigger ``model``: at a projected screen, that is the facilitator."""
    run = scene.run
    return run.may_generate and (run.mode is Mode.PROJECTED or run.level.at_least(model.entry.level))


def refusal(scene: Scene) -> None:
    """Say why nothing can be triggered here, and by whom it can."""
    if not scene.run.may_generate:
        paragraph(_("Below 4e (13 years), only the facilitator generates: choose “With a group”."), "note")
    else:
        paragraph(_("At this level, only the facilitator drives this model: choose “With a group”."), "note")


def offer() -> None:
    """What the facilitator can do beforehand: the models of the catalogue, each with its command."""
    entries = [entry for entry in catalogue.load().models if entry.task is Task.TEXT_TO_IMAGE]
    ready = [entry for entry in entries if entry.revision]
    paragraph(_("No large model is installed on this machine. All the rest of the workshop does without."), "note")
    if ready:
        paragraph(
            _(
                "To have one, the facilitator runs one of these commands beforehand, where there is a network. "
                "The kit itself never goes to the network."
            )
        )
    else:
        paragraph(
            _(
                "Nobody has checked a revision of these models yet: whoever chooses one gives it, with "
                "“contrechamp models get NAME --revision …”. The kit itself never goes to the network."
            )
        )
    with st.expander(_("The models that the kit knows")):
        for entry in sorted(entries, key=lambda entry: not entry.revision):
            _card(entry)


def _card(entry: Entry) -> None:
    lang = frame.lang()
    unsure = _("to be checked")

    def mark(text: str, *fields: str) -> str:
        return f"{text} ({unsure})" if set(fields) & set(entry.to_check) else text

    size = _("{size} MB on the disk, {memory} GB of memory.").format(
        size=entry.size_mb, memory=f"{entry.memory_gb:g}".replace(".", "," if lang == "fr" else ".")
    )
    licence = entry.licence.name
    if entry.licence.restricts:
        licence = f"{licence}. {entry.licence.restricts.text(lang)}"
    lines = [
        (_("Shows"), mark(entry.shows.text(lang), "shows")),
        (_("Size"), mark(size, "size_mb", "memory_gb")),
        (_("Machine"), mark(entry.machine.text(lang), "machine")),
        (_("Licence"), mark(licence, "licence")),
        (_("Level"), _("from {level} on").format(level=frame.level_name(entry.level))),
        (_("Safety check"), mark(_checker(entry), "safety_checker")),
    ]
    if entry.revision:
        lines.append((_("Revision"), mark(entry.revision[:10], "revision")))
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in lines)
    with st.container(border=True):
        st.html(f'<h3 class="hub-model">{escape(entry.name)}</h3><dl class="hub-model">{facts}</dl>')
        if entry.revision:
            st.code(f"contrechamp models get {entry.name}", language=None, wrap_lines=True)
        else:
            paragraph(_("Not available yet: nobody has checked a revision of it."), "source")


def _checker(entry: Entry) -> str:
    if entry.safety_checker is Checker.ABSENT:
        return _("none: look at its pictures before anyone else does")
    return _("yes: it may turn a picture black")
