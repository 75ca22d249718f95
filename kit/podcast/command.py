"""``contrechamp podcast``: an episode out of a folder, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kit.doctor import system_language, translator
from kit.terminal import AsJson, bar, gettext, number, print_json

_ = translator(system_language())

podcast_app = typer.Typer(help=_("Make a podcast episode out of a folder."), rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(help=_("The project: a folder with an episode.yaml."))]


@podcast_app.command("new", help=_("Begin a project: a folder with an episode.yaml that explains itself."))
def podcast_new(
    folder: Annotated[Path, typer.Argument(help=_("Folder to make."))],
    lang: Annotated[str, typer.Option(help=_("Language: fr or en."))] = "",
    as_json: AsJson = False,
) -> None:
    """Write a project that renders as it is."""
    from kit.podcast.starter import start

    file = start(folder, lang or system_language())
    if as_json:
        print_json({"path": str(file)})
        return
    said = gettext(
        "{file} is written. Read it, change it, then: contrechamp podcast render {folder} --out OTHER_FOLDER"
    )
    print(said.format(file=file, folder=folder))


@podcast_app.command("check", help=_("Look for all the faults of a project at once. Status 2 if there are any."))
def podcast_check(folder: Folder, as_json: AsJson = False) -> None:
    """Report faults and warnings."""
    from kit.podcast.checking import check

    report = check(folder)
    if as_json:
        print_json(report.as_json(gettext))
    else:
        for line in report.text(gettext).splitlines():
            print(line)
        verdict = (
            gettext("The episode in “{name}” can be made.") if report.ok else gettext("“{name}” has faults to mend.")
        )
        print(verdict.format(name=report.name))
    raise typer.Exit(0 if report.ok else 2)


@podcast_app.command("render", help=_("Make the episode: sound, chapters, transcripts, notes, cover, feed."))
def podcast_render(
    folder: Folder,
    out: Annotated[Path, typer.Option(help=_("Folder to write into; it is made if needed."))],
    as_json: AsJson = False,
) -> None:
    """Write the files, and say how loud and how long the episode is."""
    from kit.compute.progress import listening
    from kit.podcast.render import render

    draw = bar()
    with listening(draw):
        made = render(folder, out)
    draw(1.0)
    if as_json:
        print_json(made.as_json(gettext))
        return
    loudness = gettext("silent") if made.integrated is None else f"{number(made.integrated)} LUFS"
    said = gettext("{out}: {files}. {seconds} s, {loudness}, true peak {peak} dBTP; made in {wall} s.")
    print(
        said.format(
            out=out,
            files=", ".join(made.files),
            seconds=number(made.seconds),
            loudness=loudness,
            peak=number(made.true_peak),
            wall=number(made.wall),
        )
    )
    for note in made.notes:
        print(note.text(gettext))
    if not made.publishable:
        print(gettext("Not to be published yet: no feed was written."))
        for why in made.missing:
            print(f"- {why.text(gettext)}")
