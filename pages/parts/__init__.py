"""Pieces of interface that several pages draw."""
