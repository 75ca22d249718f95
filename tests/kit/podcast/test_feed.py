"""The feed, read by two parsers of feeds that are not the kit's, and by its own check."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import feedparser
import podcastparser
import pytest

from kit.podcast import feed
from kit.podcast.episode import Episode

HOSTILE = "<script>alert('x')</script> & ]]> &lt;b&gt; --> \"q\" \x00\x0b\u202e\ufffe fin"
HELD = "<script>alert('x')</script> & ]]> &lt;b&gt; --> \"q\" fin"
"""What is left of it as text."""

WHOLE = {
    "title": "L’IA ment-elle ?",
    "team": "Les Curieux",
    "language": "fr",
    "angle": "On vérifie.",
    "members": [
        {"name": "Nora", "jobs": ["host", "checker"]},
        {"name": "Théo", "jobs": ["sound"]},
        {"name": "Sans rôle"},
    ],
    "segments": [
        {
            "id": "itw",
            "kind": "interview",
            "voice": "Nora et la chercheuse",
            "sources": [{"kind": "take", "file": "a.wav"}],
        },
        {"id": "itw2", "kind": "interview", "voice": "Nora", "sources": [{"kind": "take", "file": "b.wav"}]},
        {"id": "itw3", "kind": "interview", "voice": "Absent"},
    ],
    "publication": {
        "show": "Questions d’élèves",
        "description": "Première ligne, R&D.\n\nDeuxième <ligne>.",
        "author": "Collège des Sources",
        "address": "https://podcast.example.net/émission 1/",
        "licence": "CC BY-SA 4.0",
    },
}


def made(**publication: object) -> bytes:
    whole = {**WHOLE, "publication": {**WHOLE["publication"], **publication}}  # type: ignore[dict-item]
    return feed.feed(Episode.model_validate(whole), seconds=61.4, size=1_234_567, released=date(2026, 3, 14))


def test_feedparser_reads_every_field() -> None:
    read = feedparser.parse(made())
    assert not read.bozo
    assert read.version == "rss20"
    show, [item] = read.feed, read.entries
    base = "https://podcast.example.net/%C3%A9mission%201/"
    assert (show.title, show.language, show.link) == ("Questions d’élèves", "fr", base)
    assert show.author == item.author == "Collège des Sources"
    assert show.image.href == base + "cover.png"
    assert show.rights == "CC BY-SA 4.0"
    assert [tag.term for tag in show.tags] == ["Education"]
    assert show.itunes_type == "episodic"
    assert show.description == "Première ligne, R&amp;D.\n\nDeuxième &lt;ligne&gt;."
    assert item.title == "L’IA ment-elle ?"
    assert item.description == "<p>Première ligne, R&amp;D.</p><p>Deuxième &lt;ligne&gt;.</p>"
    assert [(one.href, one.length, one.type) for one in item.enclosures] == [
        (base + "episode.mp3", "1234567", "audio/mpeg")
    ]
    assert item.published == "Sat, 14 Mar 2026 12:00:00 +0000"
    assert tuple(item.published_parsed)[:6] == (2026, 3, 14, 12, 0, 0)
    assert item.itunes_duration == "61"
    assert item.itunes_episodetype == "full"
    assert item.guidislink is False
    assert {link.rel: link.href for link in show.links}["self"] == base + "feed.xml"


def test_podcastparser_reads_every_field() -> None:
    read = podcastparser.parse("https://podcast.example.net/feed.xml", io.BytesIO(made()))
    base = "https://podcast.example.net/%C3%A9mission%201/"
    assert read["title"] == "Questions d’élèves"
    assert read["link"] == base
    assert read["language"] == "fr"
    assert read["cover_url"] == base + "cover.png"
    assert read["itunes_author"] == "Collège des Sources"
    assert read["itunes_categories"] == [["Education"]]
    assert read["explicit"] is False
    assert read["type"] == "episodic"
    assert read["generator"] == "Contrechamp"
    [item] = read["episodes"]
    assert item["title"] == "L’IA ment-elle ?"
    assert item["description_html"] == "<p>Première ligne, R&amp;D.</p><p>Deuxième &lt;ligne&gt;.</p>"
    assert item["enclosures"] == [{"url": base + "episode.mp3", "file_size": 1234567, "mime_type": "audio/mpeg"}]
    assert item["published"] == datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()
    assert item["total_time"] == 61
    assert item["explicit"] is False
    assert item["type"] == "full"
    assert item["guid"].startswith("urn:uuid:")
    crude = podcastparser.parse("https://podcast.example.net/feed.xml", io.BytesIO(made(explicit=True)))
    assert crude["explicit"] is crude["episodes"][0]["explicit"] is True


def test_the_podcast_namespace() -> None:
    item = ET.fromstring(made()).find("channel/item")
    assert item is not None
    space = "{https://podcastindex.org/namespace/1.0}"
    base = "https://podcast.example.net/%C3%A9mission%201/"
    assert [(one.get("url"), one.get("type"), one.get("rel")) for one in item.iter(f"{space}transcript")] == [
        (base + "transcript.vtt", "text/vtt", "captions"),
        (base + "transcript.srt", "application/x-subrip", "captions"),
        (base + "transcript.txt", "text/plain", None),
    ]
    [chapters] = item.iter(f"{space}chapters")
    assert chapters.attrib == {"url": base + "chapters.json", "type": "application/json+chapters"}
    people = [(one.text, one.get("group"), one.get("role")) for one in item.iter(f"{space}person")]
    assert people == [
        ("Nora", "cast", "host"),
        ("Nora", "writing", "fact checker"),
        ("Théo", "audio production", "audio engineer"),
        ("la chercheuse", "cast", "guest"),
    ]
    [licence] = item.iter(f"{space}license")
    assert (licence.text, licence.get("url")) == ("cc-by-sa-4.0", "https://creativecommons.org/licenses/by-sa/4.0/")


def test_a_licence_without_an_identifier_is_said_and_no_more() -> None:
    root = ET.fromstring(made(licence="Tous droits réservés"))
    assert root.findtext("channel/copyright") == "Tous droits réservés"
    assert root.find("channel/item/podcast:license", feed.NAMESPACES) is None


def test_a_feed_with_an_address_has_no_fault() -> None:
    assert feed.faults(made()) == []
    assert b"example.org" not in made()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "http://podcast.example.net/",
        "javascript:alert(1)",
        "podcast.example.net",
        "https://user:secret@example.net/",
        "https://example.net/?a=1",
        "https://?",
        "https://exa mple.net/",
        "https://[::1",
        "https://example.net:port/",
        "file:///etc/",
    ],
)
def test_without_a_usable_address_a_placeholder_stands_and_is_told(given: str) -> None:
    xml = made(address=given)
    assert feed.address(given) == ""
    assert b"https://example.org/podcast/episode.mp3" in xml
    if given:
        assert given.encode() not in xml
    comment = next(line for line in xml.decode().splitlines() if "<!--" in line)
    assert "https://example.org/podcast/" in comment
    [fault] = feed.faults(xml)
    assert "https://example.org/podcast/" in str(fault)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://example.net", "https://example.net/"),
        (" https://example.net/a/b// ", "https://example.net/a/b/"),
        ("https://bücher.example:8443/é", "https://xn--bcher-kva.example:8443/%C3%A9/"),
        ("HTTPS://Example.NET/A%20b", "https://example.net/A%20b/"),
    ],
)
def test_addresses(given: str, read: str) -> None:
    assert feed.address(given) == read


def test_hostile_words_stay_words() -> None:
    whole = {**WHOLE, "title": HOSTILE, "team": HOSTILE[:100], "members": [{"name": HOSTILE[:60], "jobs": ["host"]}]}
    whole["publication"] = {
        "show": HOSTILE,
        "description": HOSTILE,
        "author": HOSTILE,
        "licence": HOSTILE,
        "category": HOSTILE,
    }
    xml = feed.feed(Episode.model_validate(whole), seconds=3, size=10, released=date(2026, 3, 14))
    root = ET.fromstring(xml)
    assert {element.tag.rsplit("}")[-1] for element in root.iter() if isinstance(element.tag, str)} == {
        *("rss", "channel", "title", "link", "description", "language", "generator", "image", "category", "explicit"),
        *("type", "author", "copyright", "item", "enclosure", "guid", "pubDate", "duration", "episodeType"),
        *("transcript", "chapters", "person"),
    }
    assert root.findtext("channel/item/title") == HELD
    read = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(xml))
    assert read["title"] == read["episodes"][0]["title"] == HELD
    # Read as HTML, the descriptions hold no tag but ours.
    html = read["episodes"][0]["description_html"]
    assert html.replace("<p>", "").replace("</p>", "").count("<") == 0
    assert "script" in feedparser.parse(xml).entries[0].description
    assert [str(fault) for fault in feed.faults(xml) if "example.org" not in str(fault)] == []


def test_an_episode_without_a_word_still_gives_a_sound_feed() -> None:
    xml = feed.feed(Episode(), seconds=0.2, size=10, released=date(2026, 1, 1))
    assert [str(fault) for fault in feed.faults(xml) if "example.org" not in str(fault)] == []


@pytest.mark.parametrize("text", ["é " * 2_000, "<" * 4_000, "&" * 3_999 + ".", "mot\n" * 1_000, "x" * 4_000])
def test_long_descriptions_are_cut_between_words(text: str) -> None:
    xml = made(description=text)
    assert feed.faults(xml) == []
    said = ET.fromstring(xml).findtext("channel/item/description") or ""
    assert said.count("<p>") == said.count("</p>") >= 1
    assert said.endswith("</p>")
    ET.fromstring(f"<div>{said}</div>")  # no tag, no entity is cut in two


def test_same_arguments_same_bytes_and_the_guid_outlives_corrections() -> None:
    def guid(xml: bytes) -> str | None:
        return ET.fromstring(xml).findtext("channel/item/guid")

    assert made() == made()
    assert guid(made()) == guid(made(show="Autre", description="Autre"))
    assert guid(made()) != guid(made(address="https://podcast.example.net/2/"))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"<itunes:explicit>false", b"<itunes:explicit>no", "explicit"),
        (b"<language>fr", b"<language>", "language"),
        (b"<language>fr", b"<language>french", "french"),
        (b'length="1234567"', b'length="0"', "length"),
        (b"audio/mpeg", b"audio/wav", "audio/wav"),
        (b"episode.mp3", b"episode.wav", "episode.wav"),
        (b"https://podcast", b"http://podcast", "http://podcast"),
        (b"Sat, 14 Mar 2026", b"14/03/2026", "14/03/2026"),
        (b"cover.png", b"cover.gif", "cover.gif"),
        (b"<title>L\xe2\x80\x99IA ment-elle ?</title>", b"", "<title>"),
        (b'isPermaLink="false">urn', b">", "guid"),
        (b"xmlns:itunes=", b"xmlns:other=", "well-formed"),
        (b"</rss>", b"", "well-formed"),
        (b'version="2.0"', b'version="3.0"', "RSS 2.0"),
        (b"<rss", b"<!DOCTYPE rss><rss", "document type"),
    ],
)
def test_what_a_directory_would_refuse_is_told(old: bytes, new: bytes, word: str) -> None:
    xml = made()
    assert old in xml
    if b"urn" in old:
        start = xml.index(b"urn:uuid:")
        changed = xml[:start] + xml[xml.index(b"<", start) :]
    else:
        changed = xml.replace(old, new)
    assert any(word in str(fault) for fault in feed.faults(changed)), [str(fault) for fault in feed.faults(changed)]


def test_a_feed_with_the_same_guid_twice_is_told() -> None:
    xml = made()
    item = xml[xml.index(b"<item>") : xml.index(b"</item>") + 7]
    assert any("guid" in str(fault) for fault in feed.faults(xml.replace(item, item + item)))
