"""« Le mot d'après »: a language model, opened."""
