"""The show notes, read by a Markdown parser that would let HTML through."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kit.podcast.chapters import Chapter
from kit.podcast.episode import Episode
from kit.podcast.notes import escaped, notes

HOSTILE = [
    "<script>alert(1)</script>",
    "![image](https://example.net/pixel.png)",
    "[lien](javascript:alert(1))",
    "<https://example.net/>",
    "# Titre",
    "1. liste",
    "12) liste",
    "- liste",
    "+ liste",
    "> citation",
    "```\ncode\n```",
    "    code",
    "titre\n===",
    "titre\n---",
    "***",
    "a | b\n--|--\n1 | 2",
    "*gras* _souligné_ ~~barré~~ `code`",
    "&lt;b&gt; &#60;b&#62; &copy; AT&T",
    "\\*pas gras\\*",
    "fin de ligne\\",
    "[réf]: https://example.net/",
    "<!-- commentaire -->",
    "$x$ :material/home: :red[x]",
    "[^1] [^1]: note",
]


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return [inner for token in parsed for inner in [token, *(token.children or [])]]


def shown(text: str) -> str:
    return "".join(
        "\n" if token.type in ("softbreak", "hardbreak") else token.content
        for token in tokens(text)
        if token.type in ("text", "text_special", "softbreak", "hardbreak")
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    text = "\n".join(part.strip() for part in text.split("\n"))
    kinds = {token.type for token in tokens(escaped(text))}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "text_special"}
    assert shown(escaped(text)) == text


def whole(text: str) -> Episode:
    """An episode with ``text`` in every field that the notes take."""
    takes = {"kind": "take", "file": "sounds/a.wav"}
    music = {"kind": "music", "file": "sounds/b.wav", "title": text, "author": text, "licence": text, "address": text}
    return Episode.model_validate(
        {
            "title": text,
            "team": text,
            "language": "en",
            "members": [{"name": text[:60], "jobs": ["host"]}],
            "claims": [
                {"id": "c1", "text": text, "who": text, "where": text, "when": text, "verified": text},
                {"id": "c2", "text": text},
            ],
            "segments": [
                {"id": "a", "kind": "interview", "voice": f"V{text}"[:60], "sources": [takes]},
                {"id": "b", "kind": "column", "sources": [music]},
            ],
            "publication": dict.fromkeys(("show", "description", "credits", "ai_use", "licence"), text),
        }
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words_everywhere(text: str) -> None:
    made = notes(whole(text), (Chapter(0.0, 2.0, text.replace("\n", " ")),), {"a": 0.0, "b": 1.0})
    found = tokens(made)
    ours = {"heading", "paragraph", "bullet_list", "list_item", "em", "inline", "text", "softbreak", "hardbreak"}
    ours |= {"code_inline", "text_special"}
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in found} <= ours
    titles = [found[n + 1].content for n, token in enumerate(found) if token.type == "heading_open"]
    assert titles[1:] == ["Chapters", "Sources", "Credits", "Music", "Machines and artificial intelligence", "Rights"]
    said = " ".join(shown(made).split())
    assert said.count(" ".join(text.split())) >= 8


def test_what_they_say() -> None:
    episode = Episode.model_validate(
        {
            "title": "L’IA ment-elle ?",
            "team": "Les Curieux",
            "language": "en",
            "members": [{"name": "Nora", "jobs": ["host", "checker"]}, {"name": "Théo"}],
            "claims": [
                {
                    "id": "c1",
                    "text": "Elle se trompe souvent.",
                    "who": "Une étude",
                    "where": "https://example.net/a_b",
                    "when": "2025",
                    "verified": "lue en entier",
                },
                {"id": "c2", "text": "Elle consomme beaucoup."},
            ],
            "segments": [
                {"id": "a", "kind": "theme", "title": "Début", "sources": [{"kind": "jingle", "mood": "calm"}]},
                {"id": "b", "kind": "column", "sources": [{"kind": "synthetic", "text": "Bonjour."}]},
                {
                    "id": "c",
                    "kind": "interview",
                    "voice": "La chercheuse",
                    "sources": [{"kind": "take", "file": "s/a.wav"}],
                },
                {"id": "d", "kind": "column", "sources": [{"kind": "music", "file": "s/b.wav", "title": "Muet"}]},
            ],
            "publication": {
                "show": "Questions d’élèves",
                "description": "Un.\nDeux.\n\nTrois.",
                "credits": "Merci au CDI.",
                "ai_use": "Nous avons posé la question à un robot.",
            },
        }
    )
    made = notes(episode, (Chapter(0.0, 90.0, "Début"),), {"a": 0.0, "b": 75.5, "c": 80.0})
    assert (
        made
        == """\
# L’IA ment-elle ?

*Questions d’élèves*

Un.\\
Deux.

Trois.

## Chapters

- `0:00` Début

## Sources

- Elle se trompe souvent. — Une étude, <https://example.net/a_b>, 2025. Verified: lue en entier
- Elle consomme beaucoup. — no source was given.

## Credits

Les Curieux

- Nora: host, fact checker
- Théo
- La chercheuse: guest

Merci au CDI.

## Music

- Jingles and music beds: computed by Contrechamp. There are no rights to ask from anyone.

## Machines and artificial intelligence

Nous avons posé la question à un robot.

Synthetic voice at 1:15, made by espeak-ng: a program of rules, which was not trained on anyone’s voice.

Music at 0:00, computed by the kit from a mood and a number; no model was trained to make it.

The cover was drawn by the kit from a number; no model was trained to draw it.

## Rights

No licence was chosen: ask the team before using any of this episode.
"""
    )


@pytest.mark.parametrize(
    "where", ["javascript:alert(1)", "http://example.net/", "https://a b", "https://x\\y", "https://a)b", "HTTPS://x"]
)
def test_only_plain_addresses_are_links(where: str) -> None:
    episode = Episode.model_validate(
        {"language": "en", "claims": [{"id": "c", "text": "Vrai.", "who": "Moi", "where": where}]}
    )
    assert "link_open" not in {token.type for token in tokens(notes(episode, (), {}))}


def test_an_empty_episode_has_notes() -> None:
    made = notes(Episode(language="en"), (), {})
    assert made.startswith("# Untitled episode\n\n## Machines")
