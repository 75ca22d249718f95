"""What is wrong with a text that is not YAML, in sentences of our own: those of pyyaml are for its developers."""

from __future__ import annotations

import yaml

from kit.errors import BadContent, KitError
from kit.faults import MAX_SHOWN, Fault, shown

_QUOTES = ("'", '"')


class Refused(yaml.constructor.ConstructorError):
    """YAML that the kit does not accept; ``what`` says why."""

    def __init__(self, what: KitError, where: yaml.Event | yaml.Node) -> None:
        super().__init__(None, None, str(what), where.start_mark)
        self.what = what


def no_tags() -> KitError:
    """The fault of a tag."""
    return BadContent("tags (!name) are not accepted; to begin a text with “!”, write it in quotes")


def unreadable(text: str) -> KitError:
    """The fault of what looks like a date or a number, and is none."""
    return BadContent("“{text}” cannot be read; write it in quotes", text=shown(text))


def of(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """The fault behind an error of pyyaml while it read ``text``."""
    if isinstance(error, Refused):
        return Fault(what=error.what, line=_line(error.problem_mark))
    # What was opened and never closed is shown where it begins.
    opened = (error.problem or "").startswith(("found unexpected", "could not find expected ':'"))
    mark = (error.context_mark if opened else None) or error.problem_mark
    return Fault(what=_sentence(error, text), line=_line(mark))


def _line(mark: yaml.Mark | None) -> int:
    return mark.line + 1 if mark else 1


def _sentence(error: yaml.MarkedYAMLError, text: str) -> KitError:
    problem, context = error.problem or "", error.context or ""
    at = error.problem_mark.index if error.problem_mark else 0
    begins = error.context_mark.index if error.context_mark else at
    character = text[at : at + 1]
    # 1. Inside quotes
    if context in ("while scanning a quoted scalar", "while scanning a double-quoted scalar"):
        if problem.startswith("found unexpected"):
            return BadContent("the quotes opened here are never closed")
        return BadContent(
            "between double quotes, “\\” begins a code that must be known; write “\\” twice, or use simple quotes"
        )
    # 2. Other openings
    if context == "while scanning a block scalar":
        return BadContent("after “|” or “>”, the text begins on the next line, indented")
    if " tag" in context or "tag handle" in problem:
        return no_tags()
    if context in ("while scanning an anchor", "while scanning an alias", "while scanning a directive"):
        return _cannot_begin(text[begins : begins + 1])
    if problem.startswith("expected the node content") and not character:
        return BadContent("a bracket is still open where the text ends")
    if problem.startswith("expected ',' or"):
        return BadContent(
            "the bracket opened on line {opened} is not closed, or a comma is missing, or a text needs quotes",
            opened=_line(error.context_mark),
        )
    # 3. A character out of place
    if problem.startswith("found character") and character == "\t":
        return BadContent("a tab cannot stand here; indent with spaces")
    if problem.startswith(("found character", "expected the node content", "mapping keys are not allowed")):
        return _cannot_begin(character)
    if problem.startswith("mapping values are not allowed"):
        return BadContent(
            "a “:” cannot stand here; write a text that holds one in quotes, and check the spaces at the start of lines"
        )
    if problem.startswith("could not find expected ':'"):
        return BadContent("a “:” is missing after the name of a field, or a text that goes on is not indented")
    if problem.startswith("sequence entries are not allowed"):
        return BadContent(
            "a “-” cannot stand here; begin each entry of a list on a line of its own, or write the text in quotes"
        )
    # 4. Blocks that do not fit together
    if problem.startswith(("expected <block end>", "expected '<document start>'")):
        if text[:at].rstrip().endswith(_QUOTES):
            return BadContent("nothing can follow closing quotes; inside simple quotes, write an apostrophe twice")
        return BadContent("this line does not fit those above; begin the fields of one block in the same column")
    if problem.startswith("but found another document"):
        return BadContent("another document begins here; a file holds only one")
    if problem.startswith("found unhashable key"):
        return BadContent("the name of a field is a plain text, not a list or a block")
    if "for merging" in problem:
        return BadContent("“<<” takes a block of fields; write the fields themselves instead")
    if problem.startswith("could not determine a constructor"):
        return unreadable(text[at : at + MAX_SHOWN].split(maxsplit=1)[0])
    return BadContent("this cannot be read as YAML: {problem}", problem=shown(problem or context))


def _cannot_begin(character: str) -> KitError:
    return BadContent("a text cannot begin with “{character}”; write it in quotes", character=character)
