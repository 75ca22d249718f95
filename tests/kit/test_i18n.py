"""Languages: every message of the code is extracted, translated, compiled, and set as French is."""

from __future__ import annotations

import gettext
import io
import re
import string
import subprocess
import sys
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kit import ROOT, i18n
from kit.errors import KitError

PO = i18n.LOCALES / "fr" / "LC_MESSAGES" / "contrechamp.po"
FRENCH_FAULTS = (
    (r"['\"]", "a straight quote or apostrophe"),
    (r"«(?!\u202f)|(?<!\u202f)»", "« and » take a narrow no-break space inside"),
    (r"(?<![\u202f!?])[;!?]", "; ! ? follow a narrow no-break space"),
    (r"(?<![\u00a0\u202f]):(?!//|\w)", ": follows a no-break space"),
    (r"(?<![\u00a0\u202f])%", "% follows a no-break space"),
    (r"[\dx] (?:Wh|W|s|Mo|Go|px)(?![’\w])", "a unit follows a no-break space"),
    (r"[“”]", "English quotes"),
    (r"\.\.\.", "three dots instead of …"),
    (r"  +", "two spaces"),
)
CODE = re.compile(r"https?://\S+|\{[^}]*\}|--\S+|portrait: true")
"""What a message quotes as it must be typed."""


@cache
def template() -> Catalog:
    """The messages of the code, extracted in memory."""
    return i18n.extract()


@cache
def french() -> Catalog:
    """The French catalogue as it lies on disk."""
    return read_po(io.BytesIO(PO.read_bytes()), locale="fr")


def ids(catalog: Catalog) -> set[str]:
    return {message.id for message in catalog if message.id}


def translated() -> dict[str, str]:
    return {message.id: message.string for message in french() if message.id and message.string}


def fields(message: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(message) if name is not None)


# -- choosing a language ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "wanted"),
    [("fr", "fr"), ("fr-CA", "fr"), ("en", "en"), ("en_GB.UTF-8", "en"), ("EN-us", "en"), ("de", "fr"), ("", "fr")],
)
def test_nearest_language(code: str | None, wanted: str) -> None:
    assert i18n.language(code) == wanted


def test_english_is_the_source() -> None:
    """English is complete by construction: every message of the code is said as it stands."""
    say = i18n.translator("en")
    assert all(say(message) == message for message in ids(template()))


def test_two_languages_live_side_by_side() -> None:
    message = next(iter(translated()), None)
    if message is None:
        pytest.fail("nothing is translated yet")
    assert i18n.translator("fr")(message) == translated()[message]
    assert i18n.translator("en")(message) == message


def test_an_error_is_said_in_french() -> None:
    error = KitError("There is no activity called “{slug}”. Choose one from the home page.", slug="échecs")
    said = error.text(i18n.translator("fr"))
    assert "échecs" in said
    assert said != str(error)


# -- the catalogue ----------------------------------------------------------------------------------------------------


def test_extraction_finds_what_people_read() -> None:
    found = ids(template())
    for message in (
        "CONTRECHAMP_CACHE_MB is “{value}”; it takes a whole number of megabytes, 1 or more.",  # an error
        "Another window of this browser has moved on. This window now shows the same thing.",  # … defined in the store
        "Privacy",  # a page
        "The transparent parts now show white.",  # a note on a file
    ):
        assert message in found
    assert any(message.startswith("Port {port} is already in use") for message in found), "serve.py"
    assert len(found) > 300


def test_every_message_of_the_code_is_in_the_catalogue() -> None:
    assert sorted(ids(template()) - ids(french())) == [], "run: python -m kit.i18n"


def test_the_catalogue_holds_nothing_else() -> None:
    assert sorted(ids(french()) - ids(template())) == [], "run: python -m kit.i18n"


def test_french_is_complete() -> None:
    assert sorted(message.id for message in french() if message.id and not message.string.strip()) == []
    assert [message.id for message in french() if message.id and message.fuzzy] == []


def test_placeholders_are_kept() -> None:
    wrong = {message: fields(string) for message, string in translated().items() if fields(string) != fields(message)}
    assert wrong == {}


def test_edges_are_kept() -> None:
    """Newlines, and spaces at either end, are part of what the code prints."""

    def edges(text: str) -> tuple[int, bool, bool]:
        return text.count("\n"), text[:1].isspace(), text[-1:].isspace()

    assert [message for message, string in translated().items() if edges(message) != edges(string)] == []


def test_french_is_set_as_french() -> None:
    found = [
        f"{what}: {said!r}"
        for said in translated().values()
        for pattern, what in FRENCH_FAULTS
        if re.search(pattern, CODE.sub("x", said))
    ]
    assert found == []


def test_the_proofreader_sees_what_it_should() -> None:
    for bad in ("l'image", "« mot »", "Qui ?", "Voici : rien", "5 %", "5 Wh", "“mot”", "hm..."):
        assert any(re.search(pattern, bad) for pattern, _ in FRENCH_FAULTS), bad
    good = "Œuvre de l’école\u00a0: «\u202fmot\u202f»\u202f; où\u202f? 5\u202f%"
    assert not any(re.search(pattern, good) for pattern, _ in FRENCH_FAULTS)


# -- the files --------------------------------------------------------------------------------------------------------


def test_the_mo_is_the_po_compiled() -> None:
    assert PO.with_suffix(".mo").read_bytes() == i18n.mo_bytes(i18n.merge(french(), PO.read_bytes(), "fr"))


def test_building_again_changes_nothing() -> None:
    once = i18n.po_bytes(i18n.merge(template(), PO.read_bytes(), "fr"))
    assert i18n.po_bytes(i18n.merge(template(), once, "fr")) == once
    assert PO.read_bytes() == once, "run: python -m kit.i18n"


def test_the_catalogue_names_no_date_and_no_person() -> None:
    made = i18n.po_bytes(i18n.merge(template(), b"", "fr")).decode()
    head = made.split("\n\n", 1)[0]
    assert not re.search(r"20\d\d|DATE|NAME|PROJECT|EMAIL|Babel", head)
    assert "charset=utf-8" in head


def test_merging_keeps_translations_and_drops_what_is_gone() -> None:
    code = Catalog()
    code.add("Kept {n}")
    code.add("New")
    old = b'msgid "Kept {n}"\nmsgstr "Gard\xc3\xa9 {n}"\n\nmsgid "Gone"\nmsgstr "Parti"\n'
    merged = i18n.merge(code, old, "fr")
    assert {message.id: message.string for message in merged if message.id} == {"Kept {n}": "Gardé {n}", "New": ""}
    compiled = gettext.GNUTranslations(io.BytesIO(i18n.mo_bytes(merged)))
    assert compiled.gettext("Kept {n}") == "Gardé {n}"
    assert compiled.gettext("New") == "New", "what has no translation is said in English, never as nothing"


def test_translating_imports_no_babel() -> None:
    """Babel is for the build: a page that only says a message does not pay for it."""
    code = "import sys; from kit import i18n; i18n.translator('fr')('Privacy'); print('babel' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "False"
