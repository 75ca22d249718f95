"""What the activities of Contrechamp share. Knows no activity, imports no streamlit."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``app.py``, ``assets/`` and ``facilitator_guides/``: a checkout, or site-packages."""
