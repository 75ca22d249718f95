"""The rule of levels."""

from __future__ import annotations

from itertools import combinations

import pytest

from kit.levels import Level, Role, may_generate

YOUNG = (Level.CYCLE_2, Level.CYCLE_3, Level.CINQUIEME)
OLDER = (Level.QUATRIEME_TROISIEME, Level.LYCEE, Level.ADULTS)


def test_levels_go_from_the_youngest_on() -> None:
    assert tuple(Level) == YOUNG + OLDER
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4, 5]
    for younger, older in combinations(Level, 2):
        assert older.at_least(younger)
        assert not younger.at_least(older)
    assert all(level.at_least(level) for level in Level)


def test_values_are_those_written_in_files() -> None:
    assert [str(level) for level in Level] == ["cycle2", "cycle3", "5e", "4e-3e", "lycee", "adults"]


@pytest.mark.parametrize("role", [Role.LEARNER, Role.PARTICIPANT])
def test_below_4e_pupils_generate_nothing_themselves(role: Role) -> None:
    assert not any(may_generate(level, role) for level in YOUNG)
    assert all(may_generate(level, role) for level in OLDER)


@pytest.mark.parametrize("level", Level)
def test_the_facilitator_always_may_and_the_projector_never(level: Level) -> None:
    assert may_generate(level, Role.FACILITATOR)
    assert not may_generate(level, Role.PROJECTOR)
