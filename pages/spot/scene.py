"""What every screen of « Vrai ou IA ? » needs: the saved run, its words, its images."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from functools import cached_property, lru_cache

from activities.spot_the_fake import sitting
from activities.spot_the_fake.run import ROUNDS, SortingRun
from activities.spot_the_fake.sitting import Shown, Sitting
from activities.spot_the_fake.words import Words
from kit import settings
from kit.decks import render
from kit.decks import store as decks
from kit.decks.loaded import LoadedDeck
from kit.decks.model import Item, Truth, Version
from kit.walk import Plan
from pages.parts.scene import StepScene

SLUG = "spot_the_fake"


class Key(StrEnum):
    """Widget and state keys of « Vrai ou IA ? »."""

    VERDICT = "spot_the_fake.verdict"
    CONFIDENCE = "spot_the_fake.confidence"
    FAMILY = "spot_the_fake.family"
    SENTENCE = "spot_the_fake.sentence"
    SUBMIT = "spot_the_fake.submit"
    UNSAID = "spot_the_fake.unsaid"
    PASS = "spot_the_fake.pass"
    NEXT = "spot_the_fake.next"
    BACK = "spot_the_fake.back"
    REVEAL = "spot_the_fake.reveal"
    START = "spot_the_fake.start"
    LEAVE = "spot_the_fake.leave"
    LEVEL = "spot_the_fake.level"
    MODE = "spot_the_fake.mode"
    PLAN = "spot_the_fake.plan"
    DECK = "spot_the_fake.deck"
    SECONDS = "spot_the_fake.seconds"
    SCORES = "spot_the_fake.scores"
    CARDS = "spot_the_fake.cards"
    VIEW = "spot_the_fake.view"
    VIEWS = "spot_the_fake.views"
    COUNT = "spot_the_fake.count"
    DECISION = "spot_the_fake.decision"
    GUESS = "spot_the_fake.guess"


FORMS = {"form_a": "A", "form_b": "B"}
"""What is played in each round."""
_MAKERS = ThreadPoolExecutor(2, thread_name_prefix="pictures")


@lru_cache(maxsize=128)
def _made(deck: LoadedDeck, digest: str, item_id: str, truth: Truth, seed: int) -> Future[bytes]:
    return _MAKERS.submit(render.served, deck, item_id, truth, seed)


@lru_cache(maxsize=64)  # the same for a whole half of a class, each time that one of its screens is drawn
def _composed(deck: LoadedDeck, seed: int, half: int, *, short: bool, cards: bool) -> Sitting:
    compose = sitting.short if short else sitting.compose
    return compose(deck, seed=seed, half=half, with_cards=cards)


class Scene(StepScene[SortingRun, Words]):
    """One screen to draw."""

    # -- images --------------------------------------------------------------------------------------------------

    @cached_property
    def deck(self) -> LoadedDeck:
        """The deck of this run."""
        return decks.find(self.run.deck, settings.load())

    @cached_property
    def sitting(self) -> Sitting:
        """The images of this run, form A and form B."""
        return self._sitting(self.run.half)

    @cached_property
    def halves(self) -> tuple[Sitting, Sitting]:
        """The images of both halves of a class, that of this run first."""
        return self.sitting, self._sitting(1 - self.run.half)

    def _sitting(self, half: int) -> Sitting:
        return _composed(self.deck, self.run.seed, half, short=self.run.plan is Plan.SHORT, cards=self.run.cards)

    def images(self, round_id: str) -> tuple[Shown, ...]:
        """The images of a round, in the order of play."""
        return self.sitting.forms[FORMS[round_id]]

    def item(self, shown: Shown) -> tuple[Item, Version]:
        """The source and the version behind an image."""
        item = self.deck.deck.item(shown.item_id)
        return item, item.version(shown.truth)

    def served(self, shown: Shown) -> bytes:
        """The picture as it is played: nothing in the file betrays it."""
        made = self._made(shown)
        if made.exception() is not None:
            return render.served(self.deck, shown.item_id, shown.truth, shown.served_seed)
        return made.result()

    def look_ahead(self) -> None:
        """Begin to make the pictures that come next, so that a whole class need not wait for them at once."""
        for step in self.run.steps[self.run.index :][:2]:
            first = self.run.position if step.id == self.run.step else 0
            for each in self.halves if self.projected else (self.sitting,):
                for shown in each.forms[FORMS[step.id]][first : first + 2] if step.id in FORMS else ():
                    self._made(shown)

    def _made(self, shown: Shown) -> Future[bytes]:
        return _made(self.deck, self.deck.digest, shown.item_id, shown.truth, shown.served_seed)

    @property
    def reveals(self) -> bool:
        """Whether the current step holds an answer back until somebody reveals it."""
        return self.run.step in ("reveals", "dossiers", "base_rate")

    @property
    def places(self) -> int:
        """How many places the current step has: images, screens, questions."""
        step = self.run.step
        if step in ROUNDS:
            return len(self.images(step)) + 1
        if step == "reveals":
            return sum(len(form) for form in self.sitting.forms.values())
        counted = {
            "brief": 2,
            "lesson": len(self.words.lesson.screens),
            "debrief": len(self.words.debrief.questions),
            "dossiers": len(self.words.dossiers),
            "forensics": len(self.words.forensics.views),
        }
        return counted.get(step, 1)
