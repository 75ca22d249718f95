"""Reading a guide: what it gives, and every fault with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import guides
from kit.errors import BadContent, NotFound
from kit.faults import Faults
from kit.levels import Level

FRONT = """---
slug: demo
title: A demo
levels: [cycle3, adults]
minutes: {short: 10, lesson: 30, half_day: 180}
group_size: Up to 30
materials: [Paper]
competences: {emi: [one], crcn: [two], ailit: [three], unesco: [four]}
---
"""


def body(lang: str = "en") -> list[str]:
    """The lines of a right and tiny guide, front matter left out."""
    lines = []
    for section, title in guides.HEADINGS[lang].items():
        lines += [f"## {title}", f"About {section}."]
        lines += [text for part in guides.PARTS[lang].get(section, ()) for text in (f"### {part}", "Words.")]
        if section == guides.STEPS:
            lines += ["### [brief] Welcome (3 min)", "Say hello.", "", "- Twice.", "### [vote] Sort (6 min)", "Look."]
    return lines


def parse(lines: list[str], front: str = FRONT, lang: str = "en") -> guides.Guide:
    return guides.parse((front + "\n".join(lines)).encode(), lang, "demo.md")


def report(lines: list[str], front: str = FRONT) -> str:
    with pytest.raises(BadContent) as caught:
        parse(lines, front)
    return str(caught.value)


def line_of(text: str) -> int:
    """The line, in the whole file, of a line of the body."""
    return FRONT.count("\n") + body().index(text) + 1


@pytest.mark.parametrize("lang", guides.HEADINGS)
def test_a_right_guide_is_read(lang: str) -> None:
    guide = parse(body(lang), lang=lang)
    assert guide.front.levels == (Level.CYCLE_3, Level.ADULTS)
    assert [section.id for section in guide.sections] == list(guides.HEADINGS[lang])
    assert [(step.id, step.title, step.minutes) for step in guide.steps] == [
        ("brief", "Welcome", 3),
        ("vote", "Sort", 6),
    ]
    assert guide.step("brief") == "Say hello.\n\n- Twice."
    assert guide.step("vote") == "Look."
    assert guide.section(guides.STEPS).markdown == "About steps."
    assert "### " in guide.section("watch_points").markdown
    with pytest.raises(KeyError):
        guide.step("aims")
    with pytest.raises(KeyError):
        guide.section("brief")


def test_a_byte_order_mark_and_windows_lines_are_read() -> None:
    raw = ("\ufeff" + FRONT + "\n".join(body())).replace("\n", "\r\n").encode()
    assert parse(body()).steps == guides.parse(raw, "en", "demo.md").steps


def test_the_guides_that_ship_are_listed_and_read() -> None:
    for lang in guides.HEADINGS:
        assert "spot_the_fake" in guides.available(lang)
        for slug in guides.available(lang):
            assert guides.load(slug, lang).front.slug == slug


@pytest.mark.parametrize("slug", ["nothing", "", "../fr/spot_the_fake", "spot_the_fake.md", "/etc/passwd"])
def test_an_unknown_guide_is_not_found(slug: str) -> None:
    with pytest.raises(NotFound, match="guide library"):
        guides.load(slug, "fr")


@pytest.mark.parametrize("name", guides.GENERAL)
def test_a_page_of_no_activity_is_the_same_in_every_language(name: str) -> None:
    def outline(lang: str) -> list[str]:
        text = guides.general(name, lang)
        assert text.startswith("# ")
        return re.findall(r"^(#{1,3}|-|\d+\.) ", text, re.MULTILINE)

    assert outline("fr") == outline("en")
    assert outline("fr").count("#") == 1
    assert guides.general(name, "fr") != guides.general(name, "en")
    assert guides.general(name, "de") == guides.general(name, "fr"), "an unknown language gives the nearest one"


@pytest.mark.parametrize("name", ["spot_the_fake", "nothing", "", "../fr/class", "class.md"])
def test_a_page_that_is_none_is_not_found(name: str) -> None:
    with pytest.raises(NotFound, match="guide library"):
        guides.general(name, "fr")


def test_the_faults_of_a_page_come_with_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "class.md").write_text("## Class\n\n![A room](https://example.org/room.png)\n\n<b>bold</b>\n")
    monkeypatch.setattr(guides, "FOLDER", tmp_path)
    guides.general.cache_clear()
    with pytest.raises(BadContent) as caught:
        guides.general("class", "en")
    said = str(caught.value)
    for part in ("line 1", "its title", "line 3", "images are not accepted", "line 5", "raw HTML"):
        assert part in said


def test_a_missing_heading_is_named() -> None:
    lines = [line for line in body() if line != "## Objectives"]
    assert "“## Objectives” is missing" in report(lines)


def test_headings_out_of_order_are_refused() -> None:
    lines = body()
    one, two = lines.index("## Objectives"), lines.index("## Preparation")
    lines[one], lines[two] = lines[two], lines[one]
    assert "in this order" in report(lines)


def test_a_heading_of_nobody_is_refused_with_its_line() -> None:
    lines = body()
    lines[lines.index("## Objectives")] = "## Aims"
    text = report(lines)
    assert f"line {line_of('## Objectives')}: “## Aims”" in text
    assert "“## Objectives” is missing" in text


def test_a_heading_written_twice_is_refused() -> None:
    assert "“## Sources” is written twice" in report([*body(), "## Sources", "Again."])


def test_an_empty_section_is_refused() -> None:
    lines = body()
    del lines[lines.index("## Objectives") + 1]
    assert f"line {line_of('## Objectives')}: “## Objectives” is empty" in report(lines)


@pytest.mark.parametrize(
    "heading",
    ["### Welcome (3 min)", "### [brief] Welcome", "### [Brief] Welcome (3 min)", "### [brief] Welcome (0 min)"],
)
def test_a_step_heading_badly_written_is_refused_with_its_line(heading: str) -> None:
    lines = body()
    lines[lines.index("### [brief] Welcome (3 min)")] = heading
    assert f"line {line_of('### [brief] Welcome (3 min)')}: write" in report(lines)


def test_a_step_twice_or_empty_is_refused() -> None:
    lines = body()
    at = lines.index("### [vote] Sort (6 min)")
    lines[at : at + 2] = ["### [brief] Again (6 min)", "Look.", "### [vote] Sort (6 min)"]
    text = report(lines)
    assert "“brief” is written twice" in text
    assert "“vote” is empty" in text


def test_a_guide_without_steps_is_refused() -> None:
    lines = [line for line in body() if not line.startswith("### [")]
    assert "has no step" in report(lines)


def test_watch_points_are_the_six() -> None:
    lines = [line for line in body() if line != "### Social"]
    assert "under “## Watch-points”" in report(lines)


@pytest.mark.parametrize("bad", ["<script>x</script>", "Some <b>bold</b> words.", "<!-- note -->"])
def test_raw_html_is_refused_with_its_line(bad: str) -> None:
    lines = body()
    at = lines.index("## Objectives") + 1
    lines[at : at + 1] = ["About aims.", "", bad]
    assert f"line {line_of('## Objectives') + 3}: raw HTML" in report(lines)


def test_an_image_is_refused() -> None:
    assert "images are not accepted" in report([*body(), "", "![a cat](https://example.org/cat.png)"])


def test_code_is_neither_html_nor_heading() -> None:
    guide = parse([*body(), "", "```", "<b>## Not a heading</b>", "## Nor this", "```", "and `<b>`"])
    assert "## Nor this" in guide.section("sources").markdown


def test_a_title_heading_is_refused() -> None:
    assert "no “#” heading" in report(["# A demo", *body()])


def test_front_matter_faults_keep_their_lines_and_come_with_the_others() -> None:
    front = FRONT.replace("lesson: 30", "lesson: 0").replace("title: A demo", "titel: A demo")
    text = report([line for line in body() if line != "## Objectives"], front)
    assert "line 3: titel" in text
    assert "line 5: minutes.lesson" in text
    assert "“## Objectives” is missing" in text


@pytest.mark.parametrize("front", ["", "---\nslug: demo\n", "\n---\nslug: demo\n---\n", "---\n[1\n---\n", "---\n---\n"])
def test_a_broken_front_matter_is_refused(front: str) -> None:
    assert "line " in report(body(), front)


def test_what_is_not_text_or_too_big_is_refused() -> None:
    with pytest.raises(BadContent, match="not UTF-8"):
        guides.parse(b"---\n\xff", "en", "demo.md")
    with pytest.raises(BadContent, match="bytes"):
        guides.parse(b"a" * (2**21 + 1), "en", "demo.md")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.sampled_from([*body(), "---", "<p>", "```", "### [x] y (2 min)", "## "]), st.text(max_size=30))
    )
)
def test_any_text_is_read_or_refused_cleanly(lines: list[str]) -> None:
    for front in ("", FRONT):
        refused: BadContent | None = None
        try:
            guide = parse(lines, front)
        except BadContent as error:
            refused = error
        if refused is None:
            assert [section.id for section in guide.sections] == list(guides.HEADINGS["en"])
        else:
            assert str(refused).count("\n- ") >= 1


def test_every_fault_of_a_guide_is_a_sentence_with_its_line() -> None:
    front = FRONT.replace("title: A demo", "title: 3")
    lines = [line for line in body() if line != "## Objectives"]
    with pytest.raises(Faults) as caught:
        parse([*lines, "", "![a cat](cat.png)"], front)
    found = [(fault.line, fault.what.message) for fault in caught.value.values["faults"]]
    assert found[0] == (3, "{where}: {what}")
    assert (len(lines) + FRONT.count("\n") + 2, "images are not accepted; describe what they show") in found
    assert (None, "“## {heading}” is missing") in found
    french = {
        "{name} has faults to mend:\n{faults}": "{name} a des défauts :\n{faults}",
        "line {line}: {what}": "ligne {line} : {what}",
        "{where}: {what}": "{where} : {what}",
        "this takes a text; write it in quotes: {received}": "texte entre guillemets : {received}",
    }
    said = caught.value.text(lambda message: french.get(message, message)).splitlines()
    assert said[:2] == ["demo.md a des défauts :", "- ligne 3 : title : texte entre guillemets : 3"]
