"""What a session keeps of the runs it drew, when one click follows another."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from activities.noise_to_image.answers import Guess
from activities.noise_to_image.run import NoiseRun
from kit import settings
from kit.classroom.store import Store, open_store
from pages import frame
from pages.parts import scene


class Interrupted(RerunException):
    """What Streamlit raises from its session state once the next click has arrived."""

    def __init__(self) -> None:
        super().__init__(RerunData())


class State(dict[str, Any]):
    """A session state that breaks off the callback from a given moment on."""

    clicked = False
    once = False
    """Whether it breaks off once only, as Streamlit does."""

    def __getitem__(self, key: str) -> Any:
        self._look()
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._look()
        super().__setitem__(key, value)

    def get(self, key: str, default: Any = None) -> Any:
        self._look()
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self._look()
        return super().setdefault(key, default)

    def _look(self) -> None:
        if self.clicked:
            self.clicked = not self.once
            raise Interrupted


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    state = State()
    monkeypatch.setattr(scene.st, "session_state", state)
    monkeypatch.setattr(frame, "device", lambda: "a" * 32)
    return state


@pytest.fixture
def store() -> Store:
    return open_store(settings.load())


def test_a_click_while_the_one_before_is_being_saved(
    state: State, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = NoiseRun(seed=1)
    scene.save(run)
    kept = store.save

    def while_another_click_arrives(*arguments: Any, **options: Any) -> int:
        version = kept(*arguments, **options)
        state.clicked = True
        return version

    monkeypatch.setattr(store, "save", while_another_click_arrives)
    scene.save(run.having(guess=Guess.SEARCH))  # nothing is broken off between the disk and the number
    state.clicked = False
    monkeypatch.setattr(store, "save", kept)
    scene.save(run.having(guess=Guess.COLLAGE))
    loaded = scene.load(NoiseRun)
    assert loaded is not None
    assert loaded.guess is Guess.COLLAGE
    assert not scene.moved_on(NoiseRun)


def test_an_answer_and_the_button_to_go_on_in_one_go(state: State, store: Store) -> None:
    """The button was drawn with the run as it was before the answer: going on must not take the answer back."""
    run = NoiseRun(seed=1)
    scene.save(run)
    loaded = scene.load(NoiseRun)
    assert loaded is not None
    drawn: scene.StepScene[NoiseRun, Any] = scene.StepScene(run=loaded, words=None, role=loaded.role)
    answer = drawn.move(lambda: loaded.having(guess=Guess.COLLAGE))
    go_on = drawn.move(loaded.next_step)
    answer()
    go_on()
    after = scene.load(NoiseRun)
    assert after is not None
    assert (after.guess, after.step) == (Guess.COLLAGE, loaded.next_step().step)
    # Drawn again, a change is that of the new screen: what it takes back is taken back.
    again: scene.StepScene[NoiseRun, Any] = scene.StepScene(run=after, words=None, role=after.role)
    again.move(lambda: after.having(guess=None))()
    final = scene.load(NoiseRun)
    assert final is not None
    assert (final.guess, final.step) == (None, after.step)


def test_a_click_before_the_answer_of_the_one_before_is_saved(state: State, store: Store) -> None:
    """The callback of the answer is broken off at its first word: it is saved all the same, then one gives way."""
    run = NoiseRun(seed=1)
    scene.save(run)
    loaded = scene.load(NoiseRun)
    assert loaded is not None
    drawn: scene.StepScene[NoiseRun, Any] = scene.StepScene(run=loaded, words=None, role=loaded.role)
    state["answer"] = Guess.COLLAGE
    answer = drawn.move(lambda: loaded.having(guess=scene.st.session_state["answer"]))
    state.clicked = state.once = True
    with pytest.raises(Interrupted):
        answer()
    after = scene.load(NoiseRun)
    assert after is not None
    assert after.guess is Guess.COLLAGE


def test_a_click_before_the_screen_is_drawn_again(state: State, store: Store) -> None:
    """The answer is saved and the page begun; the button that is pressed is still that of the screen before."""
    scene.save(NoiseRun(seed=1))
    loaded = scene.load(NoiseRun)
    assert loaded is not None
    drawn: scene.StepScene[NoiseRun, Any] = scene.StepScene(run=loaded, words=None, role=loaded.role)
    drawn.move(lambda: loaded.having(guess=Guess.COLLAGE))()
    scene.load(NoiseRun)  # and broken off here
    drawn.move(loaded.next_step)()
    after = scene.load(NoiseRun)
    assert after is not None
    assert (after.guess, after.step) == (Guess.COLLAGE, loaded.next_step().step)
