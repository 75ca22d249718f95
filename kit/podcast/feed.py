"""The RSS 2.0 feed of an episode, with the itunes and podcast namespaces, and what a directory would refuse in one.

References: Apple, « A Podcaster's Guide to RSS »; https://podcastindex.org/namespace/1.0 ; the RSS 2.0 specification.
A feed is that of a show; this one holds the one episode that the kit has made.
"""

from __future__ import annotations

import html
import re
import uuid
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, urlsplit

from kit.errors import BadContent, KitError
from kit.faults import shown
from kit.i18n import N_, translator
from kit.podcast.episode import Episode, Job, SegmentKind
from kit.podcast.rights import names
from kit.printable import line, lines

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
PLACEHOLDER = "https://example.org/podcast/"
"""Stands where nobody has said where the files will be; a comment in the feed, and :func:`faults`, say so."""
MOST_BYTES = 4_000
"""Of a description (Apple)."""
MOST_NAME = 128
"""Characters of a person (podcast namespace)."""

SOUND, COVER, FEED, CHAPTERS = "episode.mp3", "cover.png", "feed.xml", "chapters.json"
TRANSCRIPTS = {
    "transcript.vtt": "text/vtt",
    "transcript.srt": "application/x-subrip",
    "transcript.txt": "text/plain",
}
"""The files that lie beside the feed."""

_ROLES = {
    Job.CHIEF: ("writing", "managing editor"),
    Job.HOST: ("cast", "host"),
    Job.INTERVIEWER: ("cast", "reporter"),
    Job.COLUMNIST: ("writing", "writer"),
    Job.CHECKER: ("writing", "fact checker"),
    Job.SOUND: ("audio production", "audio engineer"),
    Job.EDITOR: ("audio post-production", "audio editor"),
    Job.TIMEKEEPER: ("administration", "production coordinator"),
    Job.PUBLISHER: ("administration", "content manager"),
}
"""Group and role of each job in the Podcast Taxonomy, which ``podcast:person`` refers to."""

_CREATIVE_COMMONS = re.compile(r"cc[ -](by(?:-nc)?(?:-sa|-nd)?)[ -](\d\.\d)", re.IGNORECASE)


def feed(episode: Episode, *, seconds: float, size: int, released: date) -> bytes:
    """The feed as XML in UTF-8.

    ``seconds``: how long the episode lasts; ``size``: bytes of its MP3; ``released``: the day of its publication, at
    noon UTC. The same arguments give the same bytes. Texts stay texts: descriptions, which players read as HTML, are
    escaped twice.
    """
    translate = translator(episode.language)
    publication = episode.publication
    given = address(publication.address)
    base = given or PLACEHOLDER
    title = line(episode.title) or translate(N_("Untitled episode"))
    author = line(publication.author or episode.team)
    about = lines(publication.description) or line(episode.angle) or title
    root = ET.Element("rss", {"version": "2.0", **{f"xmlns:{name}": uri for name, uri in NAMESPACES.items()}})
    channel = ET.SubElement(root, "channel")
    if not given:
        channel.append(ET.Comment(f" {_REPLACE.text(translate).replace('--', '—')} "))

    def say(parent: ET.Element, tag: str, content: str = "", /, **attributes: str) -> None:
        ET.SubElement(parent, tag, attributes).text = content or None

    # 1. The show.
    say(channel, "title", line(publication.show) or title)
    say(channel, "link", base)
    say(channel, "atom:link", href=base + FEED, rel="self", type="application/rss+xml")
    say(channel, "description", _within(html.escape(about, quote=False)))
    say(channel, "language", episode.language)
    say(channel, "generator", "Contrechamp")
    say(channel, "itunes:image", href=base + COVER)
    say(channel, "itunes:category", text=line(publication.category) or "Education")
    say(channel, "itunes:explicit", _truth(publication.explicit))
    say(channel, "itunes:type", "episodic")
    if author:
        say(channel, "itunes:author", author)
    if licence := line(publication.licence):
        say(channel, "copyright", licence)

    # 2. Its episode.
    item = ET.SubElement(channel, "item")
    say(item, "title", title)
    say(item, "itunes:title", title)
    say(
        item,
        "description",
        _within("".join(f"<p>{html.escape(part, quote=False)}</p>" for part in about.split("\n") if part)),
    )
    say(item, "enclosure", url=base + SOUND, length=str(size), type="audio/mpeg")
    say(item, "guid", f"urn:uuid:{_guid(episode, given)}", isPermaLink="false")
    say(item, "pubDate", format_datetime(datetime.combine(released, time(12), UTC)))
    say(item, "itunes:duration", str(max(1, round(seconds))))
    say(item, "itunes:explicit", _truth(publication.explicit))
    say(item, "itunes:episodeType", "full")
    if author:
        say(item, "itunes:author", author)
    for name, kind in TRANSCRIPTS.items():
        captions = {} if kind == "text/plain" else {"rel": "captions"}
        say(item, "podcast:transcript", url=base + name, type=kind, language=episode.language, **captions)
    say(item, "podcast:chapters", url=base + CHAPTERS, type="application/json+chapters")
    for name, group, role in people(episode):
        say(item, "podcast:person", name, group=group, role=role)
    if found := _CREATIVE_COMMONS.fullmatch(line(publication.licence)):
        kind, version = found[1].lower(), found[2]
        url = f"https://creativecommons.org/licenses/{kind}/{version}/"
        say(item, "podcast:license", f"cc-{kind}-{version}", url=url)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def address(written: str) -> str:
    """The address of a folder as every file's begins: ``https://…/``. Empty if there is none, or if it is not usable.

    Only ``https``, without a name, a password, a question or a fragment; letters that no address holds are encoded.
    """
    try:
        parts = urlsplit(written.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # UnicodeError is one
        return ""
    told = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme != "https" or told or not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+", host):
        return ""
    path = quote(parts.path, safe="/%~:@!$&'()*+,;=-._")
    return f"https://{host}{f':{port}' if port else ''}{path.rstrip('/')}/"


def people(episode: Episode) -> list[tuple[str, str, str]]:
    """Those whom the feed credits: the pseudonym, the group and the role; a line for each job. No job, no credit."""
    found = [(line(member.name)[:MOST_NAME], *_ROLES[job]) for member in episode.members for job in member.jobs]
    return [one for one in found if one[0]] + [(line(name)[:MOST_NAME], "cast", "guest") for name in guests(episode)]


def guests(episode: Episode) -> tuple[str, ...]:
    """Who speaks in its interviews without being of the team."""
    members = {member.name for member in episode.members}
    interviews = [s for s in episode.segments if s.kind is SegmentKind.INTERVIEW and s.heard]
    heard = dict.fromkeys(name for segment in interviews for name in names(episode, segment.voice))
    return tuple(name for name in heard if name not in members and line(name))


# -- what a directory would refuse ------------------------------------------------------------------------------------

_REPLACE = BadContent(
    "Before publishing, replace {address} everywhere in feed.xml by the address of the folder on the web.",
    address=PLACEHOLDER,
)


def faults(xml: bytes) -> list[KitError]:
    """What Apple's directory would refuse in a feed, and what stands in it for want of an address: a sentence each.

    Meant for feeds of the kit, changed by hand or not. It fetches nothing: whether the files answer is not looked at.
    """
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        return [BadContent("The feed has a document type, which players do not read. Take it out.")]
    try:
        root = ET.fromstring(xml)
    except ET.ParseError as error:
        return [BadContent("The feed is not well-formed XML ({reason}). Make it again.", reason=str(error))]
    found: list[KitError] = []
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return [BadContent("The feed is not RSS 2.0. Make it again.")]
    # 1. What must be there, and not be empty.
    items = channel.findall("item")
    if not items:
        found.append(_missing("item"))
    for parent, required in [(channel, _SHOW), *((item, _EPISODE) for item in items)]:
        for path, attribute in required:
            element = parent.find(path, NAMESPACES)
            if element is None or not ((element.get(attribute) if attribute else element.text) or "").strip():
                found.append(_missing(path))
    # 2. What must have a certain form.
    for path, pattern in _FORMS.items():
        for text in _texts(channel, path):
            if not re.fullmatch(pattern, text):
                found.append(_unfit(path, text))
    for text in _texts(channel, "item/pubDate"):
        try:
            parsedate_to_datetime(text)
        except ValueError:
            found.append(_unfit("pubDate", text))
    for text in [*_texts(channel, "description"), *_texts(channel, "item/description")]:
        if len(text.encode()) > MOST_BYTES:
            found.append(_unfit("description", text))
    ids = list(_texts(channel, "item/guid"))
    found += [_unfit("guid", text) for text in sorted({one for one in ids if ids.count(one) > 1})]
    # 3. Addresses.
    addresses = {value for each in root.iter() for name, value in each.attrib.items() if name in ("url", "href")}
    addresses |= set(_texts(channel, "link")) | set(_texts(channel, "item/link"))
    found += [_unfit("url", one) for one in sorted(addresses) if not address(one)]
    if any(one.startswith("https://example.org/") for one in addresses):
        found.append(_REPLACE)
    return found


_SHOW = (
    ("title", ""),
    ("description", ""),
    ("language", ""),
    ("itunes:image", "href"),
    ("itunes:category", "text"),
    ("itunes:explicit", ""),
)
_EPISODE = (("title", ""), ("guid", ""), ("enclosure", "url"), ("enclosure", "length"), ("enclosure", "type"))
"""Elements, and the attribute that counts in each; Apple also takes an episode without guid, but not twice."""

_FORMS = {
    "itunes:explicit": "true|false",
    "item/itunes:explicit": "true|false",
    "itunes:type": "episodic|serial",
    "language": "[a-z]{2}(-[a-z]{2})?",
    "item/itunes:duration": r"[1-9]\d*",
    "item/enclosure@length": r"[1-9]\d*",
    "item/enclosure@type": "audio/mpeg",
    "item/enclosure@url": r".+\.mp3",
    "itunes:image@href": r".+\.(png|jpg)",
    "itunes:category@text": r"\S.*",
}


def _texts(channel: ET.Element, path: str) -> list[str]:
    path, _, attribute = path.partition("@")
    elements = channel.findall(path, NAMESPACES)
    return [(element.get(attribute, "") if attribute else element.text or "").strip() for element in elements]


def _missing(path: str) -> KitError:
    return BadContent("In the feed, <{tag}> is missing or empty. Directories ask for it.", tag=path)


def _unfit(path: str, text: str) -> KitError:
    return BadContent(
        "In the feed, <{tag}> holds “{text}”, which directories do not accept.", tag=path, text=shown(text)
    )


# -- small things -----------------------------------------------------------------------------------------------------


def _guid(episode: Episode, given: str) -> uuid.UUID:
    """The same for as long as the episode stays where it is, whatever else is corrected in it."""
    if given:
        return uuid.uuid5(uuid.NAMESPACE_URL, given + SOUND)
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{episode.publication.show}\n{episode.team}\n{episode.title}")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _within(markup: str) -> str:
    """``markup``, of our own making, cut between two words so that it takes at most :data:`MOST_BYTES` bytes."""
    raw = markup.encode()
    if len(raw) <= MOST_BYTES:
        return markup
    end = "…</p>" if markup.startswith("<p>") else "…"
    cut = raw[: MOST_BYTES - len(end.encode())].decode(errors="ignore")
    cut = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return re.sub(r"&\w*$|<[^>]*$", "", cut).removesuffix("</p>") + end
