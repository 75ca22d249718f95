"""Thin Streamlit views: read state, draw widgets, make one call into the activity, draw what came back."""
