"""Languages: gettext catalogues for the words of the code, one YAML file a language for the words of an activity.

Messages are English in the code. French is complete and the default. Nothing is global: a language is passed, since
two people with two languages share one process. Extract and compile with ``python -m kit.i18n`` (Babel).
"""

from __future__ import annotations

import ast
import gettext
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kit import ROOT

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

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


def N_(message: str) -> str:
    """Mark ``message`` for extraction; it is translated where it is shown."""
    return message


def translator(lang: str) -> Callable[[str], str]:
    """The gettext function of a language."""
    return catalogue(lang).gettext


CODE = ("app.py", "serve.py", "kit", "activities", "pages")
"""Where messages are looked for, below the root."""


def extract() -> Catalog:
    """The messages of the code as an empty Babel catalogue. Writes nothing."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

    files = [
        file
        for name in CODE
        for file in ([ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py")))
    ]
    # An error names its message first, and so does a note on a file that came in; a report of progress names it second.
    keywords = {
        **DEFAULT_KEYWORDS,
        "N_": None,
        "Note": None,
        "report": (2,),
        "on_progress": (2,),
        **dict.fromkeys(_error_names(files)),
    }
    template = Catalog()
    for file in files:
        for _, message, comments, _ in extract_from_file(
            "python", file, keywords=keywords, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            template.add(message, auto_comments=comments)
    return template


def _error_names(files: list[Path]) -> set[str]:
    """Names of the subclasses of ``KitError``, wherever they are defined."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    names = {"KitError"}
    while more := {name for name, parents in bases.items() if parents & names} - names:
        names |= more
    return names


def merge(template: Catalog, po: bytes, lang: str) -> Catalog:
    """The messages of ``template`` with the translations of the catalogue ``po`` (``b""``: none yet).

    The header holds no date and no name: the same code and translations give the same bytes.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    class Steady(Catalog):
        """A catalogue whose header depends on its language alone."""

        @property
        def mime_headers(self) -> list[tuple[str, str]]:
            return [
                ("Language", lang),
                ("Plural-Forms", self.plural_forms),
                ("MIME-Version", "1.0"),
                ("Content-Type", f"text/plain; charset={self.charset}"),
                ("Content-Transfer-Encoding", "8bit\n"),
            ]

    known = read_po(io.BytesIO(po), locale=lang)
    merged = Steady(
        locale=lang, header_comment="# The words of the kit. “python -m kit.i18n” adds new ones.", fuzzy=False
    )
    for message in template:
        if message.id:
            before = known.get(message.id)
            merged.add(message.id, before.string if before else "", auto_comments=message.auto_comments)
    return merged


def po_bytes(catalog: Catalog) -> bytes:
    """A catalogue as a ``.po`` file."""
    from babel.messages.pofile import write_po

    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, no_location=True)
    return out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """A catalogue as a ``.mo`` file; messages without translation are left out."""
    from babel.messages.mofile import write_mo

    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def build() -> None:
    """Extract the messages of the code, merge them into each ``.po``, compile each ``.mo``."""
    template = extract()
    for lang in LANGUAGES:
        if lang == "en":
            continue
        po = LOCALES / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
        po.parent.mkdir(parents=True, exist_ok=True)
        merged = merge(template, po.read_bytes() if po.exists() else b"", lang)
        po.write_bytes(po_bytes(merged))
        po.with_suffix(".mo").write_bytes(mo_bytes(merged))
        missing = [m.id for m in merged if m.id and not m.string]
        print(f"{lang}: {len(merged)} messages, {len(missing)} without translation")
        for message in missing:
            print(f"  - {message}")


if __name__ == "__main__":
    build()
