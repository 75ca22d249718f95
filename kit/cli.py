"""The ``contrechamp`` command.

Bad input ends with one sentence on stderr and exit status 2; a report that finds a fault ends with status 1 or 2 as
each command says. What a command reports goes to stdout, progress to stderr, so that ``--json`` can be piped.
Everything heavy is imported by the command that needs it: ``contrechamp --help`` stays quick.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kit import ROOT, i18n
from kit.bias.command import bias_app
from kit.doctor import DEFAULT_PORT, LANGUAGE_VARIABLE, system_language, translator
from kit.errors import BadInput, KitError, NotFound, SetupError
from kit.i18n import N_
from kit.language.command import next_token
from kit.models.command import models_app
from kit.podcast.command import podcast_app
from kit.terminal import AsJson, bar, gettext, print_json

_ = translator(system_language())

# typer does not export the base of its usage errors; the parent of its public BadParameter is that base.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="contrechamp",
    help=_("Media-literacy workshops about generative AI, with no network. Without a command: run."),
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
deck_app = typer.Typer(help=_("Check, make, export and import decks of images."), rich_markup_mode=None)
app.add_typer(deck_app, name="deck")
app.add_typer(models_app, name="models")
app.add_typer(bias_app, name="bias")
app.add_typer(podcast_app, name="podcast")
app.command("next", help=_("Show what a language model would write after a text."))(next_token)


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise BadInput("{port} is not a port. Give a number from 1 to 65535, for example 8502.", port=port)


@app.command(help=_("Serve the kit on this machine and open the browser."))
def run(
    port: Annotated[int, typer.Option(help=_("Port to listen on."))] = DEFAULT_PORT,
    lan: Annotated[bool, typer.Option("--lan", help=_("Open the kit to the room, and print its address."))] = False,
    https: Annotated[
        bool, typer.Option("--https", help=_("With --lan: let the room use its microphones and cameras."))
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=_("Do not open a browser."))] = False,
    lang: Annotated[str, typer.Option(help=_("Language: fr or en."))] = "",
) -> None:
    """Serve until interrupted."""
    if lang:
        if lang not in i18n.LANGUAGES:
            raise BadInput(
                "“{lang}” is not a language of the kit. Choose one of: {known}.",
                lang=lang,
                known=", ".join(i18n.LANGUAGES),
            )
        os.environ[LANGUAGE_VARIABLE] = lang
    _check_port(port)
    # The server lies beside the kit, above it in the layers: only this command reaches for it.
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    import serve

    serve.run(host=serve.LOOPBACK, port=port, lan=lan, https=https, open_browser=not no_browser)


@app.command(help=_("Check that this machine is ready. Status 1 if something must be mended."))
def doctor(
    as_json: AsJson = False,
    port: Annotated[int, typer.Option(help=_("Port to look at."))] = DEFAULT_PORT,
) -> None:
    """Examine the machine and report."""
    from kit import doctor as checks

    _check_port(port)
    lang = system_language()
    found = checks.examine(port)
    ready = checks.ready(found)
    if as_json:
        print_json({"ready": ready, "language": lang, "checks": [check.as_json(lang) for check in found]})
    else:
        names = {"ok": gettext("good"), "warn": gettext("could be better"), "fail": gettext("to mend")}
        width = max(map(len, names.values()))
        for check in found:
            what, todo = check.texts(lang)
            print(f"{names[check.status]:<{width}}  {what}")
            if todo:
                print(f"{'':<{width}}  → {todo}")
        print()
        print(gettext("This machine is ready.") if ready else gettext("This machine is not ready yet."))
    raise typer.Exit(0 if ready else 1)


@deck_app.command("check", help=_("Look for faults in a deck, a folder or a zip. Status 2 if there are any."))
def deck_check(
    path: Annotated[Path, typer.Argument(help=_("The deck: a folder or a zip."))], as_json: AsJson = False
) -> None:
    """Report faults and warnings."""
    from kit.decks import store

    report = store.check(path)
    if as_json:
        print_json(report.as_json(gettext))
    else:
        for line in report.text(gettext).splitlines():
            print(line)
        verdict = gettext("“{name}” can be played.") if report.ok else gettext("“{name}” cannot be played yet.")
        print(verdict.format(name=report.name))
    raise typer.Exit(0 if report.ok else 2)


@deck_app.command("new", help=_("Make a deck from a folder of photographs and one of generated images."))
def deck_new(
    real: Annotated[Path, typer.Option(help=_("Folder of photographs."))],
    out: Annotated[Path, typer.Option(help=_("Folder to make."))],
    generated: Annotated[Path | None, typer.Option(help=_("Folder of images generated from them, same names."))] = None,
    as_json: AsJson = False,
) -> None:
    """Make a deck to complete by hand."""
    from kit.decks import store

    loaded = store.new(real, generated, out)
    if as_json:
        print_json({"id": loaded.id, "path": str(out), "items": len(loaded.deck.items)})
        return
    said = gettext("{count} pictures in {path}. Replace each “…” in deck.yaml, then: contrechamp deck check {path}")
    print(said.format(count=len(loaded.deck.items), path=out))


@deck_app.command("export", help=_("Pack a deck, a folder or an installed one, as a zip to share."))
def deck_export(
    path: Annotated[str, typer.Argument(help=_("The deck: a folder, or the id of an installed one."))],
    out: Annotated[Path, typer.Option(help=_("The zip to write."))],
    as_json: AsJson = False,
) -> None:
    """Write the zip."""
    from kit import settings
    from kit.decks import store

    loaded = store.load(Path(path)) if Path(path).is_dir() else store.find(path, settings.load())
    written = store.export(loaded, out)
    if as_json:
        print_json({"id": loaded.id, "path": str(written), "bytes": written.stat().st_size})
        return
    print(gettext("“{name}” is packed in {path}.").format(name=loaded.id, path=written))


@deck_app.command("import", help=_("Install a deck that someone shared."))
def deck_import(
    path: Annotated[Path, typer.Argument(metavar="FILE.zip", help=_("The zip."))], as_json: AsJson = False
) -> None:
    """Install a deck in the data folder."""
    from kit import settings
    from kit.decks import store

    loaded = store.import_zip(_read(path), path.name, settings.load())
    if as_json:
        print_json({"id": loaded.id, "path": str(loaded.folder), "items": len(loaded.deck.items)})
        return
    said = gettext("The deck “{name}” is installed, with {count} pictures.")
    print(said.format(name=loaded.id, count=len(loaded.deck.items)))


def _read(path: Path) -> bytes:
    """The bytes of a file that a person named. Raises :class:`NotFound`, :class:`BadInput`."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("There is no file “{path}”. Check its name and its folder.", path=str(path)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput("“{path}” cannot be read ({reason}).", path=str(path), reason=reason) from error


@app.command(help=_("Make a new image out of photographs, labelled as generated."))
def generate(
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO...", help=_("JPEG, PNG or WebP photographs."))],
    out: Annotated[Path, typer.Option(help=_("The PNG to write."))],
    size: Annotated[int, typer.Option(help=_("Longest side, in pixels."))] = 384,
    seed: Annotated[int, typer.Option(help=_("Same seed, same image."))] = 0,
    fidelity: Annotated[float, typer.Option(help=_("0: dreams; 1: stays close to the photograph."))] = 0.5,
    mask: Annotated[Path | None, typer.Option(help=_("An image: only where it is white is made anew."))] = None,
    as_json: AsJson = False,
) -> None:
    """Run the embedded generator, here and now, and save what it made."""
    from kit.images.intake import read_image

    if out.suffix.lower() != ".png":
        raise BadInput("“{path}” is not the name of a PNG. Give --out a name that ends in .png.", path=str(out))
    if not out.absolute().parent.is_dir():
        raise NotFound("There is no folder “{folder}”. Create it, or write elsewhere.", folder=str(out.parent))
    pictures = []
    for path in photos:
        intake = read_image(_read(path), path.name)
        for note in intake.notes:
            print(f"{path.name}: {note.text(gettext)}", file=sys.stderr)
        pictures.append(intake.pixels)
    where = read_image(_read(mask), mask.name).pixels if mask else None

    from kit.compute.progress import listening
    from kit.images import generate as generator
    from kit.images.label import SourceType, save_labelled

    with listening(bar()):
        made = generator.generate(pictures, seed=seed, size=size, fidelity=fidelity, mask=where)
    try:
        # Where a mask keeps most of the photograph, the image is an altered one.
        save_labelled(
            made.image, out, source_type=SourceType.ALTERED if mask else SourceType.GENERATED, lang=system_language()
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise SetupError("“{path}” cannot be written ({reason}).", path=str(out), reason=reason) from error
    height, width = made.image.shape[:2]
    if as_json:
        print_json({"path": str(out), "width": width, "height": height, "seed": seed, "fidelity": fidelity})
        return
    print(
        gettext("{path}: {width} × {height} pixels, labelled as generated.").format(
            path=out, width=width, height=height
        )
    )


def main() -> NoReturn:
    """Entry point: run the command and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console starts in an encoding without most of our typography.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h")):
        arguments = ["run", *arguments]
    sys.exit(invoke(arguments))


USAGE = (
    # What typer says, and the sentence for it.
    (r"Missing command", N_("Name a command. “contrechamp --help” lists them.")),
    (r"No such command '(.*?)'", N_("“{0}” is not a command. “contrechamp --help” lists them.")),
    (r"No such option:? '?(-[^\s'.]*)", N_("“{0}” is not an option of this command. Add --help to see those it has.")),
    (
        r"Missing (?:option|argument|parameter):? '?([^'.]*)",
        N_("“{0}” is missing. Add --help to see what the command takes."),
    ),
    (
        r"Invalid value for '?(.*?)'?: (.*)",
        N_("“{0}” has a value that cannot be used ({1}). Add --help to see what it takes."),
    ),
    (
        r"unexpected extra argument.*? \(([^()]*)\)$",
        N_("“{0}” is one word too many. If it belongs to a file name, write that in quotes."),
    ),
    (r"Option '?(-[^\s']*?)'? requires", N_("“{0}” needs a value after it. Add --help to see which.")),
)


def usage(problem: str) -> str:
    """One sentence, in the language of this machine, for what typer could not understand."""
    for pattern, sentence in USAGE:
        if found := re.search(pattern, problem):
            return gettext(sentence).format(*(part.strip().rstrip(".") for part in found.groups()))
    return gettext("The command was not understood ({problem}). See “contrechamp --help”.").format(problem=problem)


def invoke(arguments: list[str]) -> int:
    """Run one command line; its exit status. Every error that is for people becomes one sentence on stderr."""
    try:
        status = app(arguments, prog_name="contrechamp", standalone_mode=False)
    except KitError as error:
        print(error.text(gettext), file=sys.stderr)
        return 2
    except UsageError as error:
        print(usage(error.format_message()), file=sys.stderr)  # type: ignore[attr-defined]
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Whoever read our output has left (`contrechamp doctor | head`): nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
