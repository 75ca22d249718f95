"""What was said in a recording, written down by a model where one is installed: a draft, to be read over."""

from __future__ import annotations

import json

from activities.podcast import labs
from kit import settings
from kit.models import store
from kit.models.catalogue import Task
from kit.podcast.episode import Segment, Take
from pages.frame import _
from pages.parts.asking import asked
from pages.parts.prose import paragraph
from pages.studio.scene import Scene


def speech_model(scene: Scene, task: Task) -> store.Installed | None:
    """A model of speech that is installed, speaks the language of the episode, and may be run at this level."""
    if not scene.run.may_generate:
        return None
    fitting = (
        model
        for model in store.installed(settings.load())
        if model.entry.task is task and scene.episode.language in model.entry.languages
    )
    return next(fitting, None)


def draw(scene: Scene, segment: Segment) -> None:
    """For a recording of which nothing is written yet: the button, then the text in the rundown."""
    take, model = segment.heard, speech_model(scene, Task.SPEECH_RECOGNITION)
    if model is None or not isinstance(take, Take) or segment.text:
        return
    paragraph(_("A model can write down what is said. It errs, above all on names: read it over."), "source")
    fields = take.model_dump(mode="json", include={"kind", "file", "operations"})
    written: str | None = asked(
        scene,
        "written",
        json.dumps([scene.run.project, fields]),
        lambda kit: kit.submit(
            labs.write_down,
            str(scene.folder),
            fields,
            scene.episode.language,
            str(model.files),
            weight="heavy",
            limits=labs.WRITING,
            revision=model.revision,
        ),
        label=_("Write down what is said"),
    )
    if written:
        scene.save_project(lambda e: e.with_segment(e.segment(segment.id).having(text=written)))
        paragraph(_("The text is in the rundown: correct it there."), "note")
    elif written is not None:
        paragraph(_("The model heard nothing that it could write down."), "note")
