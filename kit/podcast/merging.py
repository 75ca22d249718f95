"""Two people at one project: what each changed since it was read, put together where it does not meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from pydantic import ValidationError

from kit.errors import BadInput
from kit.podcast.episode import Episode
from kit.podcast.store import Opened, Projects

_KEYS: dict[str, Callable[[Any], str]] = {
    "segments": lambda segment: str(segment.id),
    "claims": lambda claim: str(claim.id),
    "members": lambda member: str(member.name),
}
"""Lists whose entries are changed one by one, and what tells an entry from another."""


class Clash(BadInput):
    """Both changed the same thing."""


def update(
    projects: Projects, project: str, how: Callable[[Episode], Episode], *, seen: Opened, own: Collection[str]
) -> str:
    """Save what ``how`` makes of a project, and return its new version.

    ``seen`` is what was on the screen, ``own`` the versions that this screen itself has saved since: they are gone on
    from. What somebody else saved meanwhile is kept beside the change.

    Raises :class:`Clash` if both changed the same thing: theirs stays, and the sentence repeats what is refused.
    """
    latest = projects.open(project)
    if latest.version == seen.version or latest.version in own:
        changed = how(latest.episode)
    else:
        changed = merge(seen.episode, how(seen.episode), latest.episode)
    if changed == latest.episode:
        return latest.version
    return projects.save(project, changed, replaces=latest.version)


def merge(base: Episode, mine: Episode, theirs: Episode) -> Episode:
    """``theirs`` with what ``mine`` changed of ``base``. Raises :class:`Clash` where both changed the same thing."""
    fields = {}
    for name in Episode.model_fields:
        before, one, other = (getattr(episode, name) for episode in (base, mine, theirs))
        fields[name] = _entries(before, one, other, _KEYS[name]) if name in _KEYS else _either(before, one, other)
    try:
        return theirs.having(**fields)
    except ValidationError as error:  # one takes away what the other has just named
        raise _clash(base, mine) from error


def _either(before: Any, one: Any, other: Any) -> Any:
    """What was changed by one of the two."""
    if one in (before, other):
        return other
    if other == before:
        return one
    raise _clash(before, one)


def _entries(before: Sequence[Any], one: Sequence[Any], other: Sequence[Any], key: Callable[[Any], str]) -> Any:
    """A list whose entries may be changed by either; only one of the two may have added, removed or moved some."""
    first, mine, theirs = ({key(entry): entry for entry in entries} for entries in (before, one, other))
    order = _either(list(first), list(mine), list(theirs))
    return tuple(_entry(first.get(name), mine.get(name), theirs.get(name)) for name in order)


def _entry(before: Any, one: Any, other: Any) -> Any:
    # One of them may be missing: added by one side, or taken away by the other, whose order then decided.
    if before is None:
        return one if one is not None else other
    if one is None or other is None:
        return other if one is None else one
    return _either(before, one, other)


def _clash(before: Any, one: Any) -> Clash:
    wrote = next(iter(_texts(before, one)), "")
    if wrote:
        return Clash(
            "Somebody else has just changed the same thing. Theirs is kept. You had written: “{mine}”.", mine=wrote
        )
    return Clash("Somebody else has just changed the same thing. Theirs is kept: look at it, then do yours again.")


def _texts(before: Any, one: Any) -> list[str]:
    """The texts of ``one`` that are not those of ``before``."""
    if isinstance(one, str):
        return [one] if one != before else []
    if hasattr(one, "model_fields_set") and type(one) is type(before):
        return [text for name in type(one).model_fields for text in _texts(getattr(before, name), getattr(one, name))]
    return []
