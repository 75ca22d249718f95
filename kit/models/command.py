"""``contrechamp models``: list, get, check and remove the models of the catalogue."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from kit import settings
from kit.doctor import system_language, translator
from kit.errors import NotAllowed
from kit.i18n import N_
from kit.models import catalogue, store
from kit.models.catalogue import Checker, Entry, Task
from kit.models.store import Installed
from kit.terminal import AsJson, bar, gettext, print_json

_ = translator(system_language())

models_app = typer.Typer(help=_("List, install, check and remove models of the hub."), rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help=_("A name of the catalogue."))]
YES = N_("yes")


@models_app.command("list", help=_("List the models that the kit knows, and those that are installed."))
def models_list(as_json: AsJson = False) -> None:
    """Print the catalogue."""
    now = settings.load()
    have = {model.name: model for model in store.installed(now)}
    entries = {entry.name: entry for entry in catalogue.load(now).models}
    entries |= {name: model.entry for name, model in have.items() if name not in entries}
    if as_json:
        print_json([_as_json(entry, have.get(name)) for name, entry in entries.items()])
        return
    for name, entry in entries.items():
        if name in have:
            state = gettext("installed")
        elif entry.revision:
            state = gettext("not installed")
        else:
            state = gettext("not installed, revision to be filled in")
        print(f"{name}  ({state})")
        for line in _about(entry):
            print(f"    {line}")


@models_app.command("get", help=_("Download and install a model. The only command that needs a network."))
def models_get(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help=_("Accept the licence without being asked."))] = False,
    revision: Annotated[str, typer.Option(help=_("Commit to install in place of the catalogue’s."))] = "",
    as_json: AsJson = False,
) -> None:
    """Show the licence, then download, verify and install."""
    from kit.models import hub

    now = settings.load()
    entry = catalogue.load(now).find(name)
    offer = hub.look(entry, now, revision or None)
    for line in [*_about(entry), _megabytes(gettext("{size} MB to download."), offer.picked.bytes)]:
        print(line, file=sys.stderr)
    if not (yes or _accepted()):
        raise NotAllowed("The licence was not accepted, so “{name}” was not installed.", name=name)
    model = hub.get(offer, now, _progress())
    if as_json:
        print_json(_as_json(entry, model))
        return
    said = gettext("“{name}” is installed at revision {revision}.")
    print(said.format(name=name, revision=model.revision))
    if entry.task is Task.TEXT_TO_IMAGE and not model.safety_checker:
        print(gettext("It has no safety checker: look at its images before anyone else does."))


@models_app.command(
    "check", help=_("Read an installed model again, and say whether it is whole. Status 2 if it is not.")
)
def models_check(name: Name, as_json: AsJson = False) -> None:
    """Compare every file with what was installed."""
    faults = [fault.text(gettext) for fault in store.check(name, settings.load(), _progress())]
    if as_json:
        print_json({"name": name, "whole": not faults, "faults": faults})
    else:
        for fault in faults:
            print(fault)
        verdict = (
            gettext("“{name}” is damaged. Remove it and install it again.") if faults else gettext("“{name}” is whole.")
        )
        print(verdict.format(name=name))
    raise typer.Exit(2 if faults else 0)


@models_app.command("remove", help=_("Erase an installed model, and what a cut download left of it."))
def models_remove(name: Name, as_json: AsJson = False) -> None:
    """Erase it."""
    store.remove(name, settings.load())
    if as_json:
        print_json({"name": name, "removed": True})
        return
    print(gettext("“{name}” is removed.").format(name=name))


def _about(entry: Entry) -> list[str]:
    """What a person should know before they install a model: a few lines."""
    lang = system_language()
    unsure = gettext("to be checked")

    def mark(text: str, *fields: str) -> str:
        return f"{text} ({unsure})" if set(fields) & set(entry.to_check) else text

    lines = [mark(entry.shows.text(lang), "shows")]
    lines.append(mark(f"{entry.licence.name}, {entry.licence.url}", "licence"))
    if entry.licence.restricts:
        lines.append(mark(entry.licence.restricts.text(lang), "licence"))
    size = gettext("{size} MB on the disk, {memory} GB of memory.").format(
        size=entry.size_mb, memory=f"{entry.memory_gb:g}".replace(".", "," if lang == "fr" else ".")
    )
    lines.append(mark(size, "size_mb", "memory_gb"))
    lines.append(mark(entry.machine.text(lang), "machine"))
    if entry.safety_checker is Checker.ABSENT:
        lines.append(mark(gettext("No safety checker."), "safety_checker"))
    return lines


def _accepted() -> bool:
    """Ask whoever sits there; where nobody does, the answer is no."""
    if not sys.stdin.isatty():
        raise NotAllowed("Read the licence, then accept it with --yes: nobody can be asked here.")
    print(
        gettext("Do you accept this licence? Type “{yes}”:").format(yes=gettext(YES)),
        end=" ",
        file=sys.stderr,
        flush=True,
    )
    return sys.stdin.readline().strip().lower() in (gettext(YES), YES, gettext(YES)[0], YES[0])


def _progress() -> Callable[[int, int], None]:
    draw = bar()
    return lambda done, total: draw(done / total if total else 1.0)


def _megabytes(text: str, size: int) -> str:
    return text.format(size=max(round(size / 10**6), 1))


def _as_json(entry: Entry, model: Installed | None) -> dict[str, Any]:
    report = entry.model_dump(mode="json")
    report["installed"] = (
        {
            "revision": model.revision,
            "bytes": model.bytes,
            "safety_checker": model.safety_checker,
            "path": str(model.files),
        }
        if model
        else None
    )
    return report
