"""The facilitator guides: Markdown with a YAML front matter, fixed headings, one section a step.

A guide lies in ``facilitator_guides/<language>/<slug>.md``::

    ---
    slug: spot_the_fake
    title: …
    levels: [cycle3, 5e]
    minutes: {short: 20, lesson: 45, half_day: 180}
    group_size: …
    materials: [ … ]
    competences: {emi: [ … ], crcn: [ … ], ailit: [ … ], unesco: [ … ]}
    ---
    ## Ce qu’on fait aussi bien sans IA          # every heading of HEADINGS, in that order
    ## Déroulé minute par minute
    ### [form_a] Premier tri (6 min)             # one section a step: its id, a title, its minutes

Guides are text: raw HTML and images are faults (an image link makes a browser call out).

A page that belongs to no activity (:data:`GENERAL`) lies beside them. It is plain Markdown: ``# `` and its title, then
sections under headings of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import Field, StringConstraints

from kit import ROOT
from kit.content import Content, cannot_be_read, decode
from kit.content import parse as parse_yaml
from kit.errors import BadContent, NotFound
from kit.faults import Fault, Faults, bad, one, shown
from kit.i18n import language
from kit.levels import Level

FOLDER = ROOT / "facilitator_guides"
GENERAL = ("class",)
"""The pages that belong to no activity, by name."""
STEPS = "steps"
"""Id of the section that holds one sub-section a step."""

HEADINGS: dict[str, dict[str, str]] = {
    "fr": {
        "without_ai": "Ce qu’on fait aussi bien sans IA",
        "aims": "Objectifs",
        "out_of_scope": "Ce que l’atelier ne fait pas",
        "preparation": "Préparation",
        STEPS: "Déroulé minute par minute",
        "answers": "Réponses attendues et idées fausses",
        "differentiation": "Différenciation",
        "debate": "Questions de débat",
        "fallback": "Si le réseau tombe, si le temps manque",
        "assessment": "Évaluation et trace écrite",
        "watch_points": "Points de vigilance",
        "formats": "Trois formats",
        "further": "Pour aller plus loin",
        "sources": "Sources",
    },
    "en": {
        "without_ai": "What works just as well without AI",
        "aims": "Objectives",
        "out_of_scope": "What this workshop does not do",
        "preparation": "Preparation",
        STEPS: "Minute by minute",
        "answers": "Expected answers and misconceptions",
        "differentiation": "Differentiation",
        "debate": "Questions for debate",
        "fallback": "If the network fails, if time is short",
        "assessment": "Assessment and written record",
        "watch_points": "Watch-points",
        "formats": "Three formats",
        "further": "Going further",
        "sources": "Sources",
    },
}
"""The ``##`` headings of a guide, in order, by language and section id."""

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "fr": {
        "watch_points": (
            "Technique et scientifique",
            "Pédagogique",
            "Éthique et juridique",
            "Sociale",
            "Économique et écologique",
            "Politique",
        ),
        "formats": ("20 minutes", "Une séance", "Une demi-journée entre enseignants"),
    },
    "en": {
        "watch_points": (
            "Technical and scientific",
            "Pedagogical",
            "Ethical and legal",
            "Social",
            "Economic and ecological",
            "Political",
        ),
        "formats": ("20 minutes", "One lesson", "Half a day among teachers"),
    },
}
"""The ``###`` headings that some sections must have, in order."""

_STEP = re.compile(r"^\[(?P<id>[a-z0-9_]+)\] (?P<title>\S.*) \((?P<minutes>[1-9]\d*) min\)$")
_FENCE = "---"

Text = Annotated[str, StringConstraints(min_length=1)]
Lines = Annotated[tuple[Text, ...], Field(min_length=1)]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Formats(Content):
    """Length of each format, in minutes."""

    short: Minutes
    lesson: Minutes
    half_day: Minutes


class Competences(Content):
    """What the activity works on, in each framework."""

    emi: Lines
    crcn: Lines
    ailit: Lines
    unesco: Lines


class FrontMatter(Content):
    """What a guide declares about itself."""

    slug: Annotated[str, StringConstraints(pattern=re.compile(r"^[a-z0-9_]+\Z"))]
    title: Text
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    minutes: Formats
    group_size: Text
    materials: Lines
    competences: Competences


@dataclass(frozen=True, kw_only=True)
class Section:
    """One ``##`` section. ``markdown`` is its body, heading left out."""

    id: str
    title: str
    markdown: str


@dataclass(frozen=True, kw_only=True)
class StepSection:
    """What the guide says of one step."""

    id: str
    title: str
    minutes: int
    markdown: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A facilitator guide in one language."""

    lang: str
    front: FrontMatter
    sections: tuple[Section, ...]
    """In the order of :data:`HEADINGS`; the body of the steps section stops before its first step."""
    steps: tuple[StepSection, ...]

    def section(self, section_id: str) -> Section:
        """The section of this id. Raises :class:`KeyError` if there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def step_section(self, step_id: str) -> StepSection:
        """The section of this step. Raises :class:`KeyError` if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def step(self, step_id: str) -> str:
        """The Markdown of one step, heading left out. Raises :class:`KeyError` if there is none."""
        return self.step_section(step_id).markdown


@dataclass(frozen=True, kw_only=True)
class _Heading:
    """A heading of the file: level 1–6, text, and the lines of its own and of what follows (from 0)."""

    level: int
    text: str
    start: int
    body: int


def available(lang: str) -> tuple[str, ...]:
    """The slugs that have a guide in ``lang``, in alphabetical order."""
    return tuple(sorted({path.stem for path in (FOLDER / language(lang)).glob("*.md")}.difference(GENERAL)))


@cache
def load(slug: str, lang: str) -> Guide:
    """The guide of an activity in the supported language nearest to ``lang``.

    Raises :class:`NotFound` if there is none, :class:`BadContent` with every fault of the file, each with its line.
    """
    lang = language(lang)
    if slug not in available(lang):
        raise NotFound("There is no guide called “{slug}”. Choose one from the guide library.", slug=slug)
    return parse(_read(slug, lang), lang, f"{slug}.md")


@cache
def general(name: str, lang: str) -> str:
    """A page of :data:`GENERAL` in the supported language nearest to ``lang``: Markdown, its title included.

    Raises :class:`NotFound` if there is none, :class:`BadContent` with every fault of the file, each with its line.
    """
    if name not in GENERAL:
        raise NotFound("There is no guide called “{slug}”. Choose one from the guide library.", slug=name)
    file = f"{name}.md"
    text = "\n".join(decode(_read(name, language(lang)), file).splitlines())
    faults = _unwelcome(MarkdownIt("commonmark").parse(text))
    if not text.startswith("# "):
        faults.append(Fault(what=BadContent("the file starts with “# ” and its title"), line=1))
    if faults:
        raise bad(file, faults)
    return text


def _read(name: str, lang: str) -> bytes:
    path = FOLDER / lang / f"{name}.md"
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_be_read(path.name, error) from error


def parse(raw: bytes, lang: str, name: str) -> Guide:
    """Read a guide. ``lang`` is a key of :data:`HEADINGS`; ``name`` is what the messages call the file.

    Raises :class:`BadContent` with every fault, each with its line.
    """
    # 1. Front matter and body, without losing count of the lines
    lines = decode(raw, name).splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        what = BadContent("the file starts with a line “{fence}”, then its front matter", fence=_FENCE)
        raise one(name, what, 1)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise one(name, BadContent("the line “{fence}” that closes the front matter is missing", fence=_FENCE), 1)
    faults: list[Fault] = []
    front: FrontMatter | None = None
    try:
        front = parse_yaml("\n".join(["", *lines[1:end]]).encode(), FrontMatter, name)
    except Faults as error:
        faults += error.values["faults"]
    body = [""] * (end + 1) + lines[end + 1 :]
    # 2. Headings, and what a guide may not hold
    tokens = MarkdownIt("commonmark").parse("\n".join(body))
    faults += _unwelcome(tokens)
    headings = _headings(tokens, faults)
    # 3. Sections and steps
    sections, steps = _sections(headings, body, lang, faults)
    if faults or front is None:
        raise bad(name, faults)
    return Guide(lang=lang, front=front, sections=sections, steps=steps)


def _unwelcome(tokens: list[Token]) -> list[Fault]:
    """Raw HTML and images, wherever they are."""
    faults = []
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        if token.type == "html_block":
            faults.append(Fault(what=BadContent("raw HTML is not accepted"), line=line))
        for child in token.children or []:
            if child.type == "html_inline":
                what = BadContent("raw HTML is not accepted: {html}", html=shown(child.content))
                faults.append(Fault(what=what, line=line))
            elif child.type == "image":
                what = BadContent("images are not accepted; describe what they show")
                faults.append(Fault(what=what, line=line))
    return faults


def _headings(tokens: list[Token], faults: list[Fault]) -> list[_Heading]:
    """The headings of level 2 and 3, in order. Level 1 is the title of the front matter; deeper ones are body."""
    found = []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.map is None:
            continue
        level = int(opening.tag[1:])
        if level == 1:
            what = BadContent("no “#” heading: the title is in the front matter")
            faults.append(Fault(what=what, line=opening.map[0] + 1))
        elif level <= 3 and opening.level == 0:
            start, body = opening.map
            found.append(_Heading(level=level, text=inline.content.strip(), start=start, body=body))
    return found


def _sections(
    headings: list[_Heading], body: list[str], lang: str, faults: list[Fault]
) -> tuple[tuple[Section, ...], tuple[StepSection, ...]]:
    """The sections and the steps; what is missing, misplaced or badly written is added to ``faults``."""
    wanted = HEADINGS[lang]
    ids = {title: section_id for section_id, title in wanted.items()}
    stops = [heading.start for heading in headings] + [len(body)]
    ends = [
        next((later.start for later in headings[index + 1 :] if later.level == 2), len(body))
        for index in range(len(headings))
    ]
    sections: list[Section] = []
    steps: list[StepSection] = []
    parts: dict[str, list[str]] = {}
    current = ""
    for index, heading in enumerate(headings):
        line = heading.start + 1
        if heading.level == 2:
            current = ids.get(heading.text, "")
            if not current:
                what = BadContent("“## {heading}” is not a heading of a guide", heading=shown(heading.text))
                faults.append(Fault(what=what, line=line))
                continue
            if any(section.id == current for section in sections):
                what = BadContent("“## {heading}” is written twice", heading=heading.text)
                faults.append(Fault(what=what, line=line))
            end = stops[index + 1] if current == STEPS else ends[index]
            text = _text(body, heading.body, end)
            if not _text(body, heading.body, ends[index]):
                what = BadContent("“## {heading}” is empty", heading=heading.text)
                faults.append(Fault(what=what, line=line))
            sections.append(Section(id=current, title=heading.text, markdown=text))
            continue
        parts.setdefault(current, []).append(heading.text)
        if current != STEPS:
            continue
        text = _text(body, heading.body, stops[index + 1])
        match = _STEP.match(heading.text)
        if match is None:
            what = BadContent("write “### [step_id] Title (6 min)”, not “### {heading}”.", heading=shown(heading.text))
            faults.append(Fault(what=what, line=line))
        elif any(step.id == match["id"] for step in steps):
            what = BadContent("the step “{step}” is written twice", step=match["id"])
            faults.append(Fault(what=what, line=line))
        elif not text:
            what = BadContent("the step “{step}” is empty", step=match["id"])
            faults.append(Fault(what=what, line=line))
        else:
            steps.append(
                StepSection(id=match["id"], title=match["title"], minutes=int(match["minutes"]), markdown=text)
            )
    have = [section.id for section in sections]
    faults += [
        Fault(what=BadContent("“## {heading}” is missing", heading=title))
        for section_id, title in wanted.items()
        if section_id not in have
    ]
    if sorted(have) == sorted(wanted) and have != list(wanted):
        what = BadContent("the headings come in this order: {headings}", headings=", ".join(wanted.values()))
        faults.append(Fault(what=what))
    for section_id, titles in PARTS[lang].items():
        if section_id in have and tuple(parts.get(section_id, ())) != titles:
            what = BadContent(
                "under “## {heading}”, these “###” headings, in this order: {titles}",
                heading=wanted[section_id],
                titles=", ".join(titles),
            )
            faults.append(Fault(what=what))
    if STEPS in have and not parts.get(STEPS):
        faults.append(Fault(what=BadContent("“## {heading}” has no step", heading=wanted[STEPS])))
    return tuple(sections), tuple(steps)


def _text(body: list[str], start: int, end: int) -> str:
    return "\n".join(body[start:end]).strip()
