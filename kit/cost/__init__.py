"""What a computation took: seconds, processor time and energy; and, apart from it, what others have published.

:mod:`~kit.cost.meter` measures, around a computation and in the compute worker that runs it::

    with Meter() as meter:
        picture = generate(...)
    return Result(picture=picture, cost=meter.cost)   # a Cost: plain values, which cross to the page

A page writes the sum out from :func:`formula`. Words live in the content files, keyed by the ids found here.

Three kinds of energy figure are kept apart, because they do not count the same things:

* *measured*: the processor package(s) of this machine (:mod:`~kit.cost.rapl`), where the system lets us read them;
* *bounded*: this machine as a whole, from a stated power and the times that were measured;
* *published*: other machines, other years, other perimeters (:mod:`~kit.cost.published`). They belong on a card of
  their own and never on one chart with ours.
"""

from __future__ import annotations

from kit.cost.meter import HIGH_WATTS, LOW_WATTS, Cost, Formula, Meter, Sum, formula, measured
from kit.cost.published import PUBLISHED, Figure, Mark, Perimeter

__all__ = [
    "HIGH_WATTS",
    "LOW_WATTS",
    "PUBLISHED",
    "Cost",
    "Figure",
    "Formula",
    "Mark",
    "Meter",
    "Perimeter",
    "Sum",
    "formula",
    "measured",
]
