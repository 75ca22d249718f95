"""Decks: images with their truth, to sort, share and check. See :mod:`kit.decks.model` for the format."""
