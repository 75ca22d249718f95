"""Languages: gettext catalogues for the words of the code, one YAML file a language for the words of an activity.

Messages are English in the code. French is complete and the default. Nothing is global: a language is passed, since
two people with two languages share one process. Extract and compile with ``python -m kit.i18n`` (Babel).
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

from kit import ROOT

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "contrechamp"
LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"


def language(code: str | None) -> str:
    """The supported language nearest to ``code`` (``"en-GB"`` → ``"en"``), or the default."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else DEFAULT


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The catalogue of a supported language; English is the source and needs none."""
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [lang])


def translator(lang: str) -> Callable[[str], str]:
    """The gettext function of a language."""
    return catalogue(lang).gettext


def build() -> None:
    """Extract the messages of the code, merge them into each ``.po``, compile each ``.mo``."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po, write_po

    # An error names its message first: the classes are keywords of their own.
    from kit import errors

    keywords = dict(DEFAULT_KEYWORDS) | {"N_": None}
    keywords |= {
        name: None
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, errors.KitError)
    }
    template = Catalog(project=DOMAIN, charset="utf-8")
    for folder in ("app.py", "kit", "activities", "pages"):
        path = ROOT / folder
        base = path.parent if path.is_file() else path
        only = [(path.name, "python")] if path.is_file() else [("**.py", "python")]
        for file, line, message, comments, _ in extract_from_dir(
            base, only, keywords=keywords, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            if path.is_file() and file != path.name:
                continue
            template.add(message, None, [(f"{'' if path.is_file() else folder + '/'}{file}", line)], auto_comments=comments)
    for lang in LANGUAGES:
        if lang == "en":
            continue
        po = LOCALES / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        current = read_po(po.open("rb"), locale=lang) if po.exists() else Catalog(locale=lang, domain=DOMAIN)
        current.update(template, no_fuzzy_matching=True)
        with po.open("wb") as out:
            write_po(out, current, width=120, omit_header=False, sort_output=True, ignore_obsolete=True, no_location=True)
        with po.with_suffix(".mo").open("wb") as out:
            write_mo(out, current)
        missing = [m.id for m in current if m.id and not m.string]
        print(f"{lang}: {len(current)} messages, {len(missing)} without translation")
        for message in missing:
            print(f"  - {message}")


if __name__ == "__main__":
    build()
