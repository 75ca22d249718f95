"""What the facilitator alone sees of « Vrai ou IA ? », beside the notes and the remote control."""

from __future__ import annotations

from activities.spot_the_fake import words as activity_words
from activities.spot_the_fake.run import SortingRun
from kit.decks.model import words as deck_words
from kit.steps import StepKind
from pages import frame
from pages.frame import _
from pages.parts import facilitating
from pages.parts.prose import paragraph
from pages.spot import reveals, sorting
from pages.spot.scene import Scene


def projected() -> Scene | None:
    """The run that this machine projects, if there is one."""
    return facilitating.projected(SortingRun, Scene, activity_words.load)


def panel(scene: Scene) -> None:
    """The counts to type, the truth of the image, why a question is asked."""
    run = scene.run
    kind = run.steps[run.index].kind
    if run.step in ("form_a", "form_b") and scene.led is None:
        images = scene.images(run.step)
        if run.position < len(images):
            shown = images[run.position]
            paragraph(_("Image {n} of {total}").format(n=run.position + 1, total=len(images)), "kicker")
            sorting.slates(scene, run.step, shown)
    elif run.step == "reveals":
        order = reveals.chosen(scene)
        _round, shown = order[min(run.position, len(order) - 1)]
        _item, version = scene.item(shown)
        paragraph(scene.words.verdicts[shown.truth].name, "kicker")
        paragraph(deck_words(version.explanation, frame.lang()))
    elif kind is StepKind.DEBRIEF:
        facilitating.question(scene)
