"""``contrechamp next``: what a language model would write after a text."""

from __future__ import annotations

from typing import Annotated

import typer

from kit.doctor import system_language, translator
from kit.errors import BadInput
from kit.language.loading import JOURNAL
from kit.terminal import AsJson, number, print_json

_ = translator(system_language())

ModelName = Annotated[str, typer.Option("--model", help=_("A model of the kit, or a folder of Hugging Face’s layout."))]
MAX_TEXT = 20_000
"""Characters."""


def next_token(
    text: Annotated[str, typer.Argument(help=_("The beginning of a text."))],
    model: ModelName = JOURNAL,
    top: Annotated[int, typer.Option(min=1, max=1_000, help=_("How many to show."))] = 10,
    as_json: AsJson = False,
) -> None:
    """Print the likeliest next tokens, each with its probability."""
    from kit.language.loading import load
    from kit.language.scoring import Causal

    if len(text) > MAX_TEXT:
        raise BadInput("The text has {count} characters; at most {most} are read.", count=len(text), most=MAX_TEXT)
    loaded = load(model)
    if not isinstance(loaded, Causal):
        raise BadInput("“{name}” fills blanks and does not continue a text. Choose a causal model.", name=model)
    found = loaded.next_tokens(text, top)
    if as_json:
        print_json(
            {
                "model": model,
                "text": text,
                "tokens": [loaded.text(token) for token in loaded.ids(text)],
                "next": [{"id": token, "token": said, "probability": share} for token, said, share in found],
            }
        )
        return
    widest = max(len(shown(said)) for _, said, _ in found)
    for _id, said, share in found:
        print(f"{shown(said):<{widest}}  {number(100 * share):>5} %  {'█' * round(40 * share)}")


def shown(token: str) -> str:
    """A token so that its spaces and its control characters can be seen, and can do nothing to a terminal."""
    return "".join("␣" if char.isspace() else char if char.isprintable() else "�" for char in token)
