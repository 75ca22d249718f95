"""A class for the tests of pages: its screens, and what they say."""

from __future__ import annotations

from uuid import uuid4

from streamlit.testing.v1 import AppTest

from activities import registry
from kit import settings
from kit.classroom.classes import Class, Classes
from kit.classroom.lead import Lead
from kit.classroom.store import open_store
from kit.levels import Role
from kit.podcast.episode import Episode
from kit.podcast.store import Projects
from kit.steps import Mode
from kit.walk import Plan, Walk
from tests.pages.conftest import Opener

HOSTILE = "<script>alert(1)</script> **gras** \u202egauche"


class Room:
    """A class with its facilitator's laptop, a projector and one participant."""

    def __init__(self, open_app: Opener, run: Walk, **lead: object) -> None:
        self.open_app = open_app
        self.laptop, self.projector, self.phone = (uuid4().hex for _ in range(3))
        self.led, self.pin = self.classes.open(
            run.activity.slug,
            run.model_dump_json(),
            step=run.step,
            device=self.laptop,
            lang="fr",
            lead=Lead.model_validate({"lobby": False, **lead}),
            days=30,
        )
        self.classes.join(self.led.code, self.phone)
        self.classes.follow_link(self.classes.link(self.led.id, self.laptop, Role.PROJECTOR), self.projector)

    @property
    def classes(self) -> Classes:
        return open_store(settings.load()).classes

    @property
    def now(self) -> Class:
        found = self.classes.get(self.led.id)
        assert found is not None
        return found

    def to(self, run: Walk) -> None:
        """The class stands here."""
        self.classes.keep(self.led.id, self.laptop, run.model_dump_json(), run.step, replaces=self.now.version)

    def screen(self, device: str, page: str = "", lang: str = "fr") -> AppTest:
        return self.open_app(page or self.led.activity, lang=lang, device=device)

    def answered(self) -> Walk:
        """What the participant has on disk."""
        work = self.classes.work(self.led.id, 1)
        assert work is not None
        return registry.run_of(self.led.activity).model_validate_json(work.state)


def begun(slug: str, step: str | None = None, **more: object) -> Walk:
    model = registry.run_of(slug)
    steps = [each.id for each in model.planned(Plan.LESSON)]
    if slug == "podcast":
        more["project"] = Projects(settings.load()).create(Episode(title="Qui parle ?"))
    fields = {"seed": 7, "mode": Mode.CLASS, "step": step or steps[0], **more}
    return model.model_validate(fields if slug != "spot_the_fake" else {"images": 8, **fields})


def words(app: AppTest) -> str:
    """All that a screen says."""
    drawn = [element.proto.body for element in app.get("html")]
    return "\n".join([*drawn, *(str(t.value) for t in (*app.title, *app.header, *app.markdown))])


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}
