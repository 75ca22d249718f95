"""The questionnaire of before and after, as each screen of a class shows it.

A device asks and says that it is saved, never what is right. The projected screen says how many have answered, and,
once the facilitator shows it, what the whole class did, with the key. The facilitator sees the counts at any time.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from activities import registry
from activities.spot_the_fake.signal_detection import difference
from activities.spot_the_fake.signal_detection import proportion as share_of
from kit.classroom import questions
from kit.classroom.classes import Class, Work
from kit.classroom.questions import ANSWERS, Answer, IdeaCount, QuizResults, When
from pages import frame
from pages.frame import _
from pages.parts.bars import points, proportion, shares
from pages.parts.prose import escape, paragraph, plain


def title(when: When) -> str:
    """What the questionnaire is called."""
    return {"before": _("Questionnaire, before"), "after": _("Questionnaire, after")}[when]


# -- on a participant's device ---------------------------------------------------------------------------------------


def device(led: Class, when: When, work: Work) -> None:
    """The statements of this participant's form, each saved as soon as it is answered."""
    said = questions.replies(work.quiz)[when]
    st.header(title(when), anchor=False)
    paragraph(_("True or false? Nothing is graded, and “I don’t know” is an honest answer."), "lead")
    with st.container(key="class-quiz"):
        form = registry.questions(led.activity, frame.lang()).form(questions.form_of(work.number, when))
        for place, statement in enumerate(form, 1):
            key = f"class.quiz.{when}.{statement.id}"
            st.radio(
                f"{place}{plain('. ' + statement.text)}",
                ANSWERS,
                index=frame.show_among(key, ANSWERS, said.get(statement.id)),
                format_func=_answers().__getitem__,
                key=key,
                horizontal=True,
                on_change=frame.guarded(_keep(led, when, statement.id, key), repeatable=True),
            )
        if questions.complete(work, when):
            frame.alert(_("It is saved: your four answers are kept. You may still change them."), "done")
        else:
            n = len(said)
            paragraph(_("Saved: {n} of {total}. Your answers are kept at once.").format(n=n, total=len(form)), "note")


def _keep(led: Class, when: When, item: str, key: str) -> Callable[[], None]:
    return lambda: frame.store().classes.reply(led.id, frame.device(), when, item, st.session_state[key])


def _answers() -> dict[Answer, str]:
    return {"true": _("True"), "false": _("False"), "unsure": _("I don’t know")}


# -- on the projected screen -----------------------------------------------------------------------------------------


def asking(led: Class, when: When) -> None:
    """While the devices are asked: what for, and how many have answered."""
    st.header(title(when), anchor=False)
    paragraph(_("Four sentences on your device. Nobody gets a score, and “I don’t know” is an honest answer."), "lead")
    _answered(led, when)


@st.fragment(run_every=1.0)
def _answered(led: Class, when: When) -> None:
    st.html(f'<p class="big" role="status">{escape(counted(led, when))}</p>')


def counted(led: Class, when: When) -> str:
    """How many have answered the whole questionnaire, in words: never who."""
    works = frame.store().classes.works(led.id)
    done = sum(questions.complete(work, when) for work in works)
    return _("Answered: {done} of {n}").format(done=done, n=len(works))


def shown(led: Class) -> None:
    """What the class answered, idea by idea, each statement with its truth and why."""
    st.header(_("Questionnaire: what the class answered"), anchor=False)
    results = _results(led)
    for pair in (results.ideas[:2], results.ideas[2:]):
        for column, idea in zip(st.columns(2, gap="large"), pair, strict=True):
            with column:
                _bars(idea, results, intervals=False)
                lines = "".join(
                    f"<li><b>{escape(_answers()['true' if each.truth else 'false'])}</b> {escape(each.text)} "
                    f"<i>{escape(each.why)}</i></li>"
                    for each in idea.statements
                )
                st.html(f'<ul class="class-key">{lines}</ul>')
    line = _("The dark line on a bar: between its ends the true share probably lies.")
    paragraph(" ".join([line, *questions.cautions(results, _)]), "source")


# -- for the facilitator ---------------------------------------------------------------------------------------------


def panel(led: Class, change: Callable[..., Callable[[], None]]) -> None:
    """Give a questionnaire, end it, read its results, show them. ``change`` makes a callback that changes the lead."""
    lead, results = led.lead, _results(led)
    with st.expander(_("Questionnaire")):
        paragraph(_("Two forms of four sentences: half of the devices get one, half the other; then the reverse."))
        with st.container(horizontal=True):
            for when, label in (("before", _("Give it: before")), ("after", _("Give it: after"))):
                st.button(
                    label,
                    key=f"class.quiz.{when}",
                    disabled=lead.quiz == when,
                    on_click=change(quiz=when, quiz_shown=False, lobby=False, locked=False),
                )
            st.button(
                _("End the questionnaire"), key="class.quiz.end", disabled=not lead.quiz, on_click=change(quiz="")
            )
        if not results.any:
            return
        for idea in results.ideas:
            _bars(idea, results)
            if said := _changed(idea):
                paragraph(said, "note")
        paragraph(" ".join(questions.cautions(results, _)), "source")
        if not results.after:
            paragraph(_("The big screen then tells what is true: give the second questionnaire first."), "note")
        st.button(
            _("Hide the results") if lead.quiz_shown else _("Show the results on the big screen"),
            key="class.quiz.show",
            on_click=change(quiz="", quiz_shown=not lead.quiz_shown, lobby=False),
        )


def _results(led: Class) -> QuizResults:
    words = registry.questions(led.activity, frame.lang())
    return questions.quiz_results(frame.store().classes.works(led.id), words)


def _bars(idea: IdeaCount, results: QuizResults, *, intervals: bool = True) -> None:
    """How many were right about an idea, each time that somebody was asked; ``intervals`` in words, or drawn only."""
    paragraph(idea.idea, "kicker")
    times = (
        (_("Right before"), results.before, idea.before),
        (_("Right after"), results.after, idea.after),
    )
    shares(
        [
            proportion(name, share_of(count.right, count.n), interval=intervals)
            for name, people, count in times
            if people
        ]
    )


def _changed(idea: IdeaCount) -> str:
    """What may be said of before and after: in points, or that nobody can tell."""
    before, after = (share_of(count.right, count.n) for count in (idea.before, idea.after))
    gain = difference(before, after)
    if gain is None:
        return ""
    if not gain.clear:
        return _("{what}: no clear change.").format(what=idea.idea)
    return _("{what}: {points} points, probably between {low} and {high}.").format(
        what=idea.idea, points=points(gain.value), low=points(gain.low), high=points(gain.high)
    )
