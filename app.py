"""The entry script: one frame, and the pages built from the registry.

Run it with ``python3 start.py``, ``contrechamp run``, or, to develop, ``streamlit run app.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

if (here := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, here)

from pages import frame

with frame.turn():
    frame.configure()
    page = st.navigation(frame.site(), position="hidden")
    frame.draw(page)
