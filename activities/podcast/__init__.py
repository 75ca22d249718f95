"""« Défi podcast »: from a question to an episode that can be published, with one's own voices and sources."""
