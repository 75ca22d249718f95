"""What a computation took, in one line, with its sum a click away. For every lab that generates something."""

from __future__ import annotations

import math

import streamlit as st

from kit.cost import Cost, Sum, formula
from pages.frame import _, lang
from pages.parts.prose import escape, paragraph


def cost_line(cost: Cost) -> None:
    """Seconds and energy of a computation that was made now, and the formula behind a button.

    Not for what was recorded: its cost was another machine's.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="source">{escape(sentence(cost))}</p>', width="content")
        with st.popover(_("The sum")):
            for line in sums(cost):
                paragraph(line)


def sentence(cost: Cost) -> str:
    """The line: seconds, what was measured where something was, and the bounds."""
    found = formula(cost)
    parts = [_("Computed in {seconds} s").format(seconds=rounded(cost.seconds))]
    if found.measured is not None:
        parts.append(_("{wh} Wh measured, for the processor").format(wh=rounded(found.measured.wh)))
    between = _("between {low} and {high} Wh for the whole laptop")
    parts.append(between.format(low=rounded(found.low.wh), high=rounded(found.high.wh)))
    return " · ".join(parts)


def sums(cost: Cost) -> list[str]:
    """The formula, then each of its sums written out with the numbers, and what it counts."""
    found = formula(cost)
    lines = [
        _("Energy (Wh) = power (W) × time (s) ÷ 3600"),
        _("At least: {sum}").format(sum=_written(found.low)),
        _low(cost),
        _("At most: {sum}").format(sum=_written(found.high)),
        _("A greedy laptop, for the whole time by the clock, waiting included."),
    ]
    if found.measured is None:
        lines.append(_("This machine does not let us read the energy that its processor counts."))
    else:
        measured = _("Measured: {wh} Wh in {seconds} s, that is {watts} W on average.")
        lines += [
            measured.format(
                wh=rounded(found.measured.wh),
                seconds=rounded(found.measured.seconds),
                watts=rounded(found.measured.watts),
            ),
            _(
                "This counter covers the processor package and everything that ran on it meanwhile, "
                "not this computation alone. It leaves out the screen and the disk."
            ),
        ]
    return lines


def _low(cost: Cost) -> str:
    """Where the seconds of the low bound come from."""
    if cost.processor_seconds / cost.cores > cost.seconds:
        return _("A frugal laptop, for the time by the clock: every core was busy.")
    text = _("A frugal laptop, with every core busy: {processor} s of processor time ÷ {cores} cores = {seconds} s.")
    return text.format(
        processor=rounded(cost.processor_seconds), cores=cost.cores, seconds=rounded(cost.machine_seconds)
    )


def _written(line: Sum) -> str:
    """One sum as it is written on paper."""
    return _("{watts} W × {seconds} s ÷ 3600 ≈ {wh} Wh").format(
        watts=rounded(line.watts), seconds=rounded(line.seconds), wh=rounded(line.wh)
    )


def rounded(value: float) -> str:
    """``value`` with two significant figures (all those before the point are kept), in the language of the session.

    What we know is no finer than that: the stated powers span a factor of three.
    """
    from babel.numbers import format_decimal

    places = 1 - math.floor(math.log10(abs(value))) if value else 0
    return str(format_decimal(round(value, max(0, places)), locale=lang(), decimal_quantization=False))
