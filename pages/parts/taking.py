"""What one takes home: the one button for it, whatever the file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kit.on_demand import Offer, offers
from pages import frame
from pages.parts.prose import escape


def take(
    label: str,
    content: str | bytes | Callable[[], str | bytes],
    *,
    name: str,
    mime: str,
    key: str,
    main: bool = False,
    tip: str = "",
) -> None:
    """A link that looks like a button (``main``: like that of the screen) and gives a file called ``name``.

    A function is called when the link is followed, in a thread that knows nothing of the session. ``tip`` is told to
    whoever points at it.
    """
    made = content if callable(content) else lambda: content
    address = offers.add(key, Offer(frame.device(), name, mime, made))
    words = f' title="{escape(tip)}"' if tip else ""
    look = "take main" if main else "take"
    link = f'<a class="{look}" href="{escape(address)}" download="{escape(name)}"{words}>{escape(label)}</a>'
    with st.container(key=key, width="content"):
        st.html(link, width="content")
