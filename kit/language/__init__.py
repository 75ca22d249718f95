"""Language models: found, loaded from local files alone, asked for the probability of a text."""
