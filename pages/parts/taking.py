"""What one takes home, made when one asks for it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kit.on_demand import Offer, offers
from pages import frame
from pages.parts.prose import escape


def take(label: str, make: Callable[[], str | bytes], *, name: str, mime: str, key: str) -> None:
    """A link that looks like a button: the file that ``make`` gives, as it is when it is pressed.

    For a file that is cheap, or made already, there is ``st.download_button``.
    """
    address = offers.add(key, Offer(frame.device(), name, mime, make))
    with st.container(key=key, width="content"):
        st.html(
            f'<a class="take" href="{escape(address)}" download="{escape(name)}">{escape(label)}</a>', width="content"
        )
